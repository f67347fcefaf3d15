"""Passwords and keys are replaced as the operators' page says; its own lines are carried out here."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.auth.tokens import KEYS_FILE, SigningKeys
from shared.clock import SystemClock
from shared.random import SystemRandom
from shared.secret_files import SecretFolder
from tests.integration.compose.stack import SERVICES, Stack
from tests.integration.compose.test_config import OPERATIONS

REMOVE = re.compile(r"docker compose (run .*kafka-passwords -f .*)")
REPLACE = re.compile(r"kafka-passwords \\\n +-c '(.*)' <new")
NEW_KEY = re.compile(r"<<'END'\n(.*?)\nEND\n", re.DOTALL)


@pytest.fixture
def secured() -> Iterator[Stack]:
    """Return a stack of which only the job that makes Kafka's passwords is run."""
    stack = Stack()
    stack.variables["COMPOSE_FILE"] = "docker-compose.yml:docker-compose.secured.yml"
    try:
        yield stack
    finally:
        stack.remove()


def passwords(stack: Stack) -> dict[str, str]:
    """Return each user's password after the job has made those that are missing."""
    stack.compose("run", "--rm", "-T", "kafka-passwords")
    show = "cd /run/kafka; for one in *; do echo $one $(cat $one/password); done"
    shown = stack.compose("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", "kafka-passwords", "-c", show).stdout
    return dict(line.split() for line in shown.splitlines())


def test_kafka_s_passwords_are_replaced_one_by_one(secured: Stack) -> None:
    first = passwords(secured)
    secured.compose(*REMOVE.findall(OPERATIONS)[0].split())
    second = passwords(secured)
    words = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "sh", "kafka-passwords", "-c")
    secured.compose(*words, REPLACE.findall(OPERATIONS)[0], given="another.one\n")
    third = passwords(secured)

    assert set(first) == {"admin", *SERVICES}
    assert {name for name in first if second[name] != first[name]} == {"rewards"}
    assert third == second | {"admin": "another.one"}


def test_a_new_key_signs_and_the_one_before_it_still_counts(tmp_path: Path) -> None:
    folder, clock = SecretFolder(tmp_path), SystemClock()
    first = SigningKeys.open(folder, SystemRandom(), clock.now())
    program = NEW_KEY.findall(OPERATIONS)[0].replace("/run/cheqi/registration", str(tmp_path))

    for _ in range(2):
        exec(program, {})  # noqa: S102 - the page's own
        before, first = first, SigningKeys.open(folder, SystemRandom(), clock.now())
        assert [key.kid for key in first.keys][1:] == [before.newest.kid]
        assert first.newest.kid != before.newest.kid

    assert len(json.loads((tmp_path / KEYS_FILE).read_text())["keys"]) == 2
