"""An empty broker is refilled from a log and its archive, in order, from wherever an earlier run ended."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from shared.messaging.bus import DONE, Record, Run
from shared.messaging.republish import republish
from shared.messaging.source import PAGE_MAX
from tests.component.messaging.conftest import Kit
from tests.component.messaging.test_relay import ListBus, relay_of
from tests.component.messaging.year import IN_NOVEMBER, Year, positions, verified, year_of


class Broker:
    """A broker that lost everything, keeps what it acknowledges, and goes away after so many pages."""

    def __init__(self, pages_max: int = 1000) -> None:
        self.pages: list[list[str]] = []
        self.pages_max = pages_max

    def publish(self, source: str, records: Sequence[Record]) -> Future[None]:
        """Keep a page, its first record alone when it goes away."""
        away = len(self.pages) >= self.pages_max
        self.pages.append([record.document for record in (records[:1] if away else records)])
        if away:
            message = f"{source} cannot reach the broker"
            raise ConnectionError(message)
        return DONE

    @property
    def documents(self) -> list[str]:
        """What it keeps, in order."""
        return [document for page in self.pages for document in page]


@pytest.fixture
def year(kit: Kit, tmp_path: Path) -> Year:
    """Return a log of three months of which one is archived, a little over two pages."""
    year = year_of(kit, tmp_path / "archive", counts=(2 * PAGE_MAX, 3, 2))
    year.archive("2026-10")
    return year


def refill(year: Year, broker: Broker, after: int = 0) -> list[int]:
    """Publish the log to a broker; return the positions that were reached on the way."""
    reached: list[int] = []
    republish(year.kit.store, "governance", broker, after, reached.append)
    return reached


def test_everything_published_is_in_the_broker_again_in_the_order_of_the_log(year: Year) -> None:
    broker = Broker()

    reached = refill(year, broker)

    assert broker.documents == year.pages()
    assert reached[-1] == positions(broker.documents)[-1]


def test_no_more_than_a_page_is_held_at_once(year: Year) -> None:
    broker = Broker()

    reached = refill(year, broker)

    assert [len(page) for page in broker.pages] == [PAGE_MAX, PAGE_MAX, 2]
    assert reached == [positions(page)[-1] for page in broker.pages]


def test_a_run_that_was_broken_off_goes_on_where_it_was(year: Year) -> None:
    broker = Broker(pages_max=1)
    reached: list[int] = []
    with pytest.raises(ConnectionError):
        republish(year.kit.store, "governance", broker, 0, reached.append)

    again = Broker()
    refill(year, again, after=reached[-1])

    assert [*broker.pages[0], *again.documents] == year.pages()


def test_what_was_not_sent_is_left_to_the_relay(year: Year) -> None:
    before = year.pages()
    year.tell(IN_NOVEMBER, verified("new"))
    relay_of(year.kit, ListBus()).number()
    broker = Broker()

    refill(year, broker)

    assert broker.documents == before


def test_a_log_of_which_nothing_was_sent_fills_nothing(kit: Kit, tmp_path: Path) -> None:
    year = year_of(kit, tmp_path / "archive", counts=())
    broker = Broker()

    assert refill(year, broker) == []
    assert broker.pages == []


def test_a_consumer_is_given_each_event_once_however_often_the_broker_is_refilled(year: Year) -> None:
    broker = Broker()
    for _ in range(2):
        refill(year, broker)

    for page in broker.pages:
        year.kit.consumer.apply(Run("governance", tuple(page)))

    assert len(year.kit.effects()) == len(year.pages())
