"""The catalogue of events, written for those who consume them."""

from collections.abc import Sequence
from itertools import groupby

from shared.events.contract.classes import Schema, schema_of
from shared.events.contract.samples import sample_envelope, sample_of
from shared.events.envelope import Event
from shared.events.rewards import PointsAwardedV1

_INTRODUCTION = """# Events

Written by `make schemas` from the classes in `shared/events`; `make check` fails when the two differ.

Every event is one CloudEvents 1.0 document in structured JSON, the same in the log, on the bus and in an export. Within
a subject events have an order (`sequence`, and `previous`: the seal of the one before); between subjects none.
A reader ignores fields and codes that it does not know. Times are UTC; points are integers; `subdistrict` is the
statistical code of one of the 29, or 110108 for the whole district. Nothing in an event is a name, a phone number, a
rider's words, a coordinate or a photo's key. The JSON Schemas of all revisions stand in `shared/events/schemas`.

A whole document; below, each event is shown by its `data`:
"""


def catalogue(events: Sequence[type[Event]]) -> str:
    """Return the catalogue as Markdown."""
    chapters = groupby(sorted(events, key=lambda event: event.source or "~"), key=lambda event: event.source)
    whole = _sample(sample_envelope(PointsAwardedV1).model_dump_json(exclude_none=True, indent=2))
    return "\n".join([_INTRODUCTION, *whole, *(_chapter(source, list(told)) for source, told in chapters)])


def _chapter(source: str, events: Sequence[type[Event]]) -> str:
    named = [(event.__name__, event) for event in events]
    title = f"## {source.capitalize()}" if source else "## Any service"
    rows = [f"| [{name}](#{name.lower()}) | {event.subject_field} | {_told(event)} |" for name, event in named]
    table = ["| event | subject | published |", "| --- | --- | --- |", *rows]
    return "\n".join([title, "", *table, "", *(_section(event) for event in events)])


def _section(event: type[Event]) -> str:
    rows = [f"| `{name}` | {kind} | {default} |" for name, kind, default in _fields(schema_of(event))]
    return "\n".join(
        [
            f"### {event.__name__}",
            "",
            " ".join((event.__doc__ or "").split()),
            "",
            f"`{event.type_name()}`, subject `{event.subject_field}`",
            "",
            "| field | type | when absent |",
            "| --- | --- | --- |",
            *rows,
            "",
            *_sample(sample_of(event).model_dump_json(indent=2)),
        ]
    )


def _sample(document: str) -> list[str]:
    return ["```json", document, "```", ""]


def _told(event: type[Event]) -> str:
    return "no: stands in the log only" if event.internal else "yes"


def _fields(schema: Schema) -> list[tuple[str, str, str]]:
    return [
        (name, _kind(field), "-" if name in schema["required"] else f"`{field['default']}`")
        for name, field in schema["properties"].items()
    ]


def _kind(field: Schema) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(part) for part in field["anyOf"])
    if field["type"] == "array":
        return f"list of {_kind(field['items'])}"
    return str(field.get("format", field["type"]))
