"""What a benchmark measured: kept as JSON with one figure a round and side, and shown as a table of medians."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent / "results"
Sides = Mapping[str, Sequence[float]]


def keep(name: str, unit: str, sides: Sides, **about: object) -> None:
    """Write the figures to `bench/results/<name>.json`, beside what they depend on, and show them."""
    machine = {"processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "python": platform.python_version()}
    rounded = {side: [float(f"{figure:.5g}") for figure in figures] for side, figures in sides.items()}
    FOLDER.mkdir(exist_ok=True)
    kept = {"unit": unit, "sides": rounded, "machine": machine, **about}
    (FOLDER / f"{name}.json").write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    show(name)


def show(name: str) -> None:
    """Print what was kept: the median of each side, its rounds, and how the first side compares with it."""
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    sides: Sides = kept["sides"]
    first = next(iter(sides.values()))
    table = Table(title=f"{name}, {kept['unit']}")
    for heading in ("side", "median", "rounds", "first side / this"):
        table.add_column(heading, justify="left" if heading == "side" else "right")
    for side, figures in sides.items():
        rounds = ", ".join(f"{figure:,.6g}" for figure in figures)
        table.add_row(side, f"{median(figures):,.6g}", rounds, f"{ratio(first, figures):.2f}")
    Console().print(table)


def note(text: str) -> None:
    """Tell on the error stream how a long measurement comes along."""
    Console(stderr=True).log(text)


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the median of the ratios of two sides, round by round: they were measured side by side."""
    pairs = list(zip(one, other, strict=False))
    return median(mine / theirs if theirs else float("nan") for mine, theirs in pairs) if pairs else float("nan")
