"""`cheqi demo`: the article's day, on a data folder of its own and a clock that only it may set."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from rich.console import Console

from cheqi.demo import classes, farewell, hazards, inbox, later, night, proof, riders, staff, vouchers
from cheqi.demo.day import BEGIN, Day, Step
from cheqi.demo.person import StepFailedError
from cheqi.house import House
from cheqi.serve import served_beside
from shared.clock import SettableClock
from shared.settings import Settings
from shared.telemetry import configure_logs

MORNING = (*staff.STEPS, *riders.STEPS, *hazards.STEPS, *classes.STEPS)
LATER = (*night.STEPS, *inbox.STEPS, *later.STEPS, *farewell.STEPS, *proof.STEPS)
STEPS: tuple[Step, ...] = (*MORNING, *vouchers.STEPS, *classes.EVENING, *vouchers.EVENING, *LATER)
ANSWER_WITHIN_S = 30.0
_console = Console(highlight=False, soft_wrap=True)


def play_day(port: int, *, once: bool) -> bool:
    """Play every step and tell whether all of them held; without `once` the APIs then stay up until Ctrl-C."""
    with opened_day(port) as day:
        _console.print(f"车骑先锋的一天 · A day of Cheqi · {day.house.settings.address}", style="bold")
        held = all(_plays(day, step) for step in STEPS)
        _console.print(_verdict(held=held), style="bold")
        if not once:
            _stay(day)
    return held


@contextmanager
def opened_day(port: int, traces_url: str | None = None) -> Iterator[Day]:
    """Serve a new house on a temporary data folder, on the morning of the day; its traces may go to a collector."""
    configure_logs("error")
    with TemporaryDirectory(prefix="cheqi-demo-") as folder:
        settings = Settings(data=Path(folder), sms="trial", host="127.0.0.1", port=port, traces_url=traces_url)
        clock = SettableClock(BEGIN)
        house = House(settings, clock=clock)
        http = httpx2.Client(base_url=settings.address, timeout=ANSWER_WITHIN_S, trust_env=False)
        with ExitStack() as stack:
            stack.enter_context(http)
            stack.enter_context(served_beside(house))
            yield Day(house, clock, http)


def _plays(day: Day, step: Step) -> bool:
    try:
        facts = step.play(day)
    except (StepFailedError, httpx2.HTTPError) as error:
        _say(day, "✗", step.zh, step.en)
        _console.print(f"         {type(error).__name__}: {error}", style="red", markup=False)
        return False
    _say(day, "✓", step.zh.format(**facts), step.en.format(**facts))
    return True


def _say(day: Day, mark: str, zh: str, en: str) -> None:
    moment = f"{day.local_now:%Y-%m-%d %H:%M}"
    _console.print(f"{moment} {mark} {zh}", markup=False)
    _console.print(f"{' ' * len(moment)}   {en}", style="dim", markup=False)


def _verdict(*, held: bool) -> str:
    if held:
        return f"全部 {len(STEPS)} 步通过 · All {len(STEPS)} steps held"
    return "有步骤未通过 · Not every step held"


def _stay(day: Day) -> None:
    """Keep serving until Ctrl-C or a signal to end, and let the clock go on meanwhile."""
    _console.print(_ways_in(day), markup=False)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    while not ended.wait(1):
        day.pass_by(seconds=1)


def _ways_in(day: Day) -> str:
    settings, phone = day.house.settings, riders.PROFILES["lin"].phone
    described = " ".join(f"/api/{name}/openapi.json" for name in day.house.nodes)
    return f"""
接口继续运行，按 Ctrl-C 结束 · The APIs stay up until Ctrl-C
  {settings.address}  {described}
以小林身份登录 · To sign in as Lin:
  curl -s {settings.address}/api/registration/codes --json '{{"phone": "{phone}"}}'
  CHEQI_DATA={settings.data} .venv/bin/cheqi sms
  curl -s {settings.address}/api/registration/token --json '{{"grant_type": "code", "phone": "{phone}",
    "request_id": "...", "code": "..."}}'
  curl -s {settings.address}/api/rewards/riders/me/balance -H "Authorization: Bearer ..."
查验证书 · To check a certificate: {settings.address}/c/{day.made.get("number", "")}
"""
