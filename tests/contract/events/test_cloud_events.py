"""Every document is a CloudEvents 1.0 event to those who know nothing of this project."""

import json
import re

import pytest
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.events.contract.classes import event_classes, stem_of
from shared.events.contract.samples import sample_envelope, sample_of
from shared.events.envelope import Envelope, Event
from shared.messaging.seal import Numbers, stored_document, wire_document

EVENTS = pytest.mark.parametrize("event", event_classes(), ids=stem_of)
NUMBERS = Numbers(position=7, sequence=3, previous="a" * 64, seal="b" * 64)


def wire_of(event: type[Event]) -> str:
    """Return a sample of the event as the relay sends it."""
    told = sample_envelope(event).model_copy(update=dict.fromkeys(("sequence", "position", "previous", "seal")))
    return wire_document(told.document(), NUMBERS)


@EVENTS
def test_the_cloudevents_library_reads_what_the_relay_sends(event: type[Event]) -> None:
    read = JSONFormat().read(CloudEvent, wire_of(event))

    assert (read.get_type(), read.get_subject()) == (event.type_name(), sample_of(event).subject)
    assert read.get_data() == sample_of(event).model_dump(mode="json")
    assert (read.get_extension("sequence"), read.get_extension("seal")) == (3, "b" * 64)


@EVENTS
def test_attributes_are_of_the_types_that_cloudevents_knows(event: type[Event]) -> None:
    attributes = json.loads(wire_of(event))
    del attributes["data"]

    assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in attributes)
    assert all(isinstance(value, str | int) for value in attributes.values())
    assert attributes["time"].endswith("Z")


@EVENTS
def test_a_sample_reads_back_as_the_event_that_it_shows(event: type[Event]) -> None:
    read = Envelope.parse(wire_of(event))

    assert event.model_validate(read.data) == sample_of(event)
    assert (
        stored_document(wire_of(event))
        == read.model_copy(update=dict.fromkeys(("sequence", "position", "previous", "seal"))).document()
    )


@pytest.mark.parametrize("attribute", ["id", "source", "type"])
def test_the_cloudevents_library_refuses_an_event_without(attribute: str) -> None:
    document = json.loads(wire_of(event_classes()[0])) | {attribute: ""}

    with pytest.raises(CloudEventValidationError):
        JSONFormat().read(CloudEvent, json.dumps(document))
