"""The inbox: what a person is told, in the own language, read and archived by nobody else."""

import pytest

from shared.events.envelope import Event
from shared.events.governance import HazardVerifiedV1
from shared.events.notify import NoticeDeliveredV1
from shared.events.registration import ConsentChangedV1
from shared.events.training import CertificateRevokedV1
from tests.component.notify.samples import CERTIFICATE, HERE, RIDER, RIDERS_HAZARD, SAMPLE_IDS, SAMPLES
from tests.component.notify.stage import LI, STAFF, WANG, Stage

VERIFIED = HazardVerifiedV1(**RIDERS_HAZARD, severity="high")
REVOKED = CertificateRevokedV1(**CERTIFICATE, reason="misuse")


@pytest.mark.parametrize("event", SAMPLES, ids=SAMPLE_IDS)
def test_every_event_that_concerns_a_person_reaches_the_inbox(stage: Stage, event: Event) -> None:
    stage.bench.apply(event)

    told = stage.bench.told(NoticeDeliveredV1)
    by_person = {person.id: stage.templates(person) for person in (LI, WANG)}
    assert told
    assert {delivered.channel for delivered in told} == {"inbox"}
    assert sorted(delivered.template for delivered in told) == sorted(by_person[LI.id] + by_person[WANG.id])


def test_an_event_that_comes_three_times_makes_one_notice(stage: Stage) -> None:
    (document,) = stage.bench.apply(VERIFIED)

    for _ in range(2):
        stage.bench.consumer.apply(stage.bench.publisher("governance").run(document))

    assert stage.templates() == ["hazard-verified"]
    assert len(stage.bench.told(NoticeDeliveredV1)) == 1


def test_a_notice_is_in_the_language_that_the_person_had_when_it_was_made(stage: Stage) -> None:
    stage.register(language="en")
    stage.bench.apply(VERIFIED)
    stage.prefer("zh-CN")
    stage.bench.apply(REVOKED)

    titles = {notice["template"]: notice["title"] for notice in stage.inbox()}

    assert titles["welcome"] == "Welcome to Cheqi"
    assert titles["hazard-verified"] == "Report verified"
    assert titles["certificate-revoked"] == "证书已撤销"


def test_a_person_of_whom_nothing_was_heard_yet_is_told_in_chinese(stage: Stage) -> None:
    stage.bench.apply(VERIFIED)

    (notice,) = stage.inbox()

    assert (notice["language"], notice["title"]) == ("zh-CN", "隐患属实")


def test_an_unknown_language_is_chinese(stage: Stage) -> None:
    stage.prefer("fr")
    stage.bench.apply(VERIFIED)

    assert stage.inbox()[0]["language"] == "zh-CN"


def test_a_muted_topic_is_neither_shown_nor_counted_until_it_is_wanted_again(stage: Stage) -> None:
    stage.prefer("en", "hazards:inbox")
    stage.bench.apply(VERIFIED)
    muted = stage.templates(), stage.unread()

    stage.prefer("en")

    assert muted == ([], 0)
    assert (stage.templates(), stage.unread()) == (["hazard-verified"], 1)


def test_what_is_critical_is_shown_though_its_topic_is_muted(stage: Stage) -> None:
    stage.prefer("en", "certificates:inbox")

    stage.bench.apply(REVOKED)

    assert (stage.templates(), stage.unread()) == (["certificate-revoked"], 1)


def test_a_mute_for_text_messages_does_not_touch_the_inbox(stage: Stage) -> None:
    stage.prefer("en", "hazards:sms")

    stage.bench.apply(VERIFIED)

    assert stage.templates() == ["hazard-verified"]


def test_a_notice_is_read_and_archived(stage: Stage) -> None:
    stage.bench.apply(VERIFIED)
    notice_id = stage.inbox()[0]["id"]

    read = stage.post(LI, f"/notices/{notice_id}/read"), stage.unread(), len(stage.inbox())
    archived = stage.post(LI, f"/notices/{notice_id}/archive"), len(stage.inbox())

    assert read == (200, 0, 1)
    assert archived == (200, 0)
    assert [notice["id"] for notice in stage.inbox(query="?archived=true")] == [notice_id]


def test_an_archived_notice_counts_as_read(stage: Stage) -> None:
    stage.bench.apply(VERIFIED)

    stage.post(LI, f"/notices/{stage.inbox()[0]['id']}/archive")

    assert stage.unread() == 0


def test_nobody_else_reads_or_archives_a_notice(stage: Stage) -> None:
    stage.bench.apply(VERIFIED)
    notice_id = stage.inbox()[0]["id"]

    answers = [stage.post(who, f"/notices/{notice_id}/{step}") for who in (WANG, STAFF) for step in ("read", "archive")]

    assert set(answers) <= {403, 404}
    assert stage.inbox(WANG) == []
    assert stage.unread() == 1


def test_more_notices_than_one_page_are_counted_right(stage: Stage) -> None:
    for n in range(7):
        stage.bench.apply(HazardVerifiedV1(**{**RIDERS_HAZARD, "hazard_id": f"hazard-{n}"}, severity="low"))
    client = stage.bench.http(LI)

    first = client.get("/api/notify/notices?limit=5").json()
    second = client.get("/api/notify/notices", params={"limit": 5, "cursor": first["next"]}).json()

    assert (len(first["items"]), first["total"], len(second["items"]), second["next"]) == (5, 7, 2, None)
    assert len({notice["id"] for notice in first["items"] + second["items"]}) == 7


def test_a_notice_that_does_not_exist_is_told_so(stage: Stage) -> None:
    assert {stage.post(LI, f"/notices/none/{step}") for step in ("read", "archive")} == {404}


def test_another_consent_does_not_allow_text_messages(stage: Stage) -> None:
    stage.bench.apply(ConsentChangedV1(**HERE, rider_id=RIDER, purpose="photo", granted=True, wording="1"))

    stage.bench.apply(REVOKED)
    stage.send_due()

    assert stage.outside.sent == []
