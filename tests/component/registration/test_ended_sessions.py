"""How sign-ins end: a person signs out everywhere, and an operator ends or renews an administrator's."""

import pyotp
import pytest

from services.registration.identity.commands import create_administrator
from services.registration.staff.commands import end_by_operator, invite_again_by_operator
from services.registration.tokens import invitation_text
from shared.auth import Principal, Role
from shared.errors import Refusal
from shared.events.registration import SignedOutV1, StaffEndedV1
from tests.component.registration.stage import PASSWORD, Stage, problem_of, secret_of

OTHER_PASSWORD = "eight horses at dusk"


def signed_in(stage: Stage, login: str, uri: str, password: str = PASSWORD) -> dict[str, str]:
    stage.pass_time(seconds=30)
    totp = pyotp.TOTP(secret_of(uri)).at(stage.bench.clock.now())
    answer: dict[str, str] = stage.tokens(grant_type="password", login=login, password=password, totp=totp).json()
    return answer


def make_administrator(stage: Stage, login: str = "boss") -> str:
    with stage.system() as session:
        return create_administrator(session, stage.ports, login, PASSWORD)


def refresh(stage: Stage, tokens: dict[str, str]) -> int:
    return stage.tokens(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code


def test_who_signs_out_is_signed_out_on_every_device_and_others_are_not(stage: Stage) -> None:
    rider = stage.rider()
    devices = [stage.tokens(grant_type="code", **stage.ask().body).json() for _ in range(2)]
    other = stage.sign_up("13912345678")

    answers = [stage.send("DELETE", "/sign-ins", by=rider) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [refresh(stage, tokens) for tokens in (*devices, other)] == [401, 401, 200]
    assert [(event.person_id, event.sign_ins) for event in stage.bench.told(SignedOutV1)] == [(rider.id, 3)]


def test_a_person_who_signed_out_signs_in_again(stage: Stage) -> None:
    stage.send("DELETE", "/sign-ins", by=stage.rider())

    tokens = stage.tokens(grant_type="code", **stage.ask().body)

    assert (tokens.status_code, refresh(stage, tokens.json())) == (200, 200)


def test_nobody_signs_out_without_a_token(stage: Stage) -> None:
    assert stage.send("DELETE", "/sign-ins").status_code == 401


def test_an_administrator_whose_office_an_operator_ends_is_out_at_once(stage: Stage) -> None:
    uri = make_administrator(stage)
    make_administrator(stage, "deputy")
    tokens = signed_in(stage, "boss", uri)

    with stage.system() as session:
        person_id = end_by_operator(session, "boss", even_last=False)

    boss = Principal(person_id, Role.ADMINISTRATOR)
    assert problem_of(stage.get("/staff", boss)) == "office-ended"
    assert refresh(stage, tokens) == 401
    assert "access_token" not in signed_in(stage, "boss", uri)
    assert [event.staff_id for event in stage.bench.told(StaffEndedV1)] == [person_id]


def test_an_invitation_from_an_operator_gives_an_administrator_another_password(stage: Stage) -> None:
    uri = make_administrator(stage)
    tokens = signed_in(stage, "boss", uri)

    with stage.system() as session:
        invitation = invitation_text(stage.ports.secrets, invite_again_by_operator(session, "boss"))
    renewed = stage.post("/staff/activations", {"invitation": invitation, "password": OTHER_PASSWORD})

    assert renewed.status_code == 201
    assert refresh(stage, tokens) == 401
    assert "access_token" not in signed_in(stage, "boss", uri)
    assert "access_token" in signed_in(stage, "boss", renewed.json()["totp_uri"], OTHER_PASSWORD)


def test_a_partner_s_login_is_none_of_staff(stage: Stage) -> None:
    shop = {"kind": "haircut", "title_zh": "理发店", "title_en": "Barber", "subdistrict": "110108005"}
    stage.post("/partners", {**shop, "login": "barber"}, by=Principal("district", Role.DISTRICT_STAFF))

    with pytest.raises(Refusal) as refused, stage.system() as session:
        end_by_operator(session, "barber", even_last=True)

    assert refused.value.kind.code == "login-unknown"
