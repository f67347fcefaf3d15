"""Every event class there is, and the JSON Schema of what it carries."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import shared.events
from shared.events.envelope import SCHEMA_ROOT, Event

Schema = dict[str, Any]

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def event_classes() -> list[type[Event]]:
    """Return the event classes, module by module, in the order in which they are written."""
    names = sorted(module.name for module in iter_modules(shared.events.__path__) if not module.ispkg)
    return [event for name in names for event in _declared(f"{shared.events.__name__}.{name}")]


def stem_of(event: type[Event]) -> str:
    """Return the name under which the schemas of a class are stored, such as `points-held.v1`."""
    return f"{event.name}.v{event.version}"


def schema_of(event: type[Event]) -> Schema:
    """Return the JSON Schema of an event's data; wording is left out, so that a better sentence changes nothing."""
    made = event.model_json_schema()
    return {
        "$schema": SCHEMA_DIALECT,
        "$id": f"{SCHEMA_ROOT}/{stem_of(event)}",
        "title": event.__name__,
        "x-type": event.type_name(),
        "x-subject": event.subject_field,
        "x-internal": event.internal,
        "type": "object",
        "properties": {name: _without_title(field) for name, field in made["properties"].items()},
        "required": made["required"],
    }


def _declared(module: str) -> list[type[Event]]:
    members = vars(import_module(module)).values()
    events = [member for member in members if isinstance(member, type) and issubclass(member, Event)]
    return [event for event in events if event.__module__ == module and event is not Event]


def _without_title(field: Schema) -> Schema:
    return {key: value for key, value in field.items() if key not in ("title", "description")}
