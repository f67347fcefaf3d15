"""What a rider declined is not taken: no photo, and no exact place."""

import pytest

from services.governance.people.rules import PHOTO, PRECISE_LOCATION
from shared.auth import Principal
from shared.events.registration import ConsentChangedV1, RiderErasedV1
from shared.geo import CELL_SPAN_M, Point, haversine_m
from tests.component.governance.pictures import jpeg
from tests.component.governance.stage import HERE, LAT, LON, OTHER, RIDER, STAFF, Stage, code, point


def say(stage: Stage, purpose: str, *, granted: bool, rider: Principal = RIDER) -> None:
    """Let registration tell what a rider said of a purpose."""
    about = {"rider_id": rider.id, "purpose": purpose, "wording": f"{purpose}-1"}
    stage.bench.apply(ConsentChangedV1(subdistrict=HERE, granted=granted, **about))


def shown_point(stage: Stage, hazard_id: str) -> dict[str, float]:
    """Return where staff see a report."""
    shown: dict[str, float] = stage.get(STAFF, f"/hazards/{hazard_id}").json()["point"]
    return shown


def test_of_who_declined_photos_none_is_taken_until_consent_is_given(stage: Stage) -> None:
    say(stage, PHOTO, granted=False)

    refused = stage.send_photo(RIDER, jpeg())
    of_another = stage.send_photo(OTHER, jpeg())
    say(stage, PHOTO, granted=True)
    taken = stage.send_photo(RIDER, jpeg())

    assert code(refused) == (403, "consent-declined")
    assert (of_another.status_code, taken.status_code) == (201, 201)


def test_of_who_declined_the_exact_place_the_middle_of_its_cell_is_kept(stage: Stage) -> None:
    say(stage, PRECISE_LOCATION, granted=False)

    shown = shown_point(stage, stage.report())

    off = haversine_m(Point(LAT, LON), Point(shown["lat"], shown["lon"]))
    assert 1 < off < 1.2 * CELL_SPAN_M
    assert shown["accuracy_m"] == CELL_SPAN_M


def test_a_place_is_corrected_as_coarsely_once_the_exact_one_was_declined(stage: Stage) -> None:
    hazard_id = stage.report()
    say(stage, PRECISE_LOCATION, granted=False)

    stage.patch(RIDER, f"/hazards/{hazard_id}", {"point": point(5)})

    assert shown_point(stage, hazard_id)["accuracy_m"] == CELL_SPAN_M


@pytest.mark.parametrize("granted", [True, None])
def test_the_exact_place_of_who_consented_or_was_not_heard_of_is_kept(stage: Stage, granted: bool | None) -> None:  # noqa: FBT001 - a case
    if granted is not None:
        say(stage, PRECISE_LOCATION, granted=granted)

    shown = shown_point(stage, stage.report())

    assert (shown["lat"], shown["lon"]) == (LAT, LON)


def test_an_erased_rider_s_consents_are_forgotten_and_none_is_kept_afterwards(stage: Stage) -> None:
    say(stage, PHOTO, granted=False)

    stage.bench.apply(RiderErasedV1(subdistrict=HERE, rider_id=RIDER.id))
    say(stage, PRECISE_LOCATION, granted=False)

    with stage.bench.read() as session:
        kept = session.connection().exec_driver_sql("SELECT count(*) FROM consent").scalar()
    assert kept == 0
