"""A store that was put back knows a rider again who was erased since: the erasure is carried out as it was."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, delete, insert, select

from services.registration.audit import check
from services.registration.erasures.models import Erasure, RestingPhone
from shared.auth import Principal
from shared.events.registration import RiderErasedV1
from shared.messaging.cause import of_event, of_system
from shared.messaging.history import enveloped_told
from shared.messaging.tables import event_log, tombstone
from tests.component.registration.stage import DISTRICT_STAFF, Stage

Copy = dict[Table, Sequence[dict[str, Any]]]


def test_an_erasure_that_the_log_tells_of_is_carried_out_as_it_was_and_told_once(stage: Stage) -> None:
    rider, copy, before = erased_since_a_copy(stage)
    put_back(stage, copy)
    stage.pass_time(hours=3)

    did = erase_again(stage, rider)

    assert did
    assert known_of(stage) == before
    assert [event.rider_id for event in stage.bench.told(RiderErasedV1)] == [rider.id]
    assert stage.get("/riders", DISTRICT_STAFF).json()["total"] == 0
    with stage.bench.read() as session:
        assert list(check(session)) == []


def test_an_erasure_that_only_the_destroyed_key_tells_of_is_carried_out_and_told(stage: Stage) -> None:
    rider, copy, _before = erased_since_a_copy(stage)
    put_back(stage, copy)
    with stage.bench.store.write() as session:
        session.execute(delete(event_log).where(event_log.c.type == RiderErasedV1.type_name()))

    did = erase_again(stage, rider)

    assert did
    assert [event.rider_id for event in stage.bench.told(RiderErasedV1)] == [rider.id]
    with stage.bench.read() as session:
        assert list(check(session)) == []


def test_of_a_rider_whom_the_copy_does_not_know_the_erasure_alone_is_kept(stage: Stage) -> None:
    copy = copied(stage)
    rider = stage.rider()
    stage.send("DELETE", "/riders/me", by=rider)
    put_back(stage, copy)

    did = erase_again(stage, rider)

    assert did
    with stage.bench.read() as session:
        assert session.scalars(select(Erasure.rider_id)).all() == [rider.id]
        assert session.scalars(select(RestingPhone.digest)).all() == []


def test_a_rider_of_whom_nothing_is_known_is_not_erased(stage: Stage) -> None:
    with stage.bench.node.transaction(of_system(stage.bench.clock.now())) as session:
        assert not stage.bench.service.erase_again(session, "nobody")

    assert stage.bench.told(RiderErasedV1) == []


def erased_since_a_copy(stage: Stage) -> tuple[Principal, Copy, object]:
    """Let a rider be erased after a copy was taken; return the rider, the copy, and what is known of the erasure."""
    rider = stage.rider(name="李雷")
    copy = copied(stage)
    stage.send("DELETE", "/riders/me", by=rider)
    return rider, copy, known_of(stage)


def copied(stage: Stage) -> Copy:
    """Return the rows of registration's own tables, and its tombstones."""
    with stage.bench.read() as session:
        return {table: [dict(row._mapping) for row in session.execute(select(table))] for table in tables(stage)}


def put_back(stage: Stage, copy: Copy) -> None:
    """Put the rows back; the log stays, as if its tail had been read back."""
    with stage.bench.store.write() as session:
        for table in reversed(tables(stage)):
            session.execute(delete(table))
        for table in tables(stage):
            if copy[table]:
                session.execute(insert(table), list(copy[table]))


def tables(stage: Stage) -> list[Table]:
    """Return the tables that a copy is made of, those that others refer to first."""
    return [*stage.bench.service.metadata.sorted_tables, tombstone]


def known_of(stage: Stage) -> object:
    """Return the erasure, and until when the phone rests."""
    with stage.bench.read() as session:
        erasures = session.execute(select(Erasure.rider_id, Erasure.subdistrict, Erasure.erased_at)).all()
        return [tuple(row) for row in erasures], session.scalars(select(RestingPhone.free_from)).all()


def erase_again(stage: Stage, rider: Principal) -> bool:
    """Carry the erasure out as after a restore."""
    with stage.bench.read() as session:
        told = {envelope.subject: of_event(envelope) for envelope, _ in enveloped_told(session, RiderErasedV1)}
    cause = told.get(rider.id, of_system(stage.bench.clock.now()))
    with stage.bench.node.transaction(cause) as session:
        return stage.bench.service.erase_again(session, rider.id)
