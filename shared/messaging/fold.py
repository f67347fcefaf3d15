"""Deciding what of a run takes effect now: a pure fold over the marks of its subjects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.messaging.arrivals import Arrival
from shared.messaging.marks import Mark
from shared.messaging.parking import Verdict

HISTORY_DIFFERS = Verdict("history differs")
UNKNOWN_VERSION = Verdict("unknown version")


@dataclass(frozen=True)
class Plan:
    """What an earlier try, or the operator, decided: about single events, by id, and that sets are taken apart.

    `from_log`: the events were read from their publisher's log, so that no other may hold their places.
    """

    condemned: Mapping[str, Verdict] = field(default_factory=dict)
    redriven: frozenset[str] = frozenset()
    adopted: frozenset[str] = frozenset()
    singly: bool = False
    from_log: bool = False


@dataclass
class Fold:
    """What a run comes to: events to apply in order, to hold above a hole, to park; and the marks as they move."""

    marks: dict[str, Mark]
    held: dict[tuple[str, int], Arrival | None]
    parked: set[tuple[str, int]]
    plan: Plan
    ready: list[Arrival] = field(default_factory=list)
    early: list[Arrival] = field(default_factory=list)
    refused: list[tuple[Arrival, Verdict]] = field(default_factory=list)
    moved: dict[str, Mark] = field(default_factory=dict)

    def take(self, arrivals: Iterable[Arrival], unknown_version: frozenset[str]) -> None:
        """Sort the events in: each is dropped, applied, held or parked; what waited behind an applied one follows."""
        for arrival in arrivals:
            following: Arrival | None = arrival
            while following is not None:
                following = self._take(following, unknown_version)

    @property
    def passed_waiting(self) -> dict[str, int]:
        """Up to where nothing waits any more, for each subject of which something did."""
        reached = {one.envelope.subject: one.sequence for one in (*self.ready, *(one for one, _ in self.refused))}
        return {subject: reached[subject] for subject, _ in self.held if subject in reached}

    def _take(self, one: Arrival, unknown_version: frozenset[str]) -> Arrival | None:
        subject, at = one.envelope.subject, self.marks[one.envelope.subject]
        place = (subject, one.sequence)
        if one.sequence <= at.sequence or place in self.parked:
            return None
        if one.sequence > at.sequence + 1:
            if place not in self.held:
                self.held[place] = one
                self.early.append(one)
            return None
        verdict = self._verdict(one, at, unknown_version)
        if verdict is not None:
            self.refused.append((one, verdict))
            self.parked.add(place)
            return None
        self.ready.append(one)
        self.marks[subject] = self.moved[subject] = Mark(one.sequence, one.seal)
        return self.held.get((subject, one.sequence + 1))

    def _verdict(self, one: Arrival, at: Mark, unknown_version: frozenset[str]) -> Verdict | None:
        if one.previous != at.seal and one.envelope.id not in self.plan.adopted:
            return HISTORY_DIFFERS
        if one.envelope.type in unknown_version:
            return UNKNOWN_VERSION
        return self.plan.condemned.get(one.envelope.id)
