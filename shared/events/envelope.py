"""The CloudEvents 1.0 document that carries an event everywhere: log row, bus, parked event, export."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

DISTRICT = "110108"
SCHEMA_ROOT = "https://cheqi.cn/schemas"
TYPE_ROOT = "cn.cheqi"
TYPE_WORDS = 5
"""The words of a type that names its publisher."""
Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,400}\z")]
"""What a consumer keeps a row under: ASCII that can be seen, as every id of ours is; a store need not take more."""
Place = Annotated[int, Field(ge=0, lt=2**63)]


class Event(BaseModel):
    """What happened, as frozen data; a subclass names its publisher (none: any) and its subject's field.

    Readers ignore fields that they do not know. `internal` events stand in the log and are never published.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: ClassVar[str] = ""
    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    subject_field: ClassVar[str] = ""
    internal: ClassVar[bool] = False
    _type: ClassVar[str] = ""

    subdistrict: str

    def __init_subclass__(cls, *, source: str = "", subject: str = "", internal: bool = False, **kwargs: Any) -> None:
        """Read the publisher, the subject and the version off the class statement and its name (`PointsHeldV1`)."""
        super().__init_subclass__(**kwargs)
        stem, _, version = cls.__name__.rpartition("V")
        words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in stem)
        cls.source, cls.subject_field, cls.internal = source, subject, internal
        cls.name, cls.version = words.lstrip("-"), int(version)
        cls._type = ".".join(filter(None, (TYPE_ROOT, source, cls.name, f"v{version}")))

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, such as `cn.cheqi.rewards.points-held.v1`; no publisher in it where any may tell it."""
        return cls._type

    @property
    def subject(self) -> str:
        """The id of the aggregate whose order this event has a place in."""
        return str(getattr(self, self.subject_field))


class Envelope(BaseModel):
    """One event with its CloudEvents attributes; the last four are given by the publisher's relay."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = "1.0"
    id: Word
    source: str
    type: Word
    subject: Word
    time: datetime
    datacontenttype: str = "application/json"
    dataschema: str
    partitionkey: str
    subdistrict: str
    actor: str
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    data: dict[str, JsonValue]
    sequence: Place | None = None
    position: Place | None = None
    previous: Word | None = None
    seal: Word | None = None

    @classmethod
    def parse(cls, document: str | bytes) -> Self:
        """Read a document; raises `pydantic.ValidationError` when it is not one of ours."""
        return cls.model_validate_json(document)

    @property
    def publisher(self) -> str:
        """The name of the service that published the event."""
        return self.source.removeprefix("/")

    @property
    def type_publisher(self) -> str:
        """The only service that may publish events of this type; empty where any may, or the type is none of ours."""
        return publisher_of(self.type)

    def document(self) -> str:
        """The stored bytes, as text: what the seal is taken over."""
        return self.model_dump_json(exclude_none=True)


@lru_cache(maxsize=1024)
def publisher_of(type_name: str) -> str:
    """Return the publisher that a type names, as `cn.cheqi.rewards.points-held.v1` does; empty where it names none."""
    words = type_name.split(".")
    return words[2] if type_name.startswith(f"{TYPE_ROOT}.") and len(words) == TYPE_WORDS else ""


def document_of(event: Event, *, id: str, source: str, time: datetime, **attributes: str | None) -> str:
    """Return what `Envelope.document` would for an event that a service tells: written once, without an envelope."""
    told = {
        "specversion": "1.0",
        "id": id,
        "source": f"/{source}",
        "type": event.type_name(),
        "subject": event.subject,
        "time": _text_of(time),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMA_ROOT}/{event.name}.v{event.version}",
        "partitionkey": event.subject,
        "subdistrict": event.subdistrict,
    }
    told |= {name: value for name, value in attributes.items() if value is not None}
    attributes_told = ",".join([f'"{name}":{encode_basestring(value)}' for name, value in told.items()])
    return f'{{{attributes_told},"data":{event.model_dump_json()}}}'


def _text_of(moment: datetime) -> str:
    """Return a moment as pydantic writes it."""
    text = moment.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text
