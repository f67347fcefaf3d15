"""What is parked is shown with the reason why, and decided on by an operator."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from shared.clock import SystemClock
from shared.events.envelope import Envelope
from shared.messaging import schedule
from shared.messaging.bus import Run
from shared.messaging.parking import NOT_IN_LOG, list_parked
from shared.messaging.tables import mark
from shared.messaging.tables import parked as parked_event
from tests.component.cheqi.restoring import Home
from tests.component.messaging.pair import verified
from tests.publisher import Publisher


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a data folder in which rewards has parked an event that is none, and a timer that nobody knows."""
    one = Home(tmp_path)
    with one.opened() as house:
        node = house.get_node("rewards")
        node.consumer().apply(Run("governance", ("{}",)))
        with node.store.write() as session:
            schedule(session, "unheard-of", "lot-1", SystemClock().now())
        node.timer_loop().fire_due()
    return one


def parked(home: Home) -> dict[str, str]:
    """Return the ids of what is parked, by what it is."""
    return {str(row["type"]): row["id"] for row in json.loads(home.done("parked", "list", "--json"))}


def test_an_id_is_listed_in_one_piece_to_be_copied_whatever_the_width_of_the_terminal(home: Home) -> None:
    ids = set(parked(home).values())

    listed, audited = home.done("parked", "list"), home.run("audit").output

    assert max(map(len, ids)) > 60
    for said in (listed, audited):
        assert {word for line in said.splitlines() for word in line.split()} >= ids
        assert len({len(line) for line in said.splitlines()[1:]}) == 1


def test_a_parked_event_is_shown_with_why_and_its_document(home: Home) -> None:
    (event_id,) = (one for what, one in parked(home).items() if not what.startswith("timer"))

    shown = home.run("parked", "show", "rewards", event_id)

    assert shown.exit_code == 0
    assert shown.stdout == "{}\n"
    assert "reason: not an event" in shown.stderr
    assert "source: governance\n" in shown.stderr


def test_where_the_bus_is_kafka_a_parked_event_is_shown_with_its_topic(home: Home) -> None:
    (event_id,) = (one for what, one in parked(home).items() if not what.startswith("timer"))
    home.variables["CHEQI_BUS"] = "kafka"

    shown = home.run("parked", "show", "rewards", event_id)

    assert "source: governance, by the topic cheqi.governance\n" in shown.stderr


def test_an_event_that_fails_again_is_told_with_the_commands_that_lead_on(home: Home) -> None:
    (event_id,) = (one for what, one in parked(home).items() if not what.startswith("timer"))

    failed = home.run("parked", "redrive", "rewards", event_id)

    assert failed.exit_code == 1
    for command in ("show", "discard"):
        assert f"`cheqi parked {command} rewards {event_id}`" in failed.stderr


def test_a_parked_timer_is_shown_and_is_not_stepped_over(home: Home) -> None:
    timer_id = parked(home)["timer unheard-of"]

    shown, refused = (
        home.run("parked", "show", "rewards", timer_id),
        home.refused("parked", "discard", "rewards", timer_id),
    )

    assert (shown.exit_code, shown.stdout) == (0, "")
    assert "subject: lot-1" in shown.stderr
    assert "place: " in shown.stderr
    assert f"{timer_id} is a timer" in refused
    assert parked(home)["timer unheard-of"] == timer_id


def test_what_is_not_parked_is_named(home: Home) -> None:
    assert "no parked event has the id nobody" in home.refused("parked", "show", "rewards", "nobody")


@pytest.mark.parametrize(("does", "status", "left"), [("redrive", 1, [NOT_IN_LOG.reason]), ("discard", 0, [])])
def test_the_log_is_asked_before_an_event_is_decided_on(home: Home, does: str, status: int, left: list[str]) -> None:
    put_false_event(home)
    (event_id,) = (one for what, one in parked(home).items() if "hazard" in what)

    ended = home.run("parked", does, "rewards", event_id)

    assert ended.exit_code == status
    with home.opened() as house, house.get_node("rewards").snapshot() as session:
        (told,) = house.get_node("governance").log.heads(0)
        seal = select(mark.c.seal).where(mark.c.source == "governance", mark.c.subject == "h1", mark.c.sequence == 2)
        assert session.scalar(seal) == told.seal
        assert [row.reason for row in list_parked(session) if row.id == event_id] == left


def test_what_is_parked_under_the_id_of_something_else_is_not_discarded_unseen(home: Home) -> None:
    put_false_event(home)
    with home.opened() as house, house.get_node("rewards").store.write() as session:
        told = house.get_node("governance").log.after(0, 2)[-1]
        event_id = Envelope.parse(told).id
        session.execute(update(parked_event).where(parked_event.c.sequence == 2).values(id=event_id))

    refused = home.refused("parked", "discard", "rewards", event_id)

    assert "is not what its publisher told" in refused
    assert home.run("parked", "show", "rewards", event_id).stdout == f"{told}\n"
    assert home.run("parked", "redrive", "rewards", event_id).exit_code == 0


def put_false_event(home: Home) -> None:
    """Let a false event be parked at the second place of a hazard, where a true one is told after it."""
    home.tell("h1")
    other = Publisher("governance")
    false = [other.document(verified("h1"), SystemClock().now()) for _ in range(2)][-1]
    with home.opened() as house:
        house.get_node("rewards").consumer().apply(Run("governance", (false,)))
    home.tell("h1")
