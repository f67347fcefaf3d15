"""Anyone may check a certificate by its number, without signing in."""

import re
from datetime import timedelta

import pytest

from shared.auth import Principal
from tests.component.training.stage import OTHER, PUBLIC_URL, RIDER, STAFF, Stage


def _number(stage: Stage, rider: Principal = RIDER, *, valid_days: int | None = None) -> str:
    certificate_id = stage.certificate(rider, valid_days=valid_days)
    return str(stage.get(STAFF, f"/certificates/{certificate_id}").json()["number"])


def _page(stage: Stage, number: str, language: str = "en") -> tuple[int, str]:
    answer = stage.client(None).get(f"/c/{number}", headers={"Accept": "text/html", "Accept-Language": language})
    return answer.status_code, answer.text


def test_a_valid_certificate_says_so_with_its_holder(stage: Stage) -> None:
    number = _number(stage)

    status, page = _page(stage, number)

    assert status == 200
    assert "This certificate is valid" in page
    assert "李四" in page
    assert "CPR" in page
    assert number in page


def test_the_page_is_chinese_for_those_who_read_chinese(stage: Stage) -> None:
    status, page = _page(stage, _number(stage), "zh-CN,zh;q=0.9")

    assert status == 200
    assert '<html lang="zh-CN">' in page
    assert "证书有效" in page
    assert "八里庄街道" in page


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_the_json_answer_says_the_same(stage: Stage, suffix: str) -> None:
    number = _number(stage)

    answer = stage.client(None).get(f"/c/{number}{suffix}", headers={"Accept": "application/json"})

    shown = answer.json()
    assert (answer.status_code, shown["state"], shown["number"], shown["holder"]) == (200, "valid", number, "李四")
    assert shown["url"] == f"{PUBLIC_URL}/c/{number}"


def test_a_revoked_certificate_says_so_at_once_with_day_and_reason(stage: Stage) -> None:
    certificate_id = stage.certificate()
    number = str(stage.get(STAFF, f"/certificates/{certificate_id}").json()["number"])
    assert "is valid" in _page(stage, number)[1]

    stage.post(STAFF, f"/certificates/{certificate_id}/revocations", {"reason": "issued-in-error"})

    answer = stage.client(None).get(f"/c/{number}", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert "revoked on 2026-09-25: issued in error" in answer.text
    assert "is valid" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_expired_certificate_says_so_signed_out(stage: Stage) -> None:
    number = _number(stage, valid_days=10)
    assert "is valid" in _page(stage, number)[1]

    stage.bench.clock.advance(timedelta(days=11))

    assert "expired (valid until 2026-10-05)" in _page(stage, number)[1]


def test_a_number_may_be_typed_carelessly(stage: Stage) -> None:
    number = _number(stage)

    assert _page(stage, f" {number.lower()} ")[0] == 200


def test_a_mistyped_number_says_that_it_is_mistyped(stage: Stage) -> None:
    number = _number(stage)
    altered = number[:-1] + ("0" if number[-1] != "0" else "2")

    status, page = _page(stage, altered)
    as_json = stage.client(None).get(f"/c/{altered}.json")

    assert (status, "is mistyped" in page) == (404, True)
    assert (as_json.status_code, as_json.json()["type"].rpartition("/")[2]) == (404, "certificate-number-mistyped")


def test_a_number_that_was_never_issued_says_so(stage: Stage) -> None:
    status, page = _page(stage, "HD-2026-TRPZF1FA2")

    assert (status, "There is no such certificate" in page) == (404, True)


def test_a_hostile_name_and_number_are_shown_as_text(stage: Stage) -> None:
    number = _number(stage, OTHER)

    _, page = _page(stage, number)
    _, refused = _page(stage, "<script>alert(1)<")

    assert "<b>" not in page
    assert "&lt;b&gt;Wang &amp; Co&lt;/b&gt;" in page
    assert "<script" not in refused


def test_the_page_loads_nothing_and_allows_its_own_style_only(stage: Stage) -> None:
    answer = stage.client(None).get(f"/c/{_number(stage)}", headers={"Accept": "text/html"})

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"(?:src|href)=|\sstyle=|<script", answer.text)
    assert 'name="viewport"' in answer.text
    assert "<svg" in answer.text
