"""Lists longer than a page: counts stay true, and nothing is left out or shown twice while rows are added."""

from typing import Any

from tests.component.web.conftest import RIDER
from tests.component.web.test_idempotency import post
from tests.harness import Bench


def test_counts_stay_true_over_more_rows_than_one_page(bench: Bench) -> None:
    for number in range(7):
        post(bench, f"k{number}", f"note {number}")

    pages = [page(bench, None)]
    while pages[-1]["next"]:
        pages.append(page(bench, pages[-1]["next"]))

    assert [len(one["items"]) for one in pages] == [3, 3, 1]
    assert {one["total"] for one in pages} == {7}
    assert len({item["id"] for one in pages for item in one["items"]}) == 7


def test_a_row_added_meanwhile_shifts_no_page(bench: Bench) -> None:
    for number in range(4):
        post(bench, f"k{number}", f"note {number}")
    first = page(bench, None)

    post(bench, "late", "late")
    second = page(bench, first["next"])

    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    assert len(second["items"]) == 1


def page(bench: Bench, cursor: str | None) -> dict[str, Any]:
    """Return one page of three."""
    query = {"limit": "3"} if cursor is None else {"limit": "3", "cursor": cursor}
    answer = bench.http(RIDER).get("/api/training/notes", params=query)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found
