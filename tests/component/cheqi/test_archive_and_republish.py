"""The commands that move months of a log to files and that refill a broker, on a data folder of their own."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cheqi.audit import audit_house
from cheqi.house import House
from cheqi.main import app
from cheqi.republish import refill
from shared.errors import ConfigurationError
from shared.events.governance import HazardVerifiedV1
from shared.messaging import emit
from shared.messaging.bus import DONE, Record
from shared.messaging.cause import of_system
from shared.settings import Settings

LONG_AGO = datetime(2020, 1, 10, tzinfo=UTC)


class Broker:
    """A broker that can be away."""

    def __init__(self, *, away: bool = False) -> None:
        self.records: list[Record] = []
        self._away = away

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Keep the records."""
        if self._away:
            message = f"{source} cannot reach the broker"
            raise ConnectionError(message)
        self.records += records
        return DONE


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Return a house whose governance told of two hazards long ago, in the data folder that commands use."""
    monkeypatch.setenv("CHEQI_DATA", str(tmp_path / "data"))
    house = House(Settings(data=tmp_path / "data", sms="trial"))
    with house.get_node("governance").transaction(of_system(LONG_AGO)) as session:
        for hazard in ("h1", "h2"):
            emit(session, HazardVerifiedV1(subdistrict="110108005", hazard_id=hazard, rider_id="r", severity="low"))
    house.settle()
    yield house
    house.stop()


def cheqi(*words: str) -> tuple[int, str]:
    """Run the command; return its status and what it said."""
    done = CliRunner().invoke(app, words)
    return done.exit_code, done.output


def test_archiving_tells_what_was_moved_and_nothing_is_missing_afterwards(house: House) -> None:
    before = house.get_node("governance").log.after(0)

    status, told = cheqi("archive", "governance", "--before", "2020-02", "--json")

    row = json.loads(told)[0]
    assert status == 0
    assert (row["service"], row["month"], row["events"], row["first"], row["last"]) == (
        "governance",
        "2020-01",
        2,
        1,
        2,
    )
    assert len(row["sha256"]) == 64
    assert house.get_node("governance").log.after(0) == before
    assert {one.code for one in audit_house(house)}.isdisjoint({"log-gap", "seal-broken", "history-differs"})


@pytest.mark.usefixtures("house")
def test_archiving_says_each_month_in_words_and_that_there_was_none() -> None:
    first, again = (cheqi("archive", "governance", "--before", "2020-02") for _ in range(2))

    assert first == (0, "governance: 2 events of 2020-01 moved, positions 1 to 2\n")
    assert again == (0, "months moved: none\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("archive", "governance", "--before", "2020-13"), "no month"),
        (("archive", "governance", "--before", "2999-01"), "has not begun"),
        (("archive", "nobody", "--before", "2020-02"), "there is no service"),
    ],
)
@pytest.mark.usefixtures("house")
def test_archiving_refuses_what_it_cannot_do_in_one_sentence(words: tuple[str, ...], said: str) -> None:
    status, told = cheqi(*words)

    assert status == 2
    assert said in told


@pytest.mark.usefixtures("house")
def test_on_the_local_bus_there_is_nothing_to_refill() -> None:
    in_words, in_json = cheqi("republish", "governance"), cheqi("republish", "governance", "--json")

    assert in_words[0] == 0
    assert "nothing to refill" in in_words[1]
    assert json.loads(in_json[1]) == [{"service": "governance", "published": 0, "reached": 0}]


def test_a_broker_is_refilled_with_what_is_archived_too(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    cheqi("archive", "governance", "--before", "2020-02")
    broker = Broker()

    refill(house.get_node("governance"), broker, 0, as_json=True)

    assert [record.subject for record in broker.records] == ["h1", "h2"]
    assert json.loads(capsys.readouterr().out) == [{"service": "governance", "published": 2, "reached": 2}]


def test_a_broker_that_goes_away_is_told_with_where_to_go_on(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        refill(house.get_node("governance"), Broker(away=True), 1, as_json=False)

    assert ended.value.exit_code == 1
    assert "cheqi republish governance --after 1" in capsys.readouterr().err


def test_a_position_beyond_what_was_sent_is_refused_with_how_far_that_is(house: House) -> None:
    with pytest.raises(ConfigurationError, match="was sent up to position 2, so that nothing stands after 3"):
        refill(house.get_node("governance"), Broker(), 3, as_json=True)
