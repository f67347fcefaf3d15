"""No event carries anything about a person but opaque ids and codes."""

from typing import Any

import pytest

from shared.events.contract.classes import Schema, event_classes, schema_of, stem_of
from shared.events.envelope import Envelope, Event
from tests.contract.events.shapes import event_with

PERSONAL_WORDS = """
phone mobile tel email mail name surname nickname idcard passport plate birthday birth age gender sex wechat openid
lat latitude lon lng longitude coordinate coordinates point geo location address street house device ip
words word text note notes comment message description content photo picture image
key hash digest token password secret
"""
CODES = """
category cause_kind channel community fields kind language method muted no_award number outcome parked_subject platform
publisher purpose reason role service severity subdistrict template wording
"""
"""Text that is neither an id nor a published title; whoever adds one here vouches that it holds nobody's words."""


def personal_fields(schema: Schema) -> list[str]:
    """Return the fields of a schema that are, or could be, about a person."""
    return [name for name, field in schema["properties"].items() if _is_personal(name, field)]


def _is_personal(name: str, field: Schema) -> bool:
    if "anyOf" in field:
        return any(_is_personal(name, part) for part in field["anyOf"])
    if field.get("type") == "array":
        return _is_personal(name, field["items"])
    if field.get("type") == "string" and "format" not in field:
        return not _is_opaque(name)
    return field.get("type") not in ("integer", "boolean", "string", "null") or _is_denied(name)


def _is_opaque(name: str) -> bool:
    if name.endswith(("_id", "_ids")):
        return not _is_denied(name.removesuffix("s").removesuffix("_id")) or name == "photo_id"
    return name in CODES.split() or name.endswith("_subdistrict") or name in ("title_zh", "title_en")


def _is_denied(name: str) -> bool:
    return bool(set(PERSONAL_WORDS.split()) & set(name.split("_")))


@pytest.mark.parametrize("event", event_classes(), ids=stem_of)
def test_no_field_of_an_event_is_personal(event: type[Event]) -> None:
    assert personal_fields(schema_of(event)) == []


def test_no_attribute_of_the_envelope_is_personal() -> None:
    assert [name for name in Envelope.model_fields if _is_denied(name)] == []


@pytest.mark.parametrize(
    "field",
    [
        {"phone": (str, ...)},
        {"rider_phone": (str | None, None)},
        {"full_name": (str, ...)},
        {"partner_name_zh": (str, ...)},
        {"id_number": (str, ...)},
        {"email": (str, ...)},
        {"remark": (str, ...)},
        {"words": (tuple[str, ...], ())},
        {"lat": (float, ...)},
        {"cell": (float, ...)},
        {"lat_e7": (int, ...)},
        {"photo_key": (str, ...)},
        {"phone_id": (str, ...)},
        {"place": (dict[str, str], ...)},
        {"birth": (int, ...)},
    ],
    ids=str,
)
def test_a_personal_field_is_seen(field: dict[str, Any]) -> None:
    (name,) = field

    assert personal_fields(schema_of(event_with(**field))) == [name]


def test_titles_that_staff_have_published_may_be_told() -> None:
    event = event_with(title_zh=(str, ...), title_en=(str, ...), rider_ids=(tuple[str, ...], ()))

    assert personal_fields(schema_of(event)) == []
