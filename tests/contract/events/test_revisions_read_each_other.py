"""Within a version old readers read new events and new readers read old ones, whatever the revisions."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.events.contract.classes import Schema, event_classes, schema_of, stem_of
from shared.events.contract.shelf import Shelf
from shared.events.envelope import Event
from tests.contract.events.shapes import event_with, instances_of, reader_of

OLD = schema_of(event_with(points=(int, ...)))
NEW = schema_of(event_with(points=(int, ...), rider_ids=(tuple[str, ...], ())))
BROKEN = schema_of(event_with(points=(int, ...), reason=(str, ...)))


@pytest.mark.parametrize("event", event_classes(), ids=stem_of)
@settings(max_examples=10)
@given(data=st.data())
def test_every_reader_of_a_version_reads_every_revision(event: type[Event], data: st.DataObject) -> None:
    revisions = Shelf().revisions(stem_of(event))

    for schema in revisions:
        sent = data.draw(instances_of(schema)) | {"field_of_tomorrow": ["not", "known"]}
        assert all(reader.model_validate(sent) for reader in [event, *map(reader_of, revisions)])


@settings(max_examples=50)
@given(data=st.data())
def test_old_and_new_readers_of_a_grown_event_read_each_other(data: st.DataObject) -> None:
    for written, read in product([OLD, NEW], repeat=2):
        assert reader_of(read).model_validate(data.draw(instances_of(written)))


@given(data=st.data())
def test_a_new_reader_of_a_broken_event_does_not_read_the_old_one(data: st.DataObject) -> None:
    sent = data.draw(instances_of(OLD))

    with pytest.raises(ValidationError):
        reader_of(BROKEN).model_validate(sent)


@pytest.mark.parametrize("event", event_classes(), ids=stem_of)
def test_no_event_closes_the_list_of_its_codes(event: type[Event]) -> None:
    closed = [word for word in ("enum", "const", "pattern", "additionalProperties") if word in _words(schema_of(event))]

    assert closed == []


def _words(schema: Schema) -> set[str]:
    inner: list[Any] = [*schema.values(), *schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    return set(schema).union(*(_words(part) for part in inner if isinstance(part, dict)))
