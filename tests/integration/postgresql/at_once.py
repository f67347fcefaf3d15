"""Steps that many take at once, each in a thread of its own, and steps that wait for one another."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

from sqlalchemy import text

from shared.db.store import Store
from shared.errors import Refusal

Step = Callable[[], str]
PATIENCE_S = 30


def at_once(steps: Sequence[Step]) -> list[str]:
    """Take all steps at once; return what each answered, a refusal by its code."""
    ready = Barrier(len(steps))

    def take(step: Step) -> str:
        ready.wait(PATIENCE_S)
        try:
            return step()
        except Refusal as refusal:
            return refusal.kind.code

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(take, steps))


def begun(store: Store, step: Step) -> Callable[[], str]:
    """Let a step begin and run into a lock that the caller holds; return what gives its answer once that is free.

    Raises AssertionError when the step does not wait.
    """
    answers: list[str] = []
    thread = Thread(target=lambda: answers.extend(at_once([step])))
    thread.start()
    _wait_until_somebody_waits(store)

    def answer() -> str:
        thread.join(PATIENCE_S)
        return answers[0]

    return answer


def _wait_until_somebody_waits(store: Store) -> None:
    blocked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(1000):
        with store.engine.connect() as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.005)")
            if connection.scalar(blocked):
                return
    message = "nobody waits"
    raise AssertionError(message)
