"""Tokens: for a code, rotated by refresh tokens, and for the clients of services."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from services.registration.clients import client_secret
from services.registration.identity.models import RefreshToken
from shared.auth import Role, TokenVerifier
from shared.errors import Refusal
from shared.events.registration import SignedInV1
from tests.component.registration.stage import BALIZHUANG, Stage, problem_of


def refresh(stage: Stage, token: str) -> dict[str, str]:
    answer: dict[str, str] = stage.tokens(grant_type="refresh_token", refresh_token=token).json()
    return answer


def test_a_rider_signs_in_with_a_code_and_the_token_says_who_and_where(stage: Stage) -> None:
    made = stage.sign_up()

    answer = stage.tokens(grant_type="code", **stage.ask().body)

    keys = stage.get("/jwks.json").json()
    verifier = TokenVerifier("rewards", lambda: keys, stage.bench.clock)
    principal = verifier.person(answer.json()["access_token"])
    assert (principal.id, principal.role, principal.subdistrict) == (made["rider_id"], Role.RIDER, BALIZHUANG)
    assert (answer.json()["expires_in"], answer.headers["Cache-Control"]) == (600, "no-store")


def test_an_access_token_counts_for_ten_minutes(stage: Stage) -> None:
    token = stage.sign_up()["access_token"]
    verifier = TokenVerifier("rewards", stage.ports.signing_keys.public, stage.bench.clock)

    stage.pass_time(minutes=10, seconds=6)

    with pytest.raises(Refusal):
        verifier.person(token)


def test_the_public_keys_hold_nothing_secret(stage: Stage) -> None:
    keys = stage.get("/jwks.json").json()["keys"]

    assert all("d" not in key and key["kid"] for key in keys)


def test_a_right_code_of_a_phone_that_is_not_registered_can_still_be_used_to_sign_up(stage: Stage) -> None:
    code = stage.ask()

    refused = stage.tokens(grant_type="code", **code.body)
    body = {"platform": "jd", "subdistrict": BALIZHUANG, "consents": [{"purpose": "service", "granted": True}]}
    accepted = stage.post("/riders", {**body, **code.body})

    assert (refused.status_code, problem_of(refused)) == (404, "not-registered")
    assert accepted.status_code == 201


def test_a_refresh_token_is_rotated_and_stored_as_a_digest_only(stage: Stage) -> None:
    first = stage.sign_up()["refresh_token"]

    second = refresh(stage, first)["refresh_token"]
    third = refresh(stage, second)

    assert len({first, second, third["refresh_token"]}) == 3
    with stage.bench.read() as session:
        kept = set(session.scalars(select(RefreshToken.digest)))
    assert kept.isdisjoint({first, second, sha256(first.encode()).hexdigest()})
    assert [event.method for event in stage.bench.told(SignedInV1)] == ["code", "refresh-token", "refresh-token"]


def test_an_old_refresh_token_used_again_revokes_the_whole_family(stage: Stage) -> None:
    first = stage.sign_up()["refresh_token"]
    second = refresh(stage, first)["refresh_token"]

    reused = stage.tokens(grant_type="refresh_token", refresh_token=first)
    newest = stage.tokens(grant_type="refresh_token", refresh_token=second)

    assert (reused.status_code, problem_of(reused)) == (401, "refresh-token-invalid")
    assert problem_of(newest) == "refresh-token-invalid"


def test_a_family_is_revoked_alone_and_another_sign_in_goes_on(stage: Stage) -> None:
    stolen = stage.sign_up()["refresh_token"]
    other = stage.tokens(grant_type="code", **stage.ask().body).json()["refresh_token"]
    refresh(stage, stolen)

    stage.tokens(grant_type="refresh_token", refresh_token=stolen)

    assert "access_token" in refresh(stage, other)


def test_of_two_uses_of_a_refresh_token_at_once_one_gets_tokens_and_the_family_is_revoked(stage: Stage) -> None:
    first = stage.sign_up()["refresh_token"]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda token: refresh(stage, token), [first, first]))

    got = [answer["refresh_token"] for answer in answers if "refresh_token" in answer]
    assert len(got) == 1
    assert "access_token" not in refresh(stage, got[0])


def test_a_refresh_token_counts_for_thirty_days_and_expired_ones_are_forgotten(stage: Stage) -> None:
    first = stage.sign_up()["refresh_token"]

    stage.pass_time(days=30)
    late = stage.tokens(grant_type="refresh_token", refresh_token=first)
    stage.pass_time(days=1)
    stage.sign_up("13900000000")

    assert problem_of(late) == "refresh-token-invalid"
    with stage.bench.read() as session:
        assert len(session.scalars(select(RefreshToken)).all()) == 1


def test_a_move_is_in_the_next_token(stage: Stage) -> None:
    rider = stage.rider()
    token = stage.tokens(grant_type="code", **stage.ask().body).json()["refresh_token"]
    stage.post(f"/riders/{rider.id}/moves", {"subdistrict": "110108012"}, by=rider)

    access = refresh(stage, token)["access_token"]

    verifier = TokenVerifier("rewards", stage.ports.signing_keys.public, stage.bench.clock)
    assert verifier.person(access).subdistrict == "110108012"


@pytest.mark.parametrize(
    ("client", "target", "scope"),
    [
        ("notify", "registration", "rider.phone:read"),
        ("training", "registration", "rider.name:read"),
        ("rewards", "governance", "events:read"),
        ("audit", "rewards", "audit:read"),
    ],
)
def test_a_service_gets_a_token_for_one_scope_of_one_service(
    stage: Stage, client: str, target: str, scope: str
) -> None:
    secret = client_secret(stage.kept, client)

    answer = stage.tokens(
        grant_type="client_credentials", client_id=client, client_secret=secret, target=target, scope=scope
    )

    verifier = TokenVerifier(target, stage.ports.signing_keys.public, stage.bench.clock)
    principal = verifier.service(answer.json()["access_token"])
    assert (principal.id, principal.scopes) == (client, frozenset({scope}))
    assert answer.json()["refresh_token"] is None


@pytest.mark.parametrize(
    ("client", "target", "scope"),
    [
        ("rewards", "registration", "rider.phone:read"),
        ("notify", "registration", "rider.name:read"),
        ("notify", "rewards", "audit:read"),
        ("notify", "elsewhere", "events:read"),
    ],
)
def test_a_service_is_refused_what_it_was_not_granted(stage: Stage, client: str, target: str, scope: str) -> None:
    secret = client_secret(stage.kept, client)

    answer = stage.tokens(
        grant_type="client_credentials", client_id=client, client_secret=secret, target=target, scope=scope
    )

    assert (answer.status_code, problem_of(answer)) == (403, "scope-refused")


def test_a_client_with_a_wrong_secret_or_an_unknown_one_is_refused_alike(stage: Stage) -> None:
    grant = {"grant_type": "client_credentials", "target": "rewards", "scope": "events:read", "client_secret": "x"}

    wrong, unknown = stage.tokens(**grant, client_id="notify"), stage.tokens(**grant, client_id="ghost")

    assert {problem_of(wrong), problem_of(unknown)} == {"client-refused"}


def test_a_platform_listed_by_the_deployment_gets_a_person_s_token(tmp_path: Path) -> None:
    digest = sha256(b"platform-secret").hexdigest()
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "clients.json").write_text(f'[{{"id": "meituan", "sha256": "{digest}"}}]')
    stage = Stage(tmp_path)

    answer = stage.tokens(grant_type="client_credentials", client_id="meituan", client_secret="platform-secret")
    stage.sms.close()

    verifier = TokenVerifier("rewards", stage.ports.signing_keys.public, stage.bench.clock)
    assert verifier.person(answer.json()["access_token"]).role is Role.PLATFORM


def test_a_grant_may_come_as_a_form(stage: Stage) -> None:
    stage.sign_up()
    form = urlencode({"grant_type": "code", **stage.ask().body})

    with stage.http() as http:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = http.post("/api/registration/token", content=form, headers=headers)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("content", "media", "problem"),
    [
        (b"{", "application/json", "bad-json"),
        (b"[" * 60_000, "application/json", "bad-json"),
        (b'{"grant_type": "magic"}', "application/json", "invalid-request"),
        (b'{"grant_type": "refresh_token"}', "application/json", "invalid-request"),
        (b"\xff\xfe", "application/x-www-form-urlencoded", "invalid-request"),
        (b"&" * 5, "application/x-www-form-urlencoded", "invalid-request"),
        (b"a=1&" * 500, "application/x-www-form-urlencoded", "invalid-request"),
    ],
)
def test_a_grant_that_cannot_be_read_is_refused(stage: Stage, content: bytes, media: str, problem: str) -> None:
    with stage.http() as http:
        answer = http.post("/api/registration/token", content=content, headers={"Content-Type": media})

    assert (answer.status_code in {400, 422}, problem_of(answer)) == (True, problem)
