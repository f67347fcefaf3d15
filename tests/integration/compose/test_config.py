"""What the compose file says, for every choice of profiles: locked containers, own secrets, bounded memory."""

import json
import re
from itertools import chain, combinations
from typing import Any

import pytest

from shared.settings import Settings
from tests.containers.image import ROOT
from tests.integration.compose.stack import SERVICES, Stack

PROFILES = ("demo", "scale", "operator")
CHOICES = [",".join(some) for some in chain.from_iterable(combinations(PROFILES, count) for count in range(4))]
MACHINE_BYTES = 4 * 1024**3
LEFT_TO_THE_MACHINE = 256 * 1024**2
MIB = 1024**2
LEFT_TO_OTHERS = 40
SERVER_AT_REST, OF_A_CONNECTION = 132 * MIB, 2.5 * MIB
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
LIMITS = re.compile(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| ([\d,]+) \|$", re.MULTILINE)
PROMETHEUS = (ROOT / "deploy" / "observability" / "prometheus.yml").read_text(encoding="utf-8")
TARGETS = re.findall(r"- ([\w-]+):\d+$", PROMETHEUS, re.MULTILINE)


@pytest.fixture(scope="module")
def plan() -> Stack:
    """Return a stack that is only looked at."""
    return Stack()


def everything(plan: Stack) -> dict[str, Any]:
    """Return all containers of all profiles."""
    return dict(plan.config(COMPOSE_PROFILES=",".join(PROFILES))["services"])


@pytest.mark.parametrize("profiles", CHOICES)
def test_the_file_is_valid_for_each_choice_of_profiles(plan: Stack, profiles: str) -> None:
    services = set(plan.config(COMPOSE_PROFILES=profiles)["services"])

    assert {"kafka", "postgres", "gateway", *SERVICES} <= services
    assert ("rewards-worker-2" in services) == ("scale" in profiles)


def test_the_example_of_settings_is_all_that_it_needs() -> None:
    stack = Stack()
    stack.variables = {}

    missing = stack.compose("config", "--quiet", status=None)
    given = stack.compose("--env-file", str(ROOT / ".env.example"), "config", "--environment")

    assert missing.returncode != 0
    assert "copy .env.example to .env" in missing.stderr
    assert "COMPOSE_PROFILES=demo" in given.stdout


def test_every_container_is_locked_and_bounded(plan: Stack) -> None:
    for name, one in everything(plan).items():
        assert one["read_only"], name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert name == "operator" or int(one["mem_limit"]) > 0, name


def test_what_runs_all_the_time_may_take_less_than_a_machine_of_4_gb(plan: Stack) -> None:
    services = plan.config()["services"].values()

    taken = sum(int(one["mem_limit"]) for one in services if one["restart"] == "unless-stopped")

    assert taken <= MACHINE_BYTES - LEFT_TO_THE_MACHINE


def test_the_operators_page_names_the_limits_of_memory_as_they_are(plan: Stack) -> None:
    services = plan.config()["services"]
    told = {part: int(limit.replace(",", "")) for part, limit in LIMITS.findall(OPERATIONS)}

    limits = {
        name: int(one["mem_limit"]) // MIB for name, one in services.items() if one["restart"] == "unless-stopped"
    }
    assert told["four APIs, each"] == limits["rewards"]
    assert told["governance's API, which decodes photos"] == limits["governance"]
    assert told["five workers, each"] == limits["rewards-worker"]
    assert (told["PostgreSQL"], told["Kafka"]) == (limits["postgres"], limits["kafka"])
    assert told["the gateway"] == limits["gateway"]
    assert told["together"] == sum(limits.values())


def test_one_service_leaves_connections_to_the_others_and_the_server_has_memory_for_all_of_them(plan: Stack) -> None:
    server = plan.config()["services"]["postgres"]
    most = int(server["command"][-1].removeprefix("max_connections="))

    assert most - Settings.model_fields["database_connections"].default >= LEFT_TO_OTHERS
    assert SERVER_AT_REST + most * OF_A_CONNECTION <= int(server["mem_limit"])


def test_prometheus_meets_the_services_and_the_gateway_in_their_networks(plan: Stack) -> None:
    files = "docker-compose.yml:deploy/observability/compose.yml"
    read = plan.compose("config", "--format", "json", changed={"COMPOSE_FILE": files})
    merged = json.loads(read.stdout)

    joined = set(merged["services"]["prometheus"]["networks"])
    assert [name for name in TARGETS if not joined & set(merged["services"][name]["networks"])] == []
    assert not all(merged["networks"][name].get("internal") for name in joined), "its port would not be open"


def test_a_service_is_given_its_own_secrets_only_and_may_not_change_them(plan: Stack) -> None:
    services = everything(plan)
    for service in SERVICES:
        for name in (service, f"{service}-worker"):
            mounted = {one["source"]: one for one in services[name]["volumes"]}
            assert set(mounted) == {service, f"{service}-secrets"}
            assert mounted[f"{service}-secrets"]["read_only"]
    assert {one["source"] for one in services["gateway"]["volumes"] if one["type"] == "volume"} == {"certificates"}


def test_no_variable_holds_a_secret(plan: Stack) -> None:
    for name, one in everything(plan).items():
        named = {key for key in one.get("environment") or {} if "PASSWORD" in key or "SECRET" in key}
        assert {key for key in named if not key.endswith("_FILE")} <= {"CHEQI_SECRETS"}, name


def test_only_the_gateway_can_be_reached_from_outside(plan: Stack) -> None:
    services = everything(plan)

    assert {name for name, one in services.items() if one.get("ports")} == {"gateway"}
    assert set(services["gateway"]["networks"]) == {"front"}
    assert plan.config()["networks"]["inside"]["internal"]
    assert all("front" not in services[name]["networks"] for name in ("kafka", "postgres"))
