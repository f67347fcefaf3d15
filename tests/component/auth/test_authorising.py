"""Who may do what, by role, sub-district and ownership."""

import pytest

from shared.auth import STAFF, Principal, Role, authorize, scope_of
from shared.errors import NOT_FOUND, Refusal

BALIZHUANG, SHUGUANG = "110108005", "110108025"
STAFF_MEMBER = Principal("s1", Role.SUBDISTRICT_STAFF, BALIZHUANG)
DISTRICT = Principal("d1", Role.DISTRICT_STAFF, "110108")
RIDER = Principal("r1", Role.RIDER, BALIZHUANG)
LAUNDRY = Principal("p1", Role.PARTNER_STAFF, BALIZHUANG, partner="laundry")


@pytest.mark.parametrize(
    ("principal", "subdistrict", "owner", "may"),
    [
        (STAFF_MEMBER, BALIZHUANG, None, True),
        (STAFF_MEMBER, SHUGUANG, None, False),
        (STAFF_MEMBER, BALIZHUANG, "r1", True),
        (DISTRICT, SHUGUANG, "r1", True),
        (RIDER, None, "r1", True),
        (RIDER, None, "r2", False),
        (LAUNDRY, None, "laundry", True),
        (LAUNDRY, None, "barber", False),
    ],
)
def test_reach_and_ownership_decide(
    principal: Principal, subdistrict: str | None, owner: str | None, *, may: bool
) -> None:
    refused = False

    try:
        authorize(principal, set(Role), subdistrict=subdistrict, owner=owner)
    except Refusal:
        refused = True

    assert refused is not may


def test_another_role_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        authorize(RIDER, STAFF)

    assert refusal.value.kind.status == 403


def test_what_may_not_be_seen_is_not_found() -> None:
    with pytest.raises(Refusal) as refusal:
        authorize(STAFF_MEMBER, STAFF, subdistrict=SHUGUANG, hidden=NOT_FOUND(kind="hazard", id="h1"))

    assert refusal.value.kind.status == 404


def test_lists_of_district_staff_reach_everywhere_and_others_their_own() -> None:
    assert scope_of(DISTRICT) is None
    assert scope_of(STAFF_MEMBER) == BALIZHUANG
