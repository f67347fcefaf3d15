"""A version that learns to handle a type and one that passes it over meet on one store: one waits, one gives way."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from shared.messaging.passing import BackfillNeededError
from tests.component.messaging.conftest import make_kit
from tests.component.messaging.test_backfill import learned
from tests.integration.postgresql.at_once import begun


def test_a_version_does_not_start_past_an_event_that_an_older_one_is_about_to_pass_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kit = make_kit()
    older, operator = kit.consumer, learned(kit, [])
    event = kit.rejected("h1")
    answers: list[Callable[[], str]] = []
    commit = kit.store.commit

    def start() -> str:
        try:
            operator.take_up_types()
        except BackfillNeededError:
            return "backfill needed"
        return "started"

    def commit_late(session: Session) -> None:
        monkeypatch.undo()
        answers.append(begun(kit.store, start))
        commit(session)

    older.apply(kit.publisher.run(kit.verified("h2")))
    monkeypatch.setattr(kit.store, "commit", commit_late)
    older.apply(kit.publisher.run(event))

    assert answers[0]() == "backfill needed"
    kit.store.close()
