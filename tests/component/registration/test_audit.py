"""The audit: silent about what agrees, and it names what was altered by hand."""

import pytest
from sqlalchemy import delete, update

from services.registration.audit import AUDIT
from services.registration.consents.models import Consent
from services.registration.erasures.models import Erasure
from services.registration.partners.models import Partner
from services.registration.registrations.models import Registration
from services.registration.riders.models import Rider, RiderDetail
from services.registration.staff.models import Appointment
from shared.messaging import now
from tests.component.registration.stage import ADMINISTRATOR, BALIZHUANG, HAIDIAN_STREET, Stage

OFFICE = {"role": "subdistrict-staff", "subdistrict": BALIZHUANG, "login": "wang"}
PARTNER = {"kind": "laundry", "title_zh": "洗", "title_en": "Wash", "subdistrict": BALIZHUANG, "login": "laundry"}


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """Return registration after a day in which a bit of everything happened."""
    rider, leaver = stage.rider(), stage.rider("13900000000")
    stage.post(f"/riders/{rider.id}/moves", {"subdistrict": HAIDIAN_STREET}, by=rider)
    stage.send("PUT", "/riders/me/consents/photo", {"granted": False, "wording": "photo-1"}, by=rider)
    stage.send("DELETE", "/riders/me", by=leaver)
    stage.post("/staff", OFFICE, by=ADMINISTRATOR)
    ended = stage.post("/staff", {**OFFICE, "login": "zhang"}, by=ADMINISTRATOR).json()["id"]
    stage.post(f"/staff/{ended}/endings", by=ADMINISTRATOR)
    stage.post("/partners", PARTNER, by=ADMINISTRATOR)
    return stage


def findings(stage: Stage) -> set[str]:
    with stage.bench.read() as session:
        assert list(AUDIT.effects(session)) == []
        return {finding.code for finding in AUDIT.check(session)}


def test_an_honest_store_has_no_findings(busy: Stage) -> None:
    assert findings(busy) == set()


@pytest.mark.parametrize(
    ("altered", "code"),
    [
        (update(Rider).values(subdistrict=BALIZHUANG), "rider-differs-from-log"),
        (update(Consent).where(Consent.purpose == "photo").values(granted=True), "consent-differs-from-log"),
        (update(Appointment).values(role="district-staff"), "appointment-differs-from-log"),
        (update(Appointment).values(ended_at=None), "appointment-differs-from-log"),
        (delete(Appointment), "appointment-missing"),
        (update(Partner).values(title_zh="另一家"), "partner-differs-from-log"),
        (delete(Erasure), "erasure-differs-from-log"),
    ],
)
def test_a_row_altered_by_hand_is_found(busy: Stage, altered: object, code: str) -> None:
    with busy.system() as session:
        session.execute(altered)

    assert code in findings(busy)


def test_a_rider_deleted_by_hand_is_missed(busy: Stage) -> None:
    with busy.system() as session:
        session.execute(delete(RiderDetail))
        session.execute(delete(Rider))

    assert findings(busy) == {"rider-missing", "rider_detail-missing"}


def test_a_row_that_names_an_erased_rider_is_found(busy: Stage) -> None:
    with busy.system() as session:
        erased = session.query(Erasure).one().rider_id
        session.add(Registration(id="r", rider_id=erased, known=False, through="rider", registered_at=now(session)))

    assert findings(busy) == {"erased-rider-remains"}
