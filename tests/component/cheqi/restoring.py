"""A house on a data folder of its own whose services tell things, is backed up, and is put back."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner, Result

from cheqi.audit import audit_house
from cheqi.house import House
from cheqi.main import app
from services.governance.hazards.models import Hazard
from services.governance.states import State
from shared.clock import SystemClock
from shared.events.envelope import Envelope
from shared.events.governance import HazardVerifiedV1
from shared.messaging import emit
from shared.messaging.cause import of_system
from shared.settings import PREFIX, Settings

SUBDISTRICT = "110108005"
APART = {"CHEQI_DATA": "data", "CHEQI_SECRETS": "secrets"}
LONG_AGO = datetime(2020, 1, 10, tzinfo=UTC)


class Home:
    """A data folder, or one for each service beside one of its secrets, the house on it, and an operator's commands."""

    def __init__(self, folder: Path, *, apart: bool = False) -> None:
        self.data, self.target, self.folder = folder / "data", folder / "backups", folder
        self.variables = {"CHEQI_DATA": str(self.data), "CHEQI_SMS": "trial"}
        if apart:
            self.variables |= {name: str(folder / path / "{service}") for name, path in APART.items()}

    @property
    def settings(self) -> Settings:
        """What the variables say."""
        said = {name.removeprefix(PREFIX).lower(): value for name, value in self.variables.items()}
        return Settings.model_validate(said)

    @contextmanager
    def opened(self) -> Iterator[House]:
        """Open the house while the block runs, and settle what was told in it."""
        house = House(self.settings)
        try:
            yield house
            house.settle()
        finally:
            house.stop()

    def tell(self, *hazards: str, at: datetime | None = None) -> None:
        """Let governance tell of verified hazards, now or at a moment, and everybody hear of it."""
        with self.opened() as house:
            for hazard in hazards:
                tell(house, hazard, at or SystemClock().now())

    def run(self, *words: object) -> Result:
        """Carry out a command of an operator."""
        return CliRunner().invoke(app, [str(word) for word in words], env=self.variables)

    def done(self, *words: object) -> str:
        """Carry out a command that must succeed; return what it said."""
        ended = self.run(*words)
        assert ended.exit_code == 0, ended.output
        return ended.output

    def refused(self, *words: object) -> str:
        """Carry out a command that must be refused; return what it said."""
        ended = self.run(*words)
        assert ended.exit_code == 2, ended.output
        return ended.output

    def back_up(self, *words: str) -> Path:
        """Make a backup; return its folder."""
        return Path(json.loads(self.done("backup", self.target, "--json", *words))[0]["backup"])

    def lose_everything(self) -> None:
        """Delete the data folder."""
        shutil.rmtree(self.data)

    def told(self) -> list[str]:
        """Return the subjects of governance's log, in its order."""
        with self.opened() as house:
            return [Envelope.parse(document).subject for document in house.get_node("governance").log.after(0)]

    def findings(self) -> list[tuple[str, str]]:
        """Return what the audit names: code and subject."""
        with self.opened() as house:
            house.settle()
            return [(one.code, one.subject) for one in audit_house(house)]


def tell(house: House, hazard: str, at: datetime) -> None:
    """Let governance tell of a verified hazard, and keep a row of it."""
    event = HazardVerifiedV1(subdistrict=SUBDISTRICT, hazard_id=hazard, rider_id="r", severity="low")
    verified = {"state": State.VERIFIED.value, "outcome": "low", "decided_at": at, "decided_by": ""}
    place = {"subdistrict": SUBDISTRICT, "community": "110108005001", "category": "manhole"}
    with house.get_node("governance").transaction(of_system(at)) as session:
        session.merge(Hazard(id=hazard, rider_id="r", **place, reported_at=at, **verified))
        emit(session, event)
