"""`make sim`: seeded schedules over all services; `--seed N` replays one."""

import argparse
import multiprocessing
import sys
from collections import Counter

from rich.progress import track

from tests.sim.play import SCHEDULES_PER_SCRIPT, Result, play


def main() -> int:
    """Play the schedules and say what came of them; the status is 0 when every one of them held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=2000)
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    asked = parser.parse_args()
    seeds = range(asked.schedules) if asked.seed is None else range(asked.seed, asked.seed + 1)

    results = _play_all(seeds, asked.processes)
    failed = [result for result in results if result.wrong]
    for result in failed:
        print(f"seed {result.seed}: {'; '.join(result.wrong[:3])}\n  replay: make sim ARGS='--seed {result.seed}'")
    struck = sum((Counter(result.faults) for result in results), Counter[str]())
    told = ", ".join(f"{name} {count}" for name, count in sorted(struck.items()))
    print(f"{len(results)} schedules, {len(failed)} failed; struck by: {told}")
    return 1 if failed else 0


def _play_all(seeds: range, processes: int) -> list[Result]:
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        played = pool.imap_unordered(play, seeds, chunksize=SCHEDULES_PER_SCRIPT)
        return sorted(track(played, "schedules", total=len(seeds)), key=lambda result: result.seed)


if __name__ == "__main__":
    sys.exit(main())
