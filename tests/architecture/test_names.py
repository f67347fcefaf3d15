"""Names say what a thing is: no drawer for leftovers, handlers named by what they do, tests named by what holds."""

import re
from collections.abc import Sequence

import pytest

from tests.architecture.tree import EVERYTHING, PRODUCT, Source, sources

DRAWER = re.compile(r"(^|_)(utils?|helpers?|common|base|managers?|misc|tools?|lib)(_|$)")
EMPTY_VERB = re.compile(r"^_?(on|process|handle|do)_")
SENTENCE_WORDS_MIN = 3


def drawers(files: Sequence[Source]) -> list[str]:
    """Return the files and folders that are named as a place for leftovers."""
    return [file.path for file in files if any(DRAWER.search(part) for part in file.module.split("."))]


def empty_verbs(files: Sequence[Source]) -> list[str]:
    """Return the handlers and commands whose names do not say what is done."""
    acting = [file for file in files if file.name in ("handlers", "commands")]
    named = [(file.path, function.name) for file in acting for function in file.functions]
    return [f"{path}: {name}" for path, name in named if EMPTY_VERB.match(name)]


def short_tests(files: Sequence[Source]) -> list[str]:
    """Return the tests whose names are no sentence."""
    named = [(file.path, function.name) for file in files for function in file.functions]
    tests = [(path, name) for path, name in named if name.startswith("test_")]
    return [f"{path}: {name}" for path, name in tests if len(name.split("_")) <= SENTENCE_WORDS_MIN]


def test_no_file_is_a_drawer_for_leftovers() -> None:
    assert drawers(sources(*EVERYTHING)) == []


def test_handlers_and_commands_say_what_they_do() -> None:
    assert empty_verbs(sources(*PRODUCT)) == []


def test_the_name_of_a_test_is_a_sentence() -> None:
    assert short_tests(sources("tests")) == []


@pytest.mark.parametrize("path", ["shared/utils.py", "services/rewards/ledger/date_helpers.py", "shared/base/a.py"])
def test_a_drawer_is_seen(path: str) -> None:
    assert drawers([Source(path, "")]) == [path]


def test_an_ordinary_name_is_no_drawer() -> None:
    assert drawers([Source("shared/db/basement.py", ""), Source("shared/stool.py", "")]) == []


def test_a_handler_that_is_named_after_its_event_is_seen() -> None:
    handlers = Source("services/a/handlers.py", "def on_rider_registered(): ...\ndef open_account(): ...\n")

    assert empty_verbs([handlers]) == ["services/a/handlers.py: on_rider_registered"]


def test_a_test_without_a_sentence_is_seen() -> None:
    tests = Source("tests/test_a.py", "def test_balance(): ...\ndef test_a_balance_is_never_negative(): ...\n")

    assert short_tests([tests]) == ["tests/test_a.py: test_balance"]
