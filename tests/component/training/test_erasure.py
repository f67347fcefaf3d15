"""An erased rider leaves no words, no name and no link; what others need stands without the rider."""

from sqlalchemy import text

from services.training.service import erase
from shared.events.erasure import RiderDataErasedV1
from shared.events.registration import RiderErasedV1, RiderRegisteredV1
from shared.events.training import CertificateRevokedV1
from tests.component.training.stage import HERE, OTHER, RIDER, STAFF, Stage

ERASED = RiderErasedV1(subdistrict=HERE, rider_id="rider-1")
TABLES = ("rider", "course_order", "wish", "class", "enrolment", "certificate", "certificate_name")


def _rows(stage: Stage) -> str:
    with stage.bench.read() as session:
        return str([session.execute(text(f'SELECT * FROM "{table}"')).all() for table in TABLES])  # noqa: S608 - named here


def test_nothing_of_an_erased_rider_is_left(stage: Stage) -> None:
    known = {"rider_id": "rider-1", "platform": "meituan", "language": "en"}
    stage.bench.apply(RiderRegisteredV1(subdistrict=HERE, **known))
    stage.certificate()
    stage.post(RIDER, "/orders", {"wish": "吉他"})
    assert "rider-1" in _rows(stage)

    stage.bench.apply(ERASED)

    assert "rider-1" not in _rows(stage)
    assert [event.service for event in stage.bench.told(RiderDataErasedV1)] == ["training"]


def test_an_erased_riders_certificate_can_be_checked_without_a_name(stage: Stage) -> None:
    certificate_id = stage.certificate()
    number = stage.get(STAFF, f"/certificates/{certificate_id}").json()["number"]

    stage.bench.apply(ERASED)

    shown = stage.client(None).get(f"/c/{number}.json").json()
    page = stage.client(None).get(f"/c/{number}", headers={"Accept": "text/html"}).text
    assert (shown["state"], shown["holder"]) == ("valid", None)
    assert "This certificate is valid" in page
    assert "李四" not in page


def test_an_erased_riders_certificate_can_be_revoked(stage: Stage) -> None:
    certificate_id = stage.certificate()
    stage.bench.apply(ERASED)

    answer = stage.post(STAFF, f"/certificates/{certificate_id}/revocations", {"reason": "misuse"})

    assert answer.status_code == 201
    assert [event.rider_id for event in stage.bench.told(CertificateRevokedV1)] == [""]


def test_a_registration_that_arrives_after_the_erasure_leaves_nothing(stage: Stage) -> None:
    stage.bench.apply(ERASED)

    stage.bench.apply(RiderRegisteredV1(subdistrict=HERE, rider_id="rider-1", platform="meituan", language="en"))

    assert "rider-1" not in _rows(stage)


def test_an_erased_rider_orders_nothing_any_more(stage: Stage) -> None:
    course_id = stage.course()
    stage.bench.apply(ERASED)

    answers = [stage.post(RIDER, "/orders", body) for body in ({"course_id": course_id}, {"wish": "吉他"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "rider-1" not in _rows(stage)


def test_a_wish_of_an_erased_rider_cannot_be_answered_any_more(stage: Stage) -> None:
    order_id = stage.post(RIDER, "/orders", {"wish": "吉他"}).json()["id"]
    stage.bench.apply(ERASED)

    answer = stage.post(STAFF, f"/orders/{order_id}/course", {"title_zh": "吉他", "title_en": "Guitar"})

    assert answer.status_code == 409
    assert stage.get(STAFF, "/orders?waiting=true").json()["total"] == 0


def test_the_class_goes_on_for_the_others(stage: Stage) -> None:
    class_id = stage.class_of(stage.course(), RIDER, OTHER)
    stage.bench.apply(ERASED)
    stage.begin_class()

    sheet = stage.post(STAFF, f"/classes/{class_id}/attendance", {"present": ["rider-2"]})

    places = {place["rider_id"]: place["outcome"] for place in sheet.json()["places"]}
    assert places == {None: None, "rider-2": "present"}


def test_names_that_are_read_while_the_key_is_gone_are_missing_and_not_an_error(stage: Stage) -> None:
    certificate_id = stage.certificate()
    stage.post(RIDER, "/orders", {"wish": "吉他"})
    stage.bench.keys.destroy("rider-1")

    seen = stage.get(STAFF, f"/certificates/{certificate_id}").json()
    orders = stage.get(STAFF, "/orders?waiting=true").json()["items"]

    assert (seen["holder"], orders[0]["wish"]) == (None, None)


def test_erasing_twice_changes_nothing(stage: Stage) -> None:
    stage.certificate()
    stage.bench.apply(ERASED)
    before = _rows(stage)

    with stage.bench.command(STAFF) as session:
        erase(session, "rider-1")

    assert _rows(stage) == before
