"""Every service on the stormy bus, stepped by a scheduler instead of by threads."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from httpx2 import Response

from shared.clock import SettableClock
from shared.keys.box import MemoryKeyBox
from shared.keys.ring import KeyRing
from shared.messaging.consumer import Consumer
from shared.messaging.marks import list_checkpoints
from shared.messaging.relay import LEASE_S, Relay, count_unsent
from shared.messaging.sweep import ON_ITS_WAY, Sweep
from shared.node import Node
from shared.random import SeededRandom
from shared.service import Service
from tests.sim.bus import PARTITIONS, StormyBus
from tests.sim.disk import CrashError, CrashingStore, new_store
from tests.tokens import verifier_for

CRASH_CHANCE = 0.03
APPLIERS = 2
QUIET_ROUNDS_MAX = 60


class Reseeded:
    """Random bytes that depend on what they are drawn for, not on how often a schedule tried before."""

    def __init__(self) -> None:
        self._source = SeededRandom("start")

    def begin(self, what: str) -> None:
        """Draw from now on for the named command."""
        self._source = SeededRandom(what)

    def bytes(self, count: int) -> bytes:
        """Return the next bytes of the command."""
        return self._source.bytes(count)


RANDOM = Reseeded()
"""One for all worlds of a process: the applications, which are built once, hold on to it."""


@dataclass
class Place:
    """One service with its store; `consumers` and `relays` are the processes that work on it side by side.

    `checkpoints` are where its appliers read on, `stirred` whether anything was committed since it was last at rest,
    `all_sent` that nothing was since all that it tells was sent.
    """

    node: Node
    store: CrashingStore
    consumers: list[Consumer] = field(default_factory=list)
    relays: list[Relay] = field(default_factory=list)
    sweep: Sweep | None = None
    in_hand: list[tuple[Relay, Sequence[Any]]] = field(default_factory=list)
    checkpoints: dict[tuple[str, int], int] | None = None
    stirred: bool = True
    all_sent: bool = False

    def stir(self) -> None:
        """Note that something was committed."""
        self.stirred, self.all_sent = True, False


class World:
    """All services, one bus, one clock."""

    def __init__(self, services: Sequence[Service], clock: SettableClock, rng: random.Random, *, stormy: bool) -> None:
        self.clock, self.rng, self.random = clock, rng, RANDOM
        self.bus = StormyBus(rng, stormy=stormy)
        self.places: dict[str, Place] = {}
        self.places |= {service.name: self._place(service) for service in services}
        for place in self.places.values():
            self._restart(place)

    def step(self) -> None:
        """Do one thing that some process of some service might do next."""
        place = self.rng.choice(list(self.places.values()))
        deed = self.rng.choices(DEEDS, WEIGHTS)[0]
        self._survive(place, lambda: deed(self, place))

    def request(self, name: str, send: Callable[[], Response]) -> Response | None:
        """Send a request to one service; when it crashes under it, nothing is answered and it begins anew."""
        try:
            return send()
        except CrashError:
            self._restart(self.places[name])
            return None

    def settle(self) -> None:
        """Let the storm pass: work until nobody has anything to do, and sweep up what the bus has lost, if anything.

        Where it lost nothing, all must arrive without a sweep.
        """
        storm, self.bus.stormy = self.bus.stormy, False
        self._work_until_quiet()
        if self.bus.faults["lost tail"]:
            self.clock.advance(ON_ITS_WAY)
            for place in self.places.values():
                self._sweep_of(place).round()
            self._work_until_quiet()
        self.bus.stormy = storm

    def _place(self, service: Service) -> Place:
        store = new_store(service)
        keys = KeyRing(b"k" * 32, MemoryKeyBox())
        verifier = verifier_for(service.name, self.clock)
        node = Node(service=service, store=store, keys=keys, clock=self.clock, random=self.random, verifier=verifier)
        store.fate = self._fate
        place = Place(node, store)
        store.on_commit = place.stir
        return place

    def _fate(self) -> str:
        if self.bus.stormy and self.rng.random() < CRASH_CHANCE:
            return self.rng.choice(("crash before", "crash after"))
        return "commit"

    def _restart(self, place: Place) -> None:
        """Begin with an empty memory: what the processes held is gone."""
        node = place.node
        place.consumers = [node.consumer() for _ in range(APPLIERS)]
        place.relays = [node.relay(self.bus, holder) for holder in ("first", "second")]
        place.sweep = self._sweep_of(place)
        place.in_hand = []
        place.checkpoints = None
        place.stirred = True

    def _sweep_of(self, place: Place) -> Sweep:
        sources = {name: self.places[name].node.log for name in sorted(place.node.hears)}
        return Sweep(place.store, place.consumers[0], sources, self.clock)

    def _survive(self, place: Place, deed: Callable[[], None]) -> None:
        try:
            deed()
        except CrashError:
            self._restart(place)
        except ConnectionError:
            return

    def _work_until_quiet(self) -> None:
        for place in self.places.values():
            place.stirred = True
        for _ in range(QUIET_ROUNDS_MAX):
            self.clock.advance(timedelta(seconds=LEASE_S + 1))
            worked = [self._work(place) for place in self.places.values()]
            if not any(worked):
                return
        message = "the system does not come to rest"
        raise AssertionError(message)

    def _work(self, place: Place) -> bool:
        came = [
            deliver(self, place, (source, number), 0)
            for source in sorted(place.node.hears)
            for number in range(PARTITIONS)
        ]
        if not place.stirred:
            return False
        fired, sent = place.node.timer_loop().fire_due(), place.relays[0].step()
        # What a timer does may set another one that is due; what the relay does stirs nobody here.
        place.stirred = bool(fired)
        return sent or bool(fired) or any(came)


def deliver(world: World, place: Place, partition: tuple[str, int], applier: int) -> bool:
    """Let one applier read one partition where its checkpoint stands; tell whether a run came."""
    source, number = partition
    if place.checkpoints is None:
        with place.node.snapshot() as session:
            place.checkpoints = list_checkpoints(session)
    checkpoints = place.checkpoints
    offset = checkpoints.get(partition, 0)
    run = world.bus.fetch(source, number, offset)
    if run is None:
        return False
    if place.consumers[applier].apply(run) is None:
        checkpoints[partition] = run.end if run.anew else max(offset, run.end)
    return True


def _deliver(world: World, place: Place) -> None:
    source = world.rng.choice(sorted(place.node.hears))
    deliver(world, place, (source, world.rng.randrange(PARTITIONS)), world.rng.randrange(APPLIERS))


def _number(world: World, place: Place) -> None:
    """Let one of the relays number and take in hand what is not sent yet."""
    if place.all_sent:
        return
    relay = world.rng.choice(place.relays)
    relay.number()
    if rows := relay.unsent():
        place.in_hand.append((relay, rows))
    else:
        with place.node.snapshot() as session:
            place.all_sent = not count_unsent(session)


def _send(world: World, place: Place) -> None:
    """Send what some relay has in hand, however long ago it took it."""
    if place.in_hand:
        relay, rows = place.in_hand.pop(world.rng.randrange(len(place.in_hand)))
        relay.send(rows)


def _fire(_world: World, place: Place) -> None:
    place.node.timer_loop().fire_due()


def _sweep(_world: World, place: Place) -> None:
    assert place.sweep is not None
    place.sweep.round()


def _lose(world: World, place: Place) -> None:
    if world.bus.stormy:
        world.bus.lose_tail(place.node.service.name)


def _crash(world: World, place: Place) -> None:
    if world.bus.stormy:
        place.store.crashes += 1
        raise CrashError


DEEDS = (_deliver, _number, _send, _fire, _sweep, _lose, _crash)
WEIGHTS = (40, 16, 16, 6, 3, 1, 2)
