"""What a service is made of, for whoever runs, serves or audits it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter
from sqlalchemy import MetaData, SelectBase
from sqlalchemy.orm import Session

from shared.auth import Principal
from shared.messaging import Handlers, Timers
from shared.offices import Office
from shared.told import Record


@dataclass(frozen=True)
class Finding:
    """Something that does not agree: a code, what it was found at, and what differs (ids and numbers only)."""

    code: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Effect:
    """What stands in a service because of another one's event; `subject` is that event's."""

    kind: str
    source: str
    subject: str
    key: str
    value: str


@dataclass(frozen=True)
class Audit:
    """What a service can prove of itself, and what a district-wide audit compares with the logs of others.

    `told` and `heard` say how tables follow from its own log and, by publisher, from those that it hears. `checked`
    names, by table, the columns that `check` compares in ways of its own; `untold` those (`table.column`) that nobody
    compares with a log, each with the reason. Together they name every column.
    """

    check: Callable[[Session], Iterator[Finding]]
    effects: Callable[[Session], Iterator[Effect]]
    told: Sequence[Record] = ()
    heard: Mapping[str, Sequence[Record]] = field(default_factory=dict[str, Sequence[Record]])
    checked: Mapping[str, str] = field(default_factory=dict[str, str])
    untold: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True, eq=False)
class Service:
    """One service: its tables, what it does about events and timers, its routes, and how it forgets a rider.

    `lock` locks the aggregates that handlers name, in the order given; `public` holds routes at the root; `timed`
    selects the subjects of a rider's timers, so that what was due before an erasure is done before it. `erase_again`
    carries out an erasure that the service itself told of, and tells whether there was anything to erase. `offices`
    lists what is known of the appointments of somebody to the office that the token names: who left it is refused.
    `refuse_start` raises ConfigurationError where what stands in the store was made under another secret than the one
    that the service was built with.
    """

    name: str
    metadata: MetaData
    handlers: Handlers
    timers: Timers
    router: APIRouter
    erase: Callable[[Session, str], None]
    audit: Audit
    ports: object = None
    public: APIRouter | None = None
    lock: Callable[[Session, Sequence[str]], None] | None = None
    timed: Callable[[str], SelectBase] | None = None
    offices: Callable[[Session, Principal], Sequence[Office]] = lambda _session, _staff: ()
    erase_again: Callable[[Session, str], bool] = lambda _session, _rider_id: False
    refuse_start: Callable[[Session], None] = lambda _session: None
