"""What chaos came to: figures beside their goals, and whatever must not be."""

import threading
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

SHOWN_MAX = 20
CONSOLE = Console(soft_wrap=True)


@dataclass(frozen=True)
class Figure:
    """A measured figure, and the goal that it is to be held against."""

    phase: str
    what: str
    value: float
    goal: str = ""

    @property
    def shown(self) -> str:
        """The figure, to a tenth at most."""
        return f"{self.value:.1f}".removesuffix(".0")


@dataclass
class Report:
    """Figures and violations, from several threads."""

    figures: list[Figure] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, phase: str, what: str, value: float, goal: str = "") -> None:
        """Take in a figure, and print it: a run that is cut off has told what it came to."""
        figure = Figure(phase, what, value, goal)
        with self._lock:
            self.figures.append(figure)
            CONSOLE.print(f"{phase}: {what} {figure.shown}", highlight=False)

    def hold(self, phase: str, what: str, value: float, most: float) -> None:
        """Take in a figure that must not be above a bound."""
        self.note(phase, what, value, f"at most {most:g}")
        if value > most:
            self.blame(f"{phase}: {what} is {value:g}, at most {most:g} may be")

    def blame(self, violation: str) -> None:
        """Take in what must not be."""
        with self._lock:
            self.violations.append(violation)
            CONSOLE.print(f"VIOLATION {violation}"[:500], markup=False, highlight=False)

    def show(self) -> None:
        """Print it."""
        table = Table("phase", "what", "figure", "goal")
        for one in self.figures:
            table.add_row(one.phase, one.what, one.shown, one.goal)
        CONSOLE.print(table)
        for violation in self.violations[:SHOWN_MAX]:
            CONSOLE.print(f"VIOLATION {violation}"[:500], markup=False, highlight=False)
