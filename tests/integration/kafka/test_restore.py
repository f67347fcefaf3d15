"""A deployment that went on after its backup: one service put back, all put back with the bus, all without it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from cheqi.assembly import SERVICES
from cheqi.house import opened
from cheqi.lag import count_unsettled
from cheqi.supervisor import PROGRAM
from services.governance.hazards.models import Hazard
from shared.messaging.log import is_erased
from shared.settings import Settings
from tests.containers.deployment import command, deployment_on
from tests.containers.kafka import Broker
from tests.containers.patience import until
from tests.containers.postgresql import server
from tests.e2e import kill_checks as checks
from tests.e2e.kill_load import Giver, Made, Record, accepted_before
from tests.e2e.kill_people import COMMUNITY, People, send, settle_in
from tests.e2e.kill_process import Process

RIDERS, MEANWHILE, PATIENCE_S = 2, 30, 120
UP = (*PROGRAM, "up", "--bus", "kafka", "--store", "postgresql")
GONE_OF_GOVERNANCE = {
    "log-gap",
    "seal-broken",
    "hazard-missing",
    "hazard-differs-from-log",
    "hazard_content-missing",
    "earning_day-missing",
    "earning_day-differs-from-log",
}
GONE_OF_REWARDS = {
    "log-gap",
    "seal-broken",
    "voucher-missing",
    "voucher-differs-from-log",
    "voucher_code-missing",
    "hold-missing",
    "hold-differs-from-log",
    "entry-missing",
}
"""What the audit says of state that only its service had, and of places in the log that were never published."""


@dataclass(frozen=True)
class Lived:
    """A deployment that is stopped, its backup, what was accepted before that was begun, and who was erased after."""

    settings: Settings
    process: Process
    people: People
    record: Record
    accepted: list[Made]
    backup: Path
    erased: str

    def restore(self, *words: str) -> dict[str, dict[str, int]]:
        """Put back from the backup; return what was read back, by service."""
        done = command(self.settings, "restore", str(self.backup), "--replace", "--yes", "--json", *words)
        assert done.exit_code == 0, done.output
        return {row["service"]: row for row in json.loads(done.stdout)}

    def run_until_quiet(self) -> dict[str, list[str]]:
        """Let everything run until all is sent and applied; return what staff find."""
        self.process.start()
        try:
            self.process.wait_until_ready()
            wait_until_settled(self.settings)
            return checks.listed(self.process.address, self.people.administrator)
        finally:
            self.process.end()

    def findings(self) -> list[tuple[str, str, str]]:
        """Return what the audit names: service, code and subject."""
        rows = json.loads(command(self.settings, "audit", "--json").stdout)
        return [(row["service"], row["code"], row["subject"]) for row in rows]

    def assert_told_once(self) -> None:
        """Every accepted command stands in the logs, before and after the backup, and no other."""
        with opened(self.settings) as house:
            told = checks.told(house)
        for kind, subjects in told.items():
            accepted = Counter(made.id for made in self.record.of(kind))
            assert set(subjects.values()) <= {1}, kind
            assert accepted.keys() <= subjects.keys(), kind

    def assert_erased_everywhere(self) -> None:
        """Nobody knows the rider any more who was erased after the backup."""
        with opened(self.settings) as house:
            for node in house.nodes.values():
                with node.snapshot() as session:
                    assert is_erased(session, self.erased), node.service.name


@pytest.fixture
def lived(broker: Broker, tmp_path: Path) -> Iterator[Lived]:
    """Return a deployment that went on after its backup and was stopped."""
    broker.drop_topics()
    settings = deployment_on(tmp_path, broker.servers, server().admin, "putback")
    for words in ("databases", "migrate", "topics apply"):
        assert command(settings, *words.split()).exit_code == 0
    process, record = Process(tmp_path, settings, UP), Record()
    process.start()
    try:
        process.wait_until_ready()
        people = settle_in(process, RIDERS + 1)
        erased = report_once(process, people)
        givers = [Giver(process.address, people, number, 20261127, record) for number in range(RIDERS)]
        accepted = accepted_before(lambda: back_up(settings, tmp_path / "backups"), givers, record, MEANWHILE)
        backup = next((tmp_path / "backups").iterdir())
        erase(process, people)
        wait_until_settled(settings)
    finally:
        process.end()
    yield Lived(settings, process, people, record, accepted, backup, erased)
    broker.drop_topics()


@pytest.mark.timeout(900)
def test_a_deployment_is_put_back_in_part_and_whole_with_its_bus_and_without(lived: Lived, broker: Broker) -> None:
    put_rewards_back(lived)
    put_governance_back(lived)
    put_all_back_beside_the_bus(lived)
    broker.drop_topics()
    assert command(lived.settings, "topics", "apply").exit_code == 0
    put_all_back_beside_an_empty_bus(lived)


def put_rewards_back(lived: Lived) -> None:
    """What rewards made of others' events comes back and is told once; what its own commands made is named."""
    expected, _ = checks.points_expected(lived.record, points=1)
    rows = lived.restore("--service", "rewards")
    lived.run_until_quiet()

    found = lived.findings()

    with opened(lived.settings) as house:
        awarded, _ = checks.points_told(house)
    assert rows["rewards"]["events"] > 0
    assert {service for service, _, _ in found} == {"rewards"}
    assert {code for _, code, _ in found} <= GONE_OF_REWARDS
    assert awarded == expected
    lived.assert_told_once()


