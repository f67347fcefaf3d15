"""On the local bus a consumer reads its publishers' logs by position: a crash loses nothing and repeats nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from shared.messaging import marks
from shared.messaging.bus import Record
from shared.messaging.local import PARTITION, LocalBus
from shared.messaging.tables import event_log
from tests.component.messaging.pair import Pair


class Killed(BaseException):
    """The process ends here."""


def test_publishing_wakes_whoever_reads() -> None:
    woken: list[str] = []

    LocalBus(lambda: woken.append("reader")).publish("governance", [Record("h1", "{}")])

    assert woken == ["reader"]


def test_a_step_takes_one_run_from_where_the_last_one_ended() -> None:
    pair = Pair(page=2)
    pair.tell("h1", "h2", "h3")
    reader = pair.work().reader

    worked = [reader.step(), reader.step(), reader.step()]

    assert worked == [True, True, False]
    assert pair.log.asked == [0, 2, 3]
    assert pair.effects() == ["h1", "h2", "h3"]


@pytest.mark.parametrize("after_commit", [False, True], ids=["before the commit", "after the commit"])
def test_a_crash_around_a_commit_loses_nothing_and_applies_nothing_twice(
    monkeypatch: pytest.MonkeyPatch, *, after_commit: bool
) -> None:
    pair = Pair(page=2)
    pair.tell("h1", "h2", "h3")

    with monkeypatch.context() as until_restart:
        killed = killing(pair.listener.store.commit, after_commit=after_commit)
        until_restart.setattr(pair.listener.store, "commit", killed)
        with pytest.raises(Killed):
            pair.work().reader.step()
    reader = pair.work().reader
    while reader.step():
        pass

    assert pair.effects() == ["h1", "h2", "h3"]


def test_two_readers_at_once_apply_each_event_once() -> None:
    pair = Pair()
    pair.tell("h1", "h2")
    one, other = pair.work().reader, pair.work().reader

    one.step()
    other.step()

    assert pair.effects() == ["h1", "h2"]
    assert position_of(pair) == 2


def test_a_reader_that_lags_behind_another_moves_nothing_back() -> None:
    pair = Pair(page=1)
    pair.tell("h1", "h2")
    stale = pair.work().reader
    documents = pair.publisher.node.log.after(0, 1)
    while pair.work().reader.step():
        pass

    pair.listener.consumer.apply(pair.run(documents, first=0, end=1))

    assert pair.effects() == ["h1", "h2"]
    assert position_of(pair) == 2
    assert stale.step() is False


def test_an_event_that_cannot_be_read_is_parked_and_holds_up_neither_reader_nor_later_events() -> None:
    pair = Pair()
    pair.tell("h1", "h2")
    with pair.publisher.store.write() as session:
        session.execute(update(event_log).where(event_log.c.subject == "h2").values(document='{"torn": true}'))
    reader = pair.work().reader

    first, again = [reader.step() for _round in range(2)], [reader.step() for _round in range(2)]
    pair.tell("h3")
    reader.step()

    assert (first, again) == ([True, True], [False, False])
    assert pair.effects() == ["h1", "h3"]
    assert pair.gauge("parked_events") == 1


def killing(commit: Callable[[Session], None], *, after_commit: bool) -> Callable[[Session], None]:
    """Return a commit in whose place, or right after which, the process ends."""

    def killed(session: Session) -> None:
        if after_commit:
            commit(session)
        raise Killed

    return killed


def position_of(pair: Pair) -> int:
    """Return how far the listener has read."""
    with pair.listener.read() as session:
        return marks.next_offset(session, "governance", PARTITION)
