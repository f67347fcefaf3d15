"""Staff and partners sign in with a password and a one-time password that counts once."""

import pyotp
import pytest

from services.registration.identity.commands import create_administrator
from shared.errors import Refusal
from shared.events.registration import SignedInV1, StaffAppointedV1
from tests.component.registration.stage import PASSWORD, Stage, problem_of, secret_of
from tests.stores import bytes_of


class Person:
    """Somebody with a login, a password and an authenticator."""

    def __init__(self, stage: Stage, login: str, secret: str) -> None:
        self.stage, self.login, self.totp = stage, login, pyotp.TOTP(secret)

    def one_time(self) -> str:
        """Return what the authenticator shows now."""
        return self.totp.at(self.stage.bench.clock.now())

    def grant(self, **change: str) -> dict[str, str]:
        """Return a grant that is right but for the change."""
        right = {"grant_type": "password", "login": self.login, "password": PASSWORD, "totp": self.one_time()}
        return {**right, **change}


@pytest.fixture
def boss(stage: Stage) -> Person:
    """Return the first administrator."""
    return make_boss(stage)


def make_boss(stage: Stage) -> Person:
    """Make an administrator as the command line does."""
    with stage.system() as session:
        uri = create_administrator(session, stage.ports, "boss", PASSWORD)
    return Person(stage, "boss", secret_of(uri))


def test_an_administrator_from_the_command_line_signs_in(stage: Stage, boss: Person) -> None:
    answer = stage.tokens(**boss.grant())

    assert answer.status_code == 200
    assert [event.role for event in stage.bench.told(StaffAppointedV1)] == ["administrator"]
    assert [(event.role, event.method) for event in stage.bench.told(SignedInV1)] == [("administrator", "password")]


@pytest.mark.parametrize(
    ("login", "password", "problem"),
    [
        ("boss", "short", "password-weak"),
        ("boss", "the-boss-of-it-all", "password-weak"),
        ("boss", "password1234", "password-weak"),
        ("boss", "aaaaaaaaaaaaaa", "password-weak"),
        ("boss", "123456789012", "password-weak"),
        ("B oss", PASSWORD, "login-invalid"),
    ],
)
def test_an_administrator_needs_a_login_and_a_strong_password(
    stage: Stage, login: str, password: str, problem: str
) -> None:
    with pytest.raises(Refusal) as refused, stage.system() as session:
        create_administrator(session, stage.ports, login, password)

    assert refused.value.kind.code == problem


def test_a_login_is_one_person_s(stage: Stage, boss: Person) -> None:
    with pytest.raises(Refusal) as refused, stage.system() as session:
        create_administrator(session, stage.ports, boss.login, PASSWORD)

    assert refused.value.kind.code == "login-taken"


@pytest.mark.parametrize("change", [{"password": "another password"}, {"totp": "000000"}, {"login": "nobody"}])
def test_whatever_is_wrong_the_answer_is_the_same(stage: Stage, boss: Person, change: dict[str, str]) -> None:
    answer = stage.tokens(**boss.grant(**change))

    assert (answer.status_code, problem_of(answer)) == (401, "sign-in-failed")


def test_a_one_time_password_counts_once(stage: Stage, boss: Person) -> None:
    grant = boss.grant()
    stage.tokens(**grant)

    again = stage.tokens(**grant)
    stage.pass_time(seconds=30)
    following = stage.tokens(**boss.grant())

    assert (problem_of(again), following.status_code) == ("sign-in-failed", 200)


def test_an_older_one_time_password_does_not_count_after_a_newer_one(stage: Stage, boss: Person) -> None:
    older = boss.grant()
    stage.pass_time(seconds=30)
    stage.tokens(**boss.grant())

    answer = stage.tokens(**older)

    assert problem_of(answer) == "sign-in-failed"


def test_right_passwords_close_nothing(stage: Stage, boss: Person) -> None:
    statuses = []
    for _ in range(12):
        statuses.append(stage.tokens(**boss.grant()).status_code)
        stage.pass_time(seconds=30)

    assert statuses == [200] * 12


def test_neither_password_nor_secret_is_stored_in_clear(stage: Stage, boss: Person) -> None:
    stored = bytes_of(stage.bench.store)

    assert b"$argon2id$" in stored
    assert PASSWORD.encode() not in stored
    assert boss.totp.secret.encode() not in stored
