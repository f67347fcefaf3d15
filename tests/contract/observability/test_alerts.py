"""Alerts are rules that Prometheus accepts, that fire when they should, on metrics that exist, with a way out each."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cheqi.backup_age import STATES
from cheqi.house import House
from cheqi.serve import served_beside
from shared.settings import Settings
from tests.architecture.tree import ROOT
from tests.ports import free_port

FOLDER = ROOT / "deploy" / "observability"
RULES = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
TESTS = (FOLDER / "alerts_test.yml").read_text(encoding="utf-8")
RUNBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ALERTS = re.findall(r"- alert: (\w+)", RULES)
EXPRESSION = re.compile(r"expr: (?:\|\n)?(.*?)\n +for:", re.DOTALL)
METRIC = re.compile(r"\b(?:cheqi|process)_\w+")
PROMTOOL = shutil.which("promtool", path=f"{ROOT / '.venv' / 'bin'}:/usr/bin:/usr/local/bin")
NO_PROMTOOL = "promtool is not there: `make promtool` fetches it where Debian's packages can be had"
QUESTIONS = ("**Means.**", "**Matters.**", "**Do.**")
SECTION = re.compile(r"^### (\w+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


def promtool(*words: str) -> str:
    """Return what promtool says of files in the folder; it fails where they are not right."""
    if PROMTOOL is None:
        pytest.skip(NO_PROMTOOL)
    done = subprocess.run([PROMTOOL, *words], cwd=FOLDER, capture_output=True, text=True, check=False)  # noqa: S603 - a fixed program
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def metrics_of(rules: str) -> set[str]:
    """Return the metrics that rules name in their expressions, without those that Prometheus makes itself."""
    return {name for expression in EXPRESSION.findall(rules) for name in METRIC.findall(expression)}


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return what one house that has made a backup exports: the services that each sample is told of, by its name."""
    folder = tmp_path_factory.mktemp("house")
    settings = Settings(data=folder, sms="trial", host="127.0.0.1", port=free_port())
    with served_beside(House(settings)), httpx2.Client(base_url=settings.address, trust_env=False) as http:
        for state in STATES.values():
            (folder / state).write_text('{"finished_at": "2026-09-18T12:00:00Z", "seconds": 1, "bytes": 1}')
        for service in ("registration", "governance", "rewards", "training", "notify"):
            http.get(f"/api/{service}/livez")
        text = http.get("/metrics").text
    samples: dict[str, set[str]] = {}
    for sample in (sample for family in text_string_to_metric_families(text) for sample in family.samples):
        samples.setdefault(sample.name, set()).add(sample.labels.get("service", ""))
    return samples


@pytest.mark.parametrize(
    "words",
    [("check", "config", "prometheus.yml"), ("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")],
)
def test_prometheus_accepts_what_it_is_given_and_alerts_fire_when_they_should(words: tuple[str, ...]) -> None:
    assert "SUCCESS" in promtool(*words)


@pytest.mark.parametrize("metric", sorted(metrics_of(RULES)))
def test_a_metric_that_a_rule_names_is_exported_for_each_service(metric: str, scraped: dict[str, set[str]]) -> None:
    assert metric in scraped
    if metric.startswith("cheqi_"):
        assert scraped[metric] >= {"registration", "governance", "rewards", "training", "notify"}


def test_a_scrape_tells_which_version_runs_in_how_much_memory(scraped: dict[str, set[str]]) -> None:
    assert {"cheqi_build_info", "process_resident_memory_bytes", "process_cpu_seconds_total"} <= set(scraped)


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_is_tested_to_fire_and_to_be_quiet(alert: str) -> None:
    assert f"- name: {alert} fires\n" in TESTS
    assert f"- name: {alert} is quiet\n" in TESTS


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_leads_to_a_section_that_says_what_it_means_why_it_matters_and_what_to_do(alert: str) -> None:
    sections = dict(SECTION.findall(RUNBOOK))

    assert f"runbook: docs/operations.md#{alert.lower()}\n" in RULES
    assert alert in sections
    assert [question for question in QUESTIONS if question not in sections[alert]] == []


def test_no_section_is_left_of_an_alert_that_is_no_more() -> None:
    assert {name for name, _ in SECTION.findall(RUNBOOK) if name.startswith("Cheqi")} == set(ALERTS)


def test_the_metrics_of_a_rule_are_seen() -> None:
    rules = "- alert: A\n  expr: |\n    sum(rate(cheqi_a_total[5m]))\n    / cheqi_b > up\n  for: 5m\n"

    assert metrics_of(rules) == {"cheqi_a_total", "cheqi_b"}


def test_every_service_and_every_worker_is_scraped() -> None:
    targets = re.findall(r"- ([\w-]+):8080$", (FOLDER / "prometheus.yml").read_text(encoding="utf-8"), re.MULTILINE)

    services = {path.parent.name for path in Path(ROOT / "services").glob("*/service.py")}
    assert sorted(targets) == sorted([*services, *(f"{service}-worker" for service in services)])
