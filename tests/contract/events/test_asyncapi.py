"""The AsyncAPI document is valid, is what classes and handlers say, and describes what the relay really sends."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cheqi.asyncapi import DOCUMENT, heard, main, published
from shared.events.contract.classes import event_classes, stem_of
from shared.events.contract.samples import sample_envelope
from shared.events.envelope import Event
from shared.events.registration import RiderErasedV1
from shared.messaging.seal import Numbers, wire_document
from shared.node import PUBLISHERS

SCHEMA = Draft7Validator(json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text(encoding="utf-8")))
SENT = [event for event in event_classes() if not event.internal]
NUMBERS = Numbers(position=7, sequence=3, previous="a" * 64, seal="b" * 64)


@pytest.fixture(scope="module")
def document() -> Any:
    """Return the document that stands in `docs`."""
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def payload_of(document: Any, event: type[Event]) -> Draft7Validator:
    """Return what the document says of the payload of an event."""
    payload = document["components"]["messages"][event.__name__]["payload"]
    return Draft7Validator({**payload, "components": document["components"]})


def wire_of(event: type[Event]) -> Any:
    """Return a sample of the event as the relay sends it."""
    told = sample_envelope(event).model_copy(update=dict.fromkeys(("sequence", "position", "previous", "seal")))
    return json.loads(wire_document(told.document(), NUMBERS))


def test_the_document_is_valid_by_the_published_schema(document: Any) -> None:
    assert [error.message for error in SCHEMA.iter_errors(document)] == []


@pytest.mark.parametrize("part", ["channels", "operations", "components"])
def test_a_document_that_is_not_valid_is_seen(document: Any, part: str) -> None:
    assert list(SCHEMA.iter_errors(document | {part: {"wrong": {"wrong": 1}}})) != []


def test_the_document_is_what_classes_and_handlers_say() -> None:
    assert main("check", DOCUMENT) == 0


def test_a_document_that_differs_fails_the_check_and_is_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "asyncapi.json"
    page.write_text("{}")

    before, written, after = main("check", page), main("write", page), main("check", page)

    assert (before, written, after) == (1, 0, 0)
    assert "make schemas" in capsys.readouterr().err


@pytest.mark.parametrize("event", SENT, ids=stem_of)
def test_what_the_relay_sends_is_what_the_document_describes(document: Any, event: type[Event]) -> None:
    sent, described = wire_of(event), payload_of(document, event)

    assert [error.message for error in described.iter_errors(sent)] == []
    assert not described.is_valid(sent | {"data": {}})
    assert not described.is_valid(sent | {"type": "cn.cheqi.another"})
    assert not described.is_valid({name: value for name, value in sent.items() if name != "seal"})


def test_what_stands_in_a_log_only_is_not_in_the_document(document: Any) -> None:
    assert set(document["components"]["messages"]) == {event.__name__ for event in SENT}


def test_every_publisher_has_a_channel_and_sends_to_it_alone(document: Any) -> None:
    sends = {name: one for name, one in document["operations"].items() if one["action"] == "send"}

    assert set(document["channels"]) == PUBLISHERS
    assert {name: one["channel"]["$ref"] for name, one in sends.items()} == {
        f"{name}.publish": f"#/channels/{name}" for name in PUBLISHERS
    }


def test_every_service_receives_what_it_handles_and_nothing_else(document: Any) -> None:
    received: dict[str, set[str]] = {name: set() for name in PUBLISHERS}
    for one in document["operations"].values():
        if one["action"] == "receive":
            received[one["tags"][0]["name"]] |= {ref["$ref"].rpartition("/")[2] for ref in one["messages"]}

    assert received == {name: {event.__name__ for event in handled} for name, handled in heard().items()}


def test_an_erasure_is_heard_by_all_others_and_answered_by_them() -> None:
    hearing = {name for name, handled in heard().items() if RiderErasedV1 in handled}
    answering = {name for name, told in published().items() if "RiderDataErasedV1" in {one.__name__ for one in told}}

    assert hearing == answering == PUBLISHERS - {"registration"}
