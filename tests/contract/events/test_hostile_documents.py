"""Whatever arrives as an event, reading it ends in an event or in a validation error, never in anything else."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.events.contract.classes import event_classes
from shared.events.contract.samples import sample_envelope
from shared.events.envelope import Envelope
from shared.events.rewards import PointsAwardedV1

SAMPLE = sample_envelope(PointsAwardedV1).document()
WRONG: tuple[Any, ...] = (
    None,
    True,
    7,
    -1.5,
    "",
    "7",
    [],
    ["a"],
    {},
    {"a": {}},
    10**400,
    "2026-99-99",
    "\x00",
    "\ud83d\ude00",
)

HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "no object": "[1, 2]",
    "deep lists": "[" * 200_000,
    "deep data": SAMPLE.replace('"data":{', '"data":{"a":' + "[" * 100_000 + "]" * 100_000 + ","),
    "deep objects": '{"a":' * 200_000 + "1" + "}" * 200_000,
    "a number without end": SAMPLE.replace('"points":20', f'"points":{"9" * 1_000_000}'),
    "an exponent without end": SAMPLE.replace('"points":20', '"points":1e999999999'),
    "not a number": SAMPLE.replace('"points":20', '"points":NaN'),
    "a fraction": SAMPLE.replace('"points":20', '"points":20.5'),
    "a broken surrogate": SAMPLE.replace("hazard", "\\ud800"),
    "a surrogate in text": SAMPLE.replace("hazard", "\ud800"),
    "bytes that are not UTF-8": SAMPLE.encode().replace(b"hazard", b"\xff\xfe"),
    "UTF-16": SAMPLE.encode("utf-16"),
    "cut off": SAMPLE[:-20],
    "two documents": SAMPLE + SAMPLE,
    "a byte order mark": "\ufeff" + SAMPLE,
    "no data": json.dumps({key: value for key, value in json.loads(SAMPLE).items() if key != "data"}),
    "a year out of range": SAMPLE.replace("2026-09-18T04:00:00Z", "99999-01-01T00:00:00Z"),
}


def read(document: str | bytes) -> PointsAwardedV1 | None:
    """Read a document as a consumer does: first the envelope, then the data; None when it is refused."""
    try:
        return PointsAwardedV1.model_validate(Envelope.parse(document).data)
    except ValidationError:
        return None


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_as_invalid(document: str | bytes) -> None:
    assert read(document) is None


def test_of_a_key_that_stands_twice_the_last_is_read_everywhere() -> None:
    document = SAMPLE.replace('"points":20', '"points":1,"points":2')

    event = read(document)

    assert event is not None
    assert event.points == json.loads(document)["data"]["points"] == 2


def test_a_field_and_a_code_that_nobody_knows_yet_are_read_over() -> None:
    document = SAMPLE.replace('"cause_kind":"hazard"', '"cause_kind":"of-tomorrow","field_of_tomorrow":[1]')

    event = read(document)

    assert event is not None
    assert event.cause_kind == "of-tomorrow"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    assert read(document) is None


@settings(max_examples=200)
@given(name=st.sampled_from(sorted(json.loads(SAMPLE))), value=st.sampled_from(WRONG))
def test_any_attribute_of_a_wrong_type_is_read_or_refused(name: str, value: Any) -> None:
    read(json.dumps(json.loads(SAMPLE) | {name: value}))


@settings(max_examples=300)
@given(event=st.sampled_from(event_classes()), value=st.sampled_from(WRONG), data=st.data())
def test_any_field_of_a_wrong_type_is_read_or_refused(event: Any, value: Any, data: st.DataObject) -> None:
    fields = sample_envelope(event).data
    changed = fields | {data.draw(st.sampled_from(sorted(fields))): value}

    with suppress(ValidationError):
        event.model_validate(changed)
