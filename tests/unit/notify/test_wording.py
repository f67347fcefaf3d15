"""Every template says the same in both languages, and every notice can be rendered."""

from datetime import UTC, datetime
from string import Formatter
from typing import get_args

import pytest

from services.governance.decisions.rules import Reason as Rejection
from services.governance.decisions.rules import Severity
from services.governance.hazards.rules import NoAward
from services.notify.drafts import COMPOSED, UNTOLD, drafts_of
from services.notify.wording import LANGUAGES, LATEST, TEMPLATES, WORDS, Template, Text, render
from services.rewards.ledger.schemas import ReversalReason
from services.rewards.vouchers.schemas import VoidingReason
from services.training.certificates.rules import Reason as Revocation
from shared.events.envelope import Event
from shared.events.governance import HazardReportedV1
from tests.component.notify.samples import SAMPLE_IDS, SAMPLES

CHOSEN_BY_STAFF = {*Rejection, *get_args(VoidingReason), *get_args(ReversalReason), *Revocation}
OF_RELEASES = {"expired", "erased", "merged", "settled", "rejected"}
REASONS = CHOSEN_BY_STAFF | OF_RELEASES | {*NoAward, UNTOLD}
REGISTERED = sorted(TEMPLATES.values(), key=lambda template: (template.key, template.version))


def _fields(text: Text) -> set[str]:
    words = f"{text.title}{text.body}{text.sms or ''}"
    return {field for _, field, _, _ in Formatter().parse(words) if field}


@pytest.mark.parametrize("template", REGISTERED, ids=lambda template: f"{template.key}-{template.version}")
def test_a_template_has_the_same_parts_and_parameters_in_both_languages(template: Template) -> None:
    chinese, english = (template.texts[language] for language in LANGUAGES)

    assert _fields(chinese) == _fields(english)
    assert (chinese.sms is None) == (english.sms is None)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "tomorrow"])
def test_a_moment_that_no_calendar_holds_is_shown_as_it_is(moment: str) -> None:
    shown = {"title_zh": "急救", "title_en": "First aid", "starts_at": moment, "class_id": "c"}

    assert moment in render("class-changed", LATEST["class-changed"].version, "en", shown).body


@pytest.mark.parametrize("event", SAMPLES, ids=SAMPLE_IDS)
def test_a_notice_of_every_event_renders_in_both_languages(event: Event) -> None:
    for draft in drafts_of(event):
        template = LATEST[draft.template]
        for language in LANGUAGES:
            text = render(template.key, template.version, language, draft.parameters)

            assert text.title
            assert "{" not in text.body


def test_there_is_a_sample_of_every_event_that_makes_a_notice() -> None:
    assert {type(event) for event in SAMPLES} == set(COMPOSED)


def test_every_template_is_used_by_some_event() -> None:
    used = {draft.template for event in SAMPLES for draft in drafts_of(event)}

    assert used == set(LATEST)


def test_a_time_is_shown_as_it_is_in_shanghai() -> None:
    evening = datetime(2026, 9, 25, 12, 0, tzinfo=UTC).isoformat()
    titles = {"title_zh": "急救", "title_en": "First aid"}

    text = render("class-opened", 1, "en", {"class_id": "c", "starts_at": evening, **titles})

    assert "2026-09-25 20:00" in text.body
    assert "First aid" in text.title


def test_a_code_is_shown_in_words_and_an_unknown_one_as_it_is() -> None:
    known = render("hazard-rejected", 1, "zh-CN", {"hazard_id": "h", "reason": "unclear"})
    unknown = render("hazard-rejected", 1, "zh-CN", {"hazard_id": "h", "reason": "brand-new"})

    assert WORDS["reason"]["unclear"]["zh-CN"] in known.body
    assert "brand-new" in unknown.body


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_that_an_event_may_carry_has_words(code: str) -> None:
    assert set(WORDS["reason"].get(code, {})) == set(LANGUAGES)


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_has_words(severity: str) -> None:
    assert set(WORDS["severity"].get(severity, {})) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("no_award", "said"),
    [
        ("daily-limit", "above today's number"),
        ("own-photo-again", "with this photo before"),
        ("", "does not meet the terms"),
    ],
)
def test_a_report_without_points_is_told_the_reason_that_holds_for_it(no_award: str, said: str) -> None:
    facts = {"subdistrict": "110108005", "hazard_id": "h", "rider_id": "r", "community": "c", "category": "blocked"}

    (draft,) = drafts_of(HazardReportedV1(**facts, earns=False, no_award=no_award))

    assert said in render(draft.template, LATEST[draft.template].version, "en", draft.parameters).body


def test_a_title_with_braces_is_shown_as_it_is() -> None:
    titles = {"title_zh": "{0.__class__}", "title_en": "{number}"}

    text = render("certificate-issued", 1, "en", {"number": "HD-1", **titles})

    assert text.title.endswith("{number}")
