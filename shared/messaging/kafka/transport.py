"""A Faust transport whose consumer hands an agent one message per fetch: the runs of a topic's partitions.

Faust's acks stay off: it forgets them on a rebalance, acks what was cancelled, and books a dropped fetch as a gap.
This consumer keeps a book of its own, and begins every assignment at the service's checkpoints. What is not committed
is read too: no publisher of ours uses transactions, and one that somebody left open would hold up all behind it.
Everything that leans on the inside of Faust 0.15 stands in this module; the rest of the adapter uses its documented
interface.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import faust
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from shared.messaging.kafka.book import Book, Fetched, Partition

FETCH_S = 1.0
RETRY_MS = 500
"""By its own default every request of every client goes out ten times a second to a broker that is starting."""

log = structlog.get_logger(__name__)


class RunThread(driver.AIOKafkaConsumerThread):
    """Makes a client that leaves a broker that is away, or starting, more time than by default."""

    def _create_consumer(self, loop: asyncio.AbstractEventLoop) -> AIOKafkaConsumer:
        client = super()._create_consumer(loop)
        client._retry_backoff_ms = RETRY_MS
        client._client._retry_backoff = RETRY_MS / 1000
        return client

    async def positions(self) -> dict[Partition, int]:
        """Return where the client stands in each of its partitions, as far as it knows."""
        found: dict[Partition, int] = await self.call_thread(self._positions, self._ensure_consumer())
        return found

    async def _positions(self, client: AIOKafkaConsumer) -> dict[Partition, int]:
        subscribed = client._subscription.subscription
        assigned = subscribed and subscribed.assignment
        known = assigned.all_consumed_offsets() if assigned else {}
        return {_plain(tp): at.offset for tp, at in known.items()}


class RunConsumer(driver.Consumer):
    """Yields fetches, reads on from checkpoints, and commits what the agent says was applied."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = Book()
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def _new_consumer_thread(self) -> RunThread:
        return RunThread(self, loop=self.loop, beacon=self.beacon)

    def begin(self, run: Fetched) -> bool:
        """Tell whether a run is still ours to apply; if so a rebalance waits for its end, a while."""
        if not self.book.holds(run):
            return False
        self._in_hand += 1
        self._idle.clear()
        return True

    def end(self) -> None:
        """Say that the run that was begun is over, applied or not."""
        self._in_hand -= 1
        if not self._in_hand:
            self._idle.set()

    async def rewind(self, run: Fetched, offset: int) -> None:
        """Ask for a run's partition again from an offset below it."""
        if self.book.go_back(run, offset):
            await self._seek_back([run.partition])

    def behind(self, ranges: Mapping[Partition, tuple[int, int]]) -> int:
        """Return how many records of the assigned partitions are ahead, not read yet.

        Fetches tell of them, and `ranges` as the broker gave them: of a client that fetches no more, nothing else does.
        What was deleted before it was read is not ahead.
        """
        behind = 0
        for one, at in self.book.positions().items():
            first, end = ranges.get(one, (0, 0))
            behind += max(0, max(self.highwater(TP(*one)) or 0, end) - max(at, first))
        return behind

    async def perform_seek(self) -> None:
        """Begin an assignment: every partition at its checkpoint, before any record flows."""
        checkpoints = await asyncio.to_thread(cast(RunApp, self.app).checkpoints)
        at = {tp: checkpoints.get(_plain(tp), 0) for tp in self.assignment()}
        await self.seek_wait(at)
        self.book.open({_plain(tp): offset for tp, offset in at.items()})

    async def wait_empty(self) -> None:
        """End an assignment: the runs in hand may finish and are committed, within bounds."""
        try:
            await asyncio.wait_for(self._settled(), self.app.conf.broker_rebalance_timeout / 2)
        except TimeoutError:
            log.warning("a run in hand outlives its assignment")
        self.book.close()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109 - Faust's own
        """Yield one message per topic of what was fetched; where nothing was, of what the client passed over."""
        self.book.begin_fetch()
        records, _ = await self._wait_next_records(timeout)
        if records and (self.should_stop or not self.flow_active):
            self.book.doubt()
            return
        if records:
            runs = {_plain(tp): self.book.take(_plain(tp), fetched) for tp, fetched in records.items()}
        else:
            runs = {one: self.book.pass_over(one, end) for one, end in (await self._passed_over()).items()}
        taken: dict[str, list[Fetched]] = defaultdict(list)
        for run in filter(None, runs.values()):
            taken[run.partition[0]].append(run)
        for together in taken.values():
            yield TP(*together[0].partition), self._message(together)
        await self._seek_back([one for one, run in runs.items() if run is None])

    async def _passed_over(self) -> dict[Partition, int]:
        """Return where the client stands above the book although it brought no record.

        It reads markers of transactions, and gives them to nobody: what stands behind the last record is known by this.
        """
        if self.should_stop or not self.flow_active:
            return {}
        stands, at = await cast(RunThread, self._thread).positions(), self.book.positions()
        return {one: end for one, end in stands.items() if end > at.get(one, end)}

    async def _drain_messages(self, fetcher: Any) -> None:
        self.book.doubt()
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                async for _, message in self.getmany(FETCH_S):
                    await self._hand_on(message)
                await self.sleep(0)
        except asyncio.CancelledError:
            if not self.transport.app.should_stop:
                raise

    async def _hand_on(self, message: ConsumerMessage) -> None:
        """Put a message into the agent's queue; the book moves on only when it got there."""
        put = asyncio.ensure_future(self.callback(message))
        await self.wait_first(put, self.suspend_flow.wait())
        if not put.done() or put.cancelled():
            self.book.doubt()
            return
        for run in cast(Sequence[Fetched], message.value):
            self.book.handed_on(run)

    def on_buffer_full(self, tp: TP) -> None:
        """Do nothing: a full queue holds up the fetching loop, and Faust's pause would make it sleep for a second."""

    def on_buffer_drop(self, tp: TP) -> None:
        """Do nothing, as above."""

    async def _settled(self) -> None:
        await self._idle.wait()
        # A commit that joins one under way commits nothing itself, and says so.
        await self.commit() or await self.commit()

    async def _seek_back(self, partitions: Iterable[Partition]) -> None:
        places = self.book.places(partitions)
        if not places:
            return
        try:
            await self.seek_wait({TP(*partition): offset for partition, offset in places.items()})
        except (KafkaError, TimeoutError) as error:
            log.warning("cannot seek; the partition was taken away, or will be read on", error=type(error).__name__)
            return
        self.book.asked_again(places)

    def _message(self, runs: Sequence[Fetched]) -> ConsumerMessage:
        topic, partition = runs[0].partition
        return ConsumerMessage(
            topic,
            partition,
            offset=runs[0].end - 1,
            timestamp=0.0,
            timestamp_type=0,
            headers=None,
            key=None,
            value=cast(Any, runs),
            checksum=None,
            tp=TP(topic, partition),
            generation_id=self.app.consumer_generation_id,
        )

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:  # noqa: ARG002 - Faust's signature
        return iter(())

    def _filter_committable_offsets(self, tps: Iterable[TP]) -> dict[TP, int]:  # noqa: ARG002 - Faust's signature
        return {TP(*partition): offset for partition, offset in self.book.to_commit().items()}


def _plain(tp: TP) -> Partition:
    return tp.topic, tp.partition


class RunTransport(driver.Transport):
    """Faust's transport on aiokafka, with our consumer."""

    Consumer = RunConsumer


class RunApp(faust.App):
    """A Faust application on the run transport; `checkpoints` tells from where partitions are read."""

    checkpoints: Callable[[], Mapping[Partition, int]]

    def _new_transport(self) -> RunTransport:
        return RunTransport(self.conf.broker_consumer, self)
