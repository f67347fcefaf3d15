"""aiokafka and SQLAlchemy as most services are written: mapped classes, one transaction an event."""

import asyncio
import json
from contextlib import suppress

from aiokafka import AIOKafkaConsumer
from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from bench.peers.given import AT_ONCE, TOPIC, Given, given
from bench.raw_apply import AWARD, AWARDED, HELD, Told, award
from services.rewards.ledger.models import Balance, Claim, Entry, Hold, Lot, Posting
from shared.messaging.tables import checkpoint, event_log, mark, timer


def apply_one(session: Session, document: bytes, partition: int, offset: int) -> None:
    """Apply a verification, unless its mark says that it was applied before."""
    told: Told = json.loads(document)
    mine = (mark.c.source == "governance", mark.c.subject == told["subject"])
    at = session.execute(select(mark.c.sequence, mark.c.seal).where(*mine).with_for_update()).one()
    if tuple(at) == (told["sequence"] - 1, told["previous"]):
        session.execute(update(mark).where(*mine).values(sequence=told["sequence"], seal=told["seal"]))
        _award(session, told)
    here = upsert(checkpoint).values(source="governance", partition=partition, next=offset + 1)
    session.execute(here.on_conflict_do_update(index_elements=["source", "partition"], set_={"next": offset + 1}))


def _award(session: Session, told: Told) -> None:
    balance = session.get_one(Balance, told["data"]["rider_id"], with_for_update=True)
    claim = session.get_one(Claim, told["subject"], with_for_update=True)
    hold = session.scalars(select(Hold).where(Hold.cause_kind == "hazard", Hold.cause_id == told["subject"])).one()
    rows = award(told)
    entry_id, at, key, hazard_id, place, event_id = rows["entry"]
    claim.decision, claim.decided_at, claim.severity, hold.outcome = "verified", at, "high", "awarded"
    balance.available, balance.held = balance.available + AWARD, balance.held - HELD
    balance.earned_total += AWARD
    about = {"kind": "award", "cause_kind": "hazard", "cause_id": hazard_id, "subdistrict": place}
    session.add(Entry(id=entry_id, time=at, key=key, event_id=event_id, **about))
    session.flush()
    session.add_all(Posting(account=name, entry_id=of, points=by) for name, of, by in rows["postings"])
    lot_id, rider_id, _, points, expires_at, _ = rows["lot"]
    lot = {"id": lot_id, "rider_id": rider_id, "subdistrict": place, "expires_at": expires_at}
    session.add(Lot(points=points, entry_id=entry_id, **lot))
    timer_id, due, subject = rows["timer"]
    session.execute(insert(timer).values(id=timer_id, due=due, purpose="expire-lot", subject=subject, attempts=0))
    _, _, _, text = rows["event"]
    session.execute(
        insert(event_log).values(id=event_id, subject=rider_id, type=AWARDED, internal=False, document=text)
    )


async def hear(what: Given) -> None:
    """Apply whatever is fetched, event by event."""
    engine = create_engine(what.store.replace("postgresql:", "postgresql+psycopg:"))
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=what.servers,
        group_id=what.group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        heartbeat_interval_ms=1000,
    )

    def apply(value: bytes, partition: int, offset: int) -> None:
        with Session(engine) as session, session.begin():
            apply_one(session, value, partition, offset)

    await consumer.start()
    try:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
            for of, records in fetched.items():
                for record in records:
                    await asyncio.to_thread(apply, record.value, of.partition, record.offset)
            if fetched:
                await consumer.commit()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(hear(given()))