def put_governance_back(lived: Lived) -> None:
    """Reports and decisions that only governance's store had are named, each of them, and no other."""
    rows = lived.restore("--service", "governance")
    lived.assert_erased_everywhere()
    with opened(lived.settings) as house, house.nodes["governance"].snapshot() as session:
        kept = set(session.scalars(select(Hazard.id)))
    lived.run_until_quiet()

    found = [(code, subject) for service, code, subject in lived.findings() if service != "rewards"]

    reported, before = {made.id for made in lived.record.of("report")}, {made.id for made in lived.accepted}
    missing = {subject for code, subject in found if code == "hazard-missing"}
    assert rows["governance"]["events"] > 0
    assert rows["governance"]["erased_again"] == 1
    assert {code for code, _ in found} <= GONE_OF_GOVERNANCE
    assert missing == reported - kept
    assert missing
    assert not missing & before
    lived.assert_told_once()


def put_all_back_beside_the_bus(lived: Lived) -> None:
    """All learn from the bus what they have told since, and who was erased."""
    rows = lived.restore()

    assert {name for name, row in rows.items() if row["events"]} == set(SERVICES)
    assert {name for name, row in rows.items() if row["erased_again"]} == set(SERVICES)
    lived.assert_erased_everywhere()
    lived.assert_told_once()


def put_all_back_beside_an_empty_bus(lived: Lived) -> None:
    """All agree, and hold what was accepted before the backup, once; who was erased since stays erased."""
    rows = lived.restore()
    republished = [command(lived.settings, "republish", name, "--json") for name in SERVICES]
    found = lived.run_until_quiet()

    assert {row["events"] for row in rows.values()} == {0}
    assert rows["registration"]["erased_again"] == 1
    assert [one.exit_code for one in republished] == [0] * len(SERVICES)
    assert json.loads(republished[0].stdout)[0]["published"] > 0
    assert lived.findings() == []
    for kind, ids in found.items():
        assert {made.id for made in lived.accepted if made.kind == kind} <= set(ids), kind
        assert set(Counter(ids).values()) == {1}, kind
    lived.assert_erased_everywhere()


def wait_until_settled(settings: Settings) -> None:
    """Wait until every event was sent, and applied by whoever hears it."""
    with opened(settings) as house:
        until(lambda: count_unsettled(house.nodes) == 0, PATIENCE_S)


def report_once(process: Process, people: People) -> str:
    """Let the rider who will be erased report something; return who that is."""
    token = people.riders[RIDERS]
    point = {"lat": 39.95, "lon": 116.31, "datum": "WGS-84", "accuracy_m": 8}
    body = {"category": "manhole", "words": "井盖", "community": COMMUNITY, "point": point}
    with httpx2.Client(base_url=process.address, timeout=30) as http:
        send(http, token, "/api/governance/hazards", body)
        me = http.get("/api/registration/riders/me", headers={"Authorization": f"Bearer {token}"})
    return str(me.json()["id"])


def erase(process: Process, people: People) -> None:
    """Let that rider be erased."""
    headers = {"Authorization": f"Bearer {people.riders[RIDERS]}"}
    with httpx2.Client(base_url=process.address, timeout=30) as http:
        answer = http.delete("/api/registration/riders/me", headers=headers)
    assert answer.is_success, answer.text


def back_up(settings: Settings, target: Path) -> None:
    """Back up the stores."""
    made = command(settings, "backup", str(target))
    assert made.exit_code == 0, made.output
