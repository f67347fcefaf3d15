"""One example of every event, the same in every run, for the catalogue and for tests."""

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from shared.events.contract.classes import Schema, schema_of
from shared.events.envelope import SCHEMA_ROOT, Envelope, Event

MOMENT = datetime(2026, 9, 18, 4, 0, tzinfo=UTC)
SUBDISTRICT = "110108005"

_TEXTS = {
    "category": "fire-safety",
    "cause_kind": "hazard",
    "channel": "inbox",
    "community": "110108005001",
    "field": "words",
    "kind": "laundry",
    "language": "zh-CN",
    "method": "code",
    "muted": "points:sms",
    "no_award": "",
    "number": "HD-2026-7K3M9QX2W",
    "outcome": "excused",
    "platform": "meituan",
    "publisher": "governance",
    "purpose": "sms-notices",
    "reason": "out-of-scope",
    "role": "subdistrict-staff",
    "service": "rewards",
    "severity": "high",
    "template": "hazard-verified",
    "title_en": "First aid",
    "title_zh": "急救入门",
    "wording": "2026-09",
}
_VALUES = {"integer": 20, "boolean": True, "date-time": "2026-09-18T04:00:00Z", "date": "2026-09-18"}


def sample_of(event: type[Event]) -> Event:
    """Return an example with every field set; raises KeyError for a text field that no example is known for."""
    return event.model_validate({name: _value(name, field) for name, field in schema_of(event)["properties"].items()})


def sample_envelope(event: type[Event]) -> Envelope:
    """Return an example as its publisher's relay hands it to the bus."""
    told = sample_of(event)
    return Envelope(
        id=_id(event.__name__),
        source=f"/{event.source or 'rewards'}",
        type=event.type_name(),
        subject=told.subject,
        time=MOMENT,
        dataschema=f"{SCHEMA_ROOT}/{event.name}.v{event.version}",
        partitionkey=told.subject,
        subdistrict=told.subdistrict,
        actor=f"rider/{_id('rider_id')}",
        correlationid=_id("request_id"),
        data=told.model_dump(mode="json"),
        sequence=None if event.internal else 1,
        position=1,
        previous=None if event.internal else "0" * 64,
        seal="f" * 64,
    )


def _value(name: str, field: Schema) -> Any:
    if "anyOf" in field:
        return _value(name, field["anyOf"][0])
    if field["type"] == "array":
        return [_value(name.removesuffix("s"), field["items"])]
    kind = str(field.get("format", field["type"]))
    return _text(name) if kind == "string" else _VALUES[kind]


def _text(name: str) -> str:
    if name.endswith("subdistrict"):
        return SUBDISTRICT
    if name.endswith(("_id", "_subject")):
        return _id(name)
    return _TEXTS[name]


def _id(name: str) -> str:
    return f"0199f000-0000-7000-8000-{crc32(name.encode()):012x}"
