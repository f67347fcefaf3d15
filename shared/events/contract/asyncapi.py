"""The AsyncAPI 3 document: what stands on the bus, who publishes it and who hears it, for programs to read."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from shared.events.contract.classes import Schema, schema_of
from shared.events.contract.samples import sample_envelope
from shared.events.envelope import Envelope, Event

Events = Collection[type[Event]]
Part = dict[str, Any]

PARTITIONS = 24
KEPT_MS = 30 * 24 * 60 * 60 * 1000
BINDING_VERSION = "0.5.0"
MEDIA_TYPE = "application/cloudevents+json"
OPTIONAL = ("causationid", "traceparent")
_ATTRIBUTES = "CloudEvent"
_DESCRIPTION = (
    "One channel for each publishing service. Events of one subject keep their order (`sequence`, and `previous`: the "
    "seal of the one before); between subjects there is none. A reader ignores fields and codes that it does not know. "
    "Servers are named by each deployment. Events that stand in a log only are not shown."
)


def asyncapi(published: Mapping[str, Events], heard: Mapping[str, Events]) -> str:
    """Return the document as JSON, from what each service publishes and from what each handles."""
    events = sorted({event for told in published.values() for event in told}, key=lambda event: event.__name__)
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "Cheqi events", "version": "1", "description": _DESCRIPTION},
        "defaultContentType": MEDIA_TYPE,
        "channels": {service: _channel(service, told) for service, told in sorted(published.items()) if told},
        "operations": {**_sends(published), **_receives(published, heard)},
        "components": {
            "messages": {event.__name__: _message(event) for event in events},
            "schemas": {_ATTRIBUTES: _attributes(), **{event.__name__: _data(event) for event in events}},
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _channel(service: str, told: Events) -> Part:
    kept = {"retention.ms": KEPT_MS}
    kafka = {"partitions": PARTITIONS, "topicConfiguration": kept, "bindingVersion": BINDING_VERSION}
    return {
        "address": f"cheqi.{service}",
        "title": f"What {service} publishes",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names(told)},
        "bindings": {"kafka": kafka},
    }


def _sends(published: Mapping[str, Events]) -> Part:
    return {
        f"{service}.publish": _operation("send", service, service, told)
        for service, told in sorted(published.items())
        if told
    }


def _receives(published: Mapping[str, Events], heard: Mapping[str, Events]) -> Part:
    """Return one operation for each pair of a service and another one whose events it handles."""
    return {
        f"{service}.hear.{publisher}": _operation("receive", service, publisher, both)
        for service, handled in sorted(heard.items())
        for publisher, told in sorted(published.items())
        if publisher != service and (both := set(handled) & set(told))
    }


def _operation(action: str, service: str, publisher: str, events: Events) -> Part:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{publisher}"},
        "tags": [{"name": service}],
        "messages": [{"$ref": f"#/channels/{publisher}/messages/{name}"} for name in _names(events)],
    }


def _message(event: type[Event]) -> Part:
    sample = json.loads(sample_envelope(event).model_dump_json(exclude_none=True))
    key = {"type": "string", "description": f"the event's subject: `{event.subject_field}`"}
    return {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "contentType": MEDIA_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {
            "allOf": [{"$ref": f"#/components/schemas/{_ATTRIBUTES}"}],
            "properties": {
                "type": {"const": event.type_name()},
                "data": {"$ref": f"#/components/schemas/{event.__name__}"},
            },
        },
        "bindings": {"kafka": {"key": key, "bindingVersion": BINDING_VERSION}},
        "examples": [{"name": "sample", "payload": sample}],
    }


def _attributes() -> Schema:
    """Return the schema of an event's attributes, as the relay sends them: what is absent is left out, never null."""
    fields = Envelope.model_json_schema()["properties"]
    return {
        "type": "object",
        "properties": {name: _attribute(field) for name, field in fields.items()},
        "required": [name for name in fields if name not in OPTIONAL],
    }


def _attribute(field: Schema) -> Schema:
    kind = field["anyOf"][0] if "anyOf" in field else field
    return {key: value for key, value in kind.items() if key in ("type", "format")}


def _data(event: type[Event]) -> Schema:
    """Return the stored schema of the event's data; dialect and id would change how references are resolved."""
    return {key: value for key, value in schema_of(event).items() if key not in ("$schema", "$id")}


def _names(events: Events) -> list[str]:
    return sorted(event.__name__ for event in events)
