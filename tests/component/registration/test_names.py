"""A name is what can be read: a certificate prints it for everybody."""

import pytest

from tests.component.registration.stage import Stage, sign_up_body


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200d", "\u2028", "\x07", "\x85", "\u0378", "\ufffe"])
def test_a_name_with_characters_that_cannot_be_seen_is_refused(stage: Stage, hidden: str) -> None:
    asked = stage.ask().body
    rider = stage.rider("13900000001")

    answers = [
        stage.post("/riders", {**sign_up_body(), **asked, "name": f"李{hidden}雷"}),
        stage.send("PATCH", "/riders/me", {"name": f"李{hidden}雷"}, by=rider),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    (problem,) = answers[0].json()["errors"]
    assert (problem["field"], problem["code"]) == ("body.name", "name_characters")
    assert "invisible" in problem["message"]
    assert hidden not in answers[0].text


@pytest.mark.parametrize(
    "name", ["李雷", "阿卜杜拉·买买提", "Li\u3000Lei", "O'Neil-王", "\U00031350某", "葛\U000e0100"]
)
def test_names_as_people_here_have_them_are_taken(stage: Stage, name: str) -> None:
    answer = stage.post("/riders", {**sign_up_body(), **stage.ask().body, "name": name})

    assert answer.status_code == 201, answer.text
