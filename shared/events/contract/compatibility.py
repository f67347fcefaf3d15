"""What a new revision of an event may change: readers of either side must go on reading the other."""

from shared.events.contract.classes import Schema

IDENTITY = ("title", "x-type", "x-subject", "x-internal")


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Return, in words, what keeps an old reader from new events or a new reader from old ones.

    A field that may be absent can be added; whatever else changes needs a new version of the event.
    """
    return [*_changed_identity(old, new), *_changed_fields(old, new), *_added_fields(old, new)]


def _changed_identity(old: Schema, new: Schema) -> list[str]:
    return [f"{key} was {old[key]!r} and is {new[key]!r}" for key in IDENTITY if old[key] != new[key]]


def _changed_fields(old: Schema, new: Schema) -> list[str]:
    return [change for name in old["properties"] for change in _changed_field(name, old, new)]


def _changed_field(name: str, old: Schema, new: Schema) -> list[str]:
    if name not in new["properties"]:
        return [f"field {name} is gone"]
    was, now = (_described(name, schema) for schema in (old, new))
    return [f"field {name} was {was} and is {now}"] if was != now else []


def _added_fields(old: Schema, new: Schema) -> list[str]:
    added = [name for name in new["properties"] if name not in old["properties"]]
    return [f"new field {name} has no default" for name in added if name in new["required"]]


def _described(name: str, schema: Schema) -> str:
    needed = "required" if name in schema["required"] else "optional"
    return f"{needed} {schema['properties'][name]}"
