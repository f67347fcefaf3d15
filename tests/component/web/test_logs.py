"""Every log line is a JSON object, and none of them shows a phone number or what an exception says."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from shared.telemetry import configure_logs, without_phones


@contextmanager
def configured(level: str = "info") -> Iterator[None]:
    """Set up logs as a process does, and put everything back."""
    root = logging.getLogger()
    handlers, before = root.handlers, root.level
    configure_logs(level)
    try:
        yield
    finally:
        structlog.reset_defaults()
        root.handlers, root.level = handlers, before


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "+8613812345678",
        "+86 138 1234 5678",
        "0086-138-1234-5678",
        "008613812345678",
        "138-1234-5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "tel:13812345678;ext=1",
        13812345678,
        13812345678.0,
        {"deep": [{"deeper": ("13812345678",)}]},
        {"13812345678": 1},
        {"13812345678"},
        ValueError("13812345678"),
        b"13812345678",
    ],
    ids=repr,
)
def test_a_phone_number_is_hidden_in_whatever_is_logged(written: object) -> None:
    line = without_phones(None, "info", {"event": f"{written}", "value": written})

    assert "345678" not in "".join(character for character in str(line) if character.isdigit())
    assert "[phone]" in str(line["value"])


@pytest.mark.parametrize(
    "kept",
    ["019a2b3c-7d2e-7123-8899-112233445566", "2026-09-18T12:00:00.123456Z", 1_758_168_000_000, 42, 0.25, None, True],
)
def test_what_is_no_phone_number_stays(kept: object) -> None:
    assert without_phones(None, "info", {"value": kept}) == {"value": kept}


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    with configured("warning"):
        structlog.get_logger("x").warning("换行\n之后", phone=13812345678)
        structlog.get_logger("x").info("below the level")

    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["phone"], told["level"]) == ("换行\n之后", "[phone]", "warning")
    assert told["timestamp"].endswith("Z")


@pytest.mark.parametrize("name", [None, "uvicorn.error", "sqlalchemy.engine"])
def test_an_exception_is_logged_by_class_and_place_whoever_logs_it(
    capsys: pytest.CaptureFixture[str], name: str | None
) -> None:
    with configured():
        logger = structlog.get_logger() if name is None else logging.getLogger(name)
        try:
            fail_with("words of a rider")
        except LookupError:
            logger.exception("request failed for 13812345678")

    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["error"], told["place"].split(":")[:2]) == ("LookupError", ["web/test_logs.py", "fail_with"])
    assert "words of a rider" not in line
    assert "13812345678" not in line


def test_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    with configured():
        logging.getLogger("httpx2").info("HTTP Request: GET /riders/1/phone")
        logging.getLogger("httpx2").warning("slow %s", "13812345678")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "slow [phone]"


def test_what_a_library_repeats_is_told_now_and_then_with_how_often(capsys: pytest.CaptureFixture[str]) -> None:
    clients = logging.getLogger("aiokafka")
    with configured():
        for second in (0.0, 0.1, 9.9, 10.0, 10.1, 25.0):
            clients.handle(record_at(second, line=7, words=f"node {second} is away"))
        clients.handle(record_at(25.0, line=8, words="something else"))

    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["event"], one.get("repeated")) for one in told] == [
        ("node 0.0 is away", None),
        ("node 10.0 is away", 2),
        ("node 25.0 is away", 1),
        ("something else", None),
    ]


def record_at(second: float, *, line: int, words: str) -> logging.LogRecord:
    """Return what a library logs at a line of its code, so many seconds after midnight."""
    record = logging.LogRecord("aiokafka", logging.ERROR, "client.py", line, words, None, None)
    record.created = second
    return record


def fail_with(words: str) -> None:
    """Raise an exception that says something."""
    raise LookupError(words)
