"""Secrets are made once, each is read by whom it belongs to only, and who misses one says which."""

import pytest

from tests.integration.compose.stack import SERVICES, Stack

SERVE_TRAINING = ("serve", "training", "--role", "api")
OTHERS = """
from pathlib import Path
import os
for one in Path("/run/cheqi").rglob("*"):
    if one.is_file():
        print(one, os.access(one, os.W_OK))
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_holds_the_secrets_of_its_service_and_cannot_change_them(stack: Stack, service: str) -> None:
    for name in (service, f"{service}-worker"):
        found = [line.split() for line in stack.inside(name, "python", "-c", OTHERS).splitlines()]

        assert found
        assert {path.split("/")[3] for path, _ in found} == {service}
        assert {writable for _, writable in found} == {"False"}


def test_each_secret_is_another_one_and_none_is_made_again(stack: Stack) -> None:
    def read() -> dict[str, str]:
        return {name: stack.inside(name, "cat", f"/run/cheqi/{name}/database.password") for name in SERVICES}

    before = read()
    stack.compose("run", "--rm", "-T", "--no-deps", "secrets")

    assert len(set(before.values())) == len(SERVICES)
    assert read() == before


def test_a_service_that_misses_a_secret_names_it_and_ends(stack: Stack) -> None:
    elsewhere = ("--env", "CHEQI_SECRETS=/elsewhere/{service}")

    ended = stack.compose("run", "--rm", "-T", "--no-deps", *elsewhere, "training", *SERVE_TRAINING, status=None)

    assert ended.returncode == 2
    assert "the secret /elsewhere/training/" in ended.stdout + ended.stderr
    assert "cheqi secrets" in ended.stdout + ended.stderr


def test_the_role_of_a_service_cannot_enter_another_s_database(stack: Stack) -> None:
    enter = """
import psycopg, sys

password = open("/run/cheqi/rewards/database.password").read().strip()
for name in ("cheqi_rewards", "cheqi_governance", "cheqi_rewards_keys", "cheqi_governance_keys"):
    try:
        psycopg.connect(host="postgres", user="cheqi_rewards", dbname=name, password=password).close()
        print(name)
    except psycopg.OperationalError:
        pass
"""

    assert stack.inside("rewards", "python", "-c", enter).split() == ["cheqi_rewards", "cheqi_rewards_keys"]


def test_without_the_profile_demo_registration_refuses_to_start_and_says_why(stack: Stack) -> None:
    words = ("run", "--rm", "-T", "--no-deps", "registration", "serve", "registration", "--role", "api")

    for chosen, said in (("", "no SMS adapter was chosen"), ("trial", "for demo only")):
        ended = stack.compose(*words, status=None, changed={"COMPOSE_PROFILES": "scale", "CHEQI_SMS": chosen})
        assert ended.returncode == 2
        assert said in ended.stdout + ended.stderr
