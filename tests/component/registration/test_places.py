"""Places and platforms: open, cacheable, the real ones."""

from shared.places import communities, subdistricts
from tests.component.registration.stage import Stage, problem_of


def test_the_29_sub_districts_and_678_communities_are_listed_for_anybody(stage: Stage) -> None:
    answer = stage.get("/places/subdistricts")

    codes = [one["code"] for one in answer.json()]
    listed = [one["code"] for code in codes for one in stage.get(f"/places/subdistricts/{code}/communities").json()]
    assert (len(codes), len(set(listed))) == (29, 678)
    assert (set(codes), set(listed)) == (set(subdistricts()), set(communities()))
    assert "max-age" in answer.headers["Cache-Control"]


def test_an_unknown_sub_district_is_refused(stage: Stage) -> None:
    answer = stage.get("/places/subdistricts/110105001/communities")

    assert problem_of(answer) == "subdistrict-unknown"


def test_the_platforms_are_listed_for_anybody(stage: Stage) -> None:
    codes = [one["code"] for one in stage.get("/platforms").json()]

    assert codes == ["meituan", "eleme", "jd", "sf", "other"]
