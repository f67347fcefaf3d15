"""Event classes made for one test, and what a stored schema says of them: its readers and its instances."""

from datetime import UTC, date
from typing import Any

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, create_model

from shared.events.contract.classes import Schema
from shared.events.envelope import Event

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": None,
    "date": date,
    "date-time": AwareDatetime,
}


def event_with(*, internal: bool = False, **fields: Any) -> type[Event]:
    """Return an event class of one fixed name with the fields given beside its subject."""
    about = {"source": "sample", "subject": "sample_id", "internal": internal}
    return create_model("SampleToldV1", __base__=Event, __cls_kwargs__=about, sample_id=(str, ...), **fields)


def reader_of(schema: Schema) -> type[BaseModel]:
    """Return a reader as someone would write it from a stored schema."""
    fields: Any = {
        name: (_type_of(field), ...) if name in schema["required"] else (_type_of(field), field["default"])
        for name, field in schema["properties"].items()
    }
    return create_model(schema["title"], **fields)


def instances_of(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Generate data that a publisher at this revision may send."""
    fields = {name: _values_of(field) for name, field in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: values for name, values in fields.items() if name in schema["required"]},
        optional={name: values for name, values in fields.items() if name not in schema["required"]},
    )


def _type_of(field: Schema) -> Any:
    if "anyOf" in field:
        kinds = [_type_of(part) for part in field["anyOf"]]
        return kinds[0] | kinds[1]
    if field["type"] == "array":
        return tuple.__class_getitem__((_type_of(field["items"]), ...))
    return _TYPES[str(field.get("format", field["type"]))]


def _values_of(field: Schema) -> st.SearchStrategy[Any]:
    if "anyOf" in field:
        return st.one_of([_values_of(part) for part in field["anyOf"]])
    if field["type"] == "array":
        return st.lists(_values_of(field["items"]), max_size=3)
    return {
        "string": st.text(max_size=20),
        "integer": st.integers(min_value=-(2**53), max_value=2**53),
        "boolean": st.booleans(),
        "null": st.none(),
        "date": st.dates().map(str),
        "date-time": st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat()),
    }[str(field.get("format", field["type"]))]
