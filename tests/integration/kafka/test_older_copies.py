"""A store that was put back without `cheqi restore`: the relay names the command that reads its tail back."""

import json
import shutil
from pathlib import Path

import pytest

from shared.clock import SystemClock
from shared.messaging.bus import Record
from shared.messaging.kafka.bus import KafkaBus
from shared.messaging.read_back import find_restored
from shared.messaging.relay import RelayStoppedError
from tests.component.cheqi.restoring import LONG_AGO, Home, tell
from tests.containers.kafka import Broker


@pytest.fixture
def home(broker: Broker, tmp_path: Path) -> Home:
    """Return a home whose governance has told two events, on a copy of its store that knows the first only."""
    broker.drop_topics()
    home = Home(tmp_path)
    home.variables |= {"CHEQI_BUS": "kafka", "CHEQI_KAFKA": broker.servers}
    home.done("topics", "apply")
    home.tell("h1")
    store = home.data / "governance.db"
    shutil.copyfile(store, tmp_path / "copy")
    home.tell("h2")
    shutil.copyfile(tmp_path / "copy", store)
    return home


def test_the_tail_of_a_store_that_nobody_marked_is_read_back(home: Home) -> None:
    with pytest.raises(RelayStoppedError, match="cheqi read-back --service governance"):
        check(home)

    home.done("read-back", "--service", "governance", "--yes")

    check(home)
    assert home.told() == ["h1", "h2"]
    assert home.findings() == [("hazard-missing", "h2")]


def test_a_log_told_on_from_two_copies_goes_on_once_its_topic_holds_one_only(home: Home, broker: Broker) -> None:
    tell_on(home, "h3")
    with pytest.raises(RelayStoppedError, match="position 2, and its log holds another event: somebody else wrote"):
        check(home)
    once_more = home.refused("read-back", "--service", "governance", "--yes")
    shutil.copyfile(home.folder / "copy", home.data / "governance.db")

    said = home.refused("read-back", "--service", "governance", "--yes")
    broker.drop_topics()
    home.done("topics", "apply")
    home.done("read-back", "--service", "governance", "--yes")
    home.done("republish", "governance")

    assert "position 2 in this store than on the bus" in " ".join(once_more.split())
    assert "two events stand at position 2 on the bus" in " ".join(said.split())
    check(home)
    home.tell("h4")
    assert home.told() == ["h1", "h4"]
    assert ("hazard-missing", "h4") not in home.findings()


def test_what_is_no_event_of_the_service_is_not_read_back(home: Home) -> None:
    with home.opened() as house:
        bus = house.bus_of("governance")
        assert isinstance(bus, KafkaBus)
        told = bus.since("governance", LONG_AGO)
        respaced = json.dumps(json.loads(told[-1]) | {"id": "another"})
        bus.publish("governance", [Record("h2", respaced), Record("h2", "garbage")]).result()

    done = home.done("read-back", "--service", "governance", "--yes", "--json")

    row = json.loads(done)[0]
    assert (row["events"], row["position"]) == (1, 2)
    assert home.told() == ["h1", "h2"]


def test_an_operator_is_asked_before_a_log_is_read_back_that_no_restore_has_marked(home: Home) -> None:
    ended = home.run("read-back", "--service", "governance")

    assert (ended.exit_code, "Was the store put back to an older copy?" in ended.output) == (1, True)
    with home.opened() as house, house.get_node("governance").snapshot() as session:
        assert find_restored(session) is None


def tell_on(home: Home, hazard: str) -> None:
    """Tell of a hazard from the copy, as its relay does that knows nothing of the other one."""
    with home.opened() as house:
        node = house.get_node("governance")
        tell(house, hazard, SystemClock().now())
        node.relay(house.bus_of("governance"), "copy").step()


def check(home: Home) -> None:
    """Compare the log with the bus, as a relay does when it starts."""
    with home.opened() as house:
        bus = house.bus_of("governance")
        assert isinstance(bus, KafkaBus)
        house.get_node("governance").relay(bus, "test").check(bus.tail("governance"))
