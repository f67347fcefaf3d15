"""After stores were put back: what they have told since is read back, and riders who were erased are erased again."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from cheqi.backup.restoring import refuse_running
from cheqi.house import House
from cheqi.stores import Stores
from shared.errors import ConfigurationError
from shared.events.envelope import Envelope
from shared.events.registration import RiderErasedV1
from shared.messaging.bus import Run
from shared.messaging.cause import of_event, of_system
from shared.messaging.history import archive_of, enveloped_told
from shared.messaging.local import PARTITION, LocalBus
from shared.messaging.log import every_erased
from shared.messaging.read_back import Heard, find_restored, last_told_at, let_run, mark_restored, read_back
from shared.messaging.source import PAGE_MAX, Source
from shared.messaging.sweep import SWEPT
from shared.messaging.tables import relay_lease
from shared.node import Node

ERASER = "registration"
SKEW = timedelta(days=1)
"""By how much the clocks of this machine and of whoever published may differ."""
Row = dict[str, object]


def list_restored(house: House) -> list[str]:
    """Return the services whose stores were put back and not read back yet."""
    return [name for name, node in house.nodes.items() if _is_restored(node)]


def mark_older_copies(stores: Stores, services: Sequence[str], since: datetime | None) -> None:
    """Let nothing start on stores that were put back by other means than `cheqi restore` before they are read back.

    What was told is asked for from the end of each log on, or from an earlier moment. Raises BackupError where somebody
    is connected, and ConfigurationError where a store lacks a migration.
    """
    refuse_running(stores, services)
    for name in services:
        with closing(stores.open_store(name)) as store:
            if troubles := stores.troubles(name):
                raise ConfigurationError("; ".join(troubles))
            with store.write() as session:
                _mark_older_copy(session, since)


def _mark_older_copy(session: Session, since: datetime | None) -> None:
    known, told = find_restored(session), last_told_at(session)
    begin = min([told, *([since] if since else []), *([known.taken_at] if known else [])])
    mark_restored(session, known.backup if known else f"of {told:%Y-%m-%d %H:%M} UTC", begin)


def read_back_logs(house: House, services: Sequence[str]) -> list[Row]:
    """Read the logs of services back, erase again who was erased, and let the services run; return what came.

    Raises a ConnectionError when the bus does not answer, and ForkedHistoryError; done again it goes on.
    """
    rows = [_read_back(house, house.get_node(name)) for name in services]
    erased = _erase_again(house, services)
    for name in services:
        _destroy_again(house, name)
        with house.nodes[name].store.write() as session:
            let_run(session)
    return [{**row, "erased_again": erased[str(row["service"])]} for row in rows]


def _read_back(house: House, node: Node) -> Row:
    name = node.service.name
    with node.snapshot() as session:
        archived, restored = list(_archived(session)), find_restored(session)
    bus = house.bus_of(name)
    published = bus.since(name, restored.taken_at - SKEW) if restored is not None else []
    counted = (SWEPT, PARTITION) if isinstance(bus, LocalBus) else (SWEPT,)
    heard = Heard()
    for other in house.nodes.values():
        if name in other.hears:
            with other.snapshot() as session:
                heard.add(session, name, counted)
    tail = read_back(node.store, chain(archived, published), heard, node.clock)
    return {"service": name, "events": tail.events, "empty_places": tail.empty, "position": tail.position}


def _archived(session: Session) -> Iterator[str]:
    """Yield what months of the archive hold above the log's end: they were moved after the backup was taken."""
    reached = session.scalar(select(relay_lease.c.position)) or 0
    for manifest in archive_of(session).list_all():
        if manifest.last_position > reached:
            yield from archive_of(session).lines(manifest, reached + 1)


def _erase_again(house: House, services: Sequence[str]) -> dict[str, int]:
    """Carry erasures out again where stores do not know of them; return how many in each service."""
    erased = dict.fromkeys(services, 0)
    registration = house.nodes[ERASER]
    if ERASER in services:
        erased[ERASER] = _erase_own(registration, _destroyed(house))
    told = dict(_erasures_told(registration.log))
    for name in (one for one in services if one != ERASER):
        unknown = [told[rider_id] for rider_id in told.keys() - _buried(house.nodes[name])]
        for first in range(0, len(unknown), PAGE_MAX):
            house.nodes[name].consumer().apply(Run(ERASER, tuple(unknown[first : first + PAGE_MAX])))
        erased[name] = len(unknown)
    return erased


def _erase_own(registration: Node, destroyed: Iterable[str]) -> int:
    """Erase in registration whom its log tells of, or whose key was destroyed in any service; return how many."""
    with registration.snapshot() as session:
        told = {envelope.subject: of_event(envelope) for envelope, _ in enveloped_told(session, RiderErasedV1)}
    causes = {**dict.fromkeys(destroyed, of_system(registration.clock.now())), **told}
    erased = 0
    for rider_id in sorted(causes.keys() - _buried(registration)):
        with registration.transaction(causes[rider_id], alone=True) as session:
            erased += registration.service.erase_again(session, rider_id)
    return erased


def _destroy_again(house: House, name: str) -> None:
    """Destroy the keys of riders whom the store knows as erased: the box may be an older one than the store."""
    with closing(house.assembly.stores.key_box(name)) as box:
        box.destroy_all(_buried(house.nodes[name]))


def _erasures_told(log: Source) -> Iterator[tuple[str, str]]:
    position = 0
    while documents := log.after(position):
        for document in documents:
            envelope = Envelope.parse(document)
            position = envelope.position or position
            if envelope.type == RiderErasedV1.type_name():
                yield envelope.subject, document


def _buried(node: Node) -> set[str]:
    with node.snapshot() as session:
        return every_erased(session)


def _destroyed(house: House) -> set[str]:
    """Return the riders whose key was destroyed in any service: no backup of the stores takes that back."""
    found = set[str]()
    for name in house.nodes:
        with closing(house.assembly.stores.key_box(name)) as box:
            found |= {rider_id for rider_id, wrapped in box.list_all().items() if wrapped is None}
    return found


def _is_restored(node: Node) -> bool:
    with node.snapshot() as session:
        return find_restored(session) is not None
