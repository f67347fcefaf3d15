"""A command that a document names exists, with its options; so does the container that it is carried out in."""

import re
from collections.abc import Iterator

import pytest
import typer

from cheqi.main import app
from tests.architecture.tree import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/*/README.md")])
FENCED = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`]+)`")
STEP = re.compile(r"\\\n|[\n#|;]|&&")
WITH_VALUE = {"--volume", "--entrypoint", "--env", "--user"}
WORD = re.compile(r"[a-z-]+")
COMMANDS = typer.main.get_command(app)
COMPOSED = "".join((ROOT / name).read_text() for name in ("docker-compose.yml", "docker-compose.secured.yml"))


def steps(text: str) -> Iterator[list[str]]:
    """Yield the words of each command in a document's code."""
    for block in FENCED.findall(text):
        yield from (step.split() for step in STEP.split(block.replace("\\\n", " ")))
    yield from (span.split() for span in INLINE.findall(FENCED.sub("", text)))


def runs(words: list[str]) -> tuple[str, list[str]]:
    """Return the container that `docker compose run` is told to start, and what it is told to do there."""
    rest = words[words.index("run") + 1 :]
    while rest and rest[0].startswith("-"):
        if rest[0] == "--entrypoint":
            return rest[2:][0], []
        rest = rest[2 if rest[0] in WITH_VALUE else 1 :]
    return (rest[0], rest[1:]) if rest else ("", [])


def unknown_in(words: list[str]) -> str:
    """Return the first word of a command that `cheqi` does not take, or nothing."""
    command = COMMANDS
    for word in words:
        if word.startswith("-"):
            if word.split("=")[0] not in {one for option in command.params for one in option.opts}:
                return word
        elif hasattr(command, "commands") and WORD.fullmatch(word):
            if word not in command.commands:
                return word
            command = command.commands[word]
    return ""


def test_what_a_document_lets_cheqi_do_it_can_do() -> None:
    wrong, count = [], 0
    for path in DOCUMENTS:
        for words in steps(path.read_text(encoding="utf-8")):
            told = words[1:] if words and words[0] in ("cheqi", ".venv/bin/cheqi") else []
            if words[:2] == ["docker", "compose"] and "run" in words:
                place, told = runs(words)
                told = told if place in ("operator", "secrets") else []
            count += bool(told)
            if unknown_in(told):
                wrong.append((path.name, " ".join(words)))

    assert wrong == []
    assert count > 30


def test_a_container_that_a_document_runs_exists() -> None:
    places = {
        runs(words)[0]
        for path in DOCUMENTS
        for words in steps(path.read_text(encoding="utf-8"))
        if words[:2] == ["docker", "compose"] and "run" in words
    }

    assert places >= {"operator", "secrets", "kafka-passwords"}
    assert [one for one in places if f"\n  {one}:" not in COMPOSED] == []


@pytest.mark.parametrize(
    ("line", "unknown"),
    [("topics show", "show"), ("parked redrive rewards 1", ""), ("audit --yaml", "--yaml"), ("audit --json", "")],
)
def test_a_command_that_does_not_exist_is_seen(line: str, unknown: str) -> None:
    assert unknown_in(line.split()) == unknown


def test_commands_are_found_in_blocks_and_in_words_that_a_line_s_end_parts() -> None:
    found = list(steps("Ask (`cheqi\ntopics show`).\n\n```sh\ncheqi a && cheqi b   # why\n```\n"))

    assert ["cheqi", "topics", "show"] in found
    assert ["cheqi", "b"] in found
