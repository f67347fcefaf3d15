"""`make sim`: seeded schedules over all services; `--seed N` replays one."""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator

from shared.telemetry import configure_logs
from tests.sim.play import SCHEDULES_PER_SCRIPT, Result, play

TOLD_EVERY = 20


def main() -> int:
    """Play the schedules and say what came of them; the status is 0 when every one of them held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=2000)
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    asked = parser.parse_args()
    seeds = range(asked.schedules) if asked.seed is None else range(asked.seed, asked.seed + 1)

    began, struck, failures = time.monotonic(), Counter[str](), 0
    for done, result in enumerate(_played(seeds, asked.processes), start=1):
        struck.update(result.faults)
        if result.wrong:
            failures += 1
            print(f"seed {result.seed}: {'; '.join(result.wrong[:3])}\n  replay: make sim ARGS='--seed {result.seed}'")
        if done % TOLD_EVERY == 0 or done == len(seeds):
            minutes = (time.monotonic() - began) / 60
            print(f"{done} of {len(seeds)} schedules, {failures} failed, {minutes:.1f} minutes", flush=True)
    print("struck by: " + ", ".join(f"{name} {count}" for name, count in sorted(struck.items())))
    return 1 if failures else 0


def _played(seeds: range, processes: int) -> Iterator[Result]:
    """Play the seeds, a script's one after the other in one process, and yield each result when it is there."""
    with multiprocessing.get_context("spawn").Pool(processes, configure_logs, ("warning",)) as pool:
        yield from pool.imap_unordered(play, seeds, chunksize=min(SCHEDULES_PER_SCRIPT, len(seeds)))


if __name__ == "__main__":
    sys.exit(main())
