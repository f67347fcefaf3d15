"""A rider is erased: receipts, and nothing left to read."""

from typing import Any

import pytest

from cheqi.demo import pictures
from cheqi.demo.classes import CERTIFICATES, CLASSES, ORDERS
from cheqi.demo.day import Day, until
from cheqi.demo.entrance import enter_rider
from cheqi.demo.farewell import ANSWERING, data_files, photo_files
from cheqi.demo.hazards import HAZARDS, PHOTOS
from cheqi.demo.person import accepted
from cheqi.demo.points import until_points
from cheqi.demo.proof import audit_day
from cheqi.demo.staff import XUEYUANLU
from tests.e2e.town import new_rider, sight

PHONE, NAME, WORDS, WISH = "13977770001", "欧阳飞雪", "消防通道堆满了纸箱", "想学咖啡拉花"
ME = "/api/registration/riders/me"


@pytest.fixture
def rider(day: Day) -> str:
    """Return a rider who left a phone, a name, a photo, words, a wish and a certificate."""
    name = new_rider(day, XUEYUANLU, phone=PHONE, name=NAME)
    photo = pictures.photo(3, lat=39.99, lon=116.35)
    photo_id = accepted(day[name].upload(PHOTOS, photo)).json()["photo_id"]
    day.made["report"] = day[name].post(HAZARDS, sight(words=WORDS).draft(photo_id))["hazard_id"]
    order = day[name].post(ORDERS, {"wish": WISH})
    titles = {"title_zh": "咖啡", "title_en": "Coffee", "certifies": True}
    class_id = day["xueyuanlu"].post(f"{ORDERS}/{order['id']}/course", titles)["class_id"]
    begins = day[name].get(f"{CLASSES}/{class_id}")["starts_at"]
    day.wait_until(day.clock.now().fromisoformat(begins))
    day["xueyuanlu"].post(f"{CLASSES}/{class_id}/attendance", {"present": [day[name].id]})
    passed = [{"rider_id": day[name].id, "passed": True}]
    day["xueyuanlu"].post(f"{CLASSES}/{class_id}/completion", {"results": passed})
    day.made["number"] = day[name].get(f"{CERTIFICATES}/mine")["items"][0]["number"]
    until_points(day, name, available=10, held=10)
    return name


def naming(day: Day, *texts: str) -> list[str]:
    """Return the files of the data folder in which one of the texts can be read."""
    wanted = [text.encode() for text in texts]
    files = data_files(day.house.settings.data)
    return [path.name for path in files if any(text in path.read_bytes() for text in wanted)]


def erasure_of(day: Day, rider_id: str) -> Any:
    """Return how far an erasure is."""
    return day["district"].get(f"/api/registration/riders/{rider_id}/erasure")


def test_an_erased_rider_is_forgotten_by_every_service(day: Day, rider: str) -> None:
    rider_id, photos = day[rider].id, len(photo_files(day))
    assert "trial-sms.db" in naming(day, PHONE), "what is in clear would be found"

    accepted(day[rider].ask("DELETE", ME))

    until("the state of the erasure", lambda: erasure_of(day, rider_id)["state"], "complete")
    assert [one["service"] for one in erasure_of(day, rider_id)["receipts"]] == sorted(ANSWERING)
    until("photo files", lambda: len(photo_files(day)), photos - 1)
    assert naming(day, PHONE, NAME, WORDS, WISH) == []

    report = day["shuguang"].get(f"{HAZARDS}/{day.made['report']}")
    assert (report["words"], report["point"]) == (None, None)
    certificate = day.http.get(f"/c/{day.made['number']}.json").json()
    assert (certificate["state"], certificate["holder"]) == ("valid", None)
    audit_day(day)


def test_a_phone_may_sign_up_again_after_erasure_as_another_rider(day: Day) -> None:
    name = new_rider(day, phone="13977770002")
    first = day[name].id
    accepted(day[name].ask("DELETE", ME))
    until("the state of the erasure", lambda: erasure_of(day, first)["state"], "complete")
    day.pass_by(hours=24, minutes=2)

    consents = [{"purpose": "service", "granted": True}]
    draft = {"phone": "13977770002", "platform": "jd", "subdistrict": XUEYUANLU, "language": "en", "consents": consents}
    answer = enter_rider(day, "newcomer", draft)

    assert answer["known"] is False
    assert answer["rider_id"] != first
