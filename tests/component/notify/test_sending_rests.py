"""A sender with nothing to send leaves the store, and everybody who waits for commits, in peace."""

from tests.component.notify.stage import Stage


def test_nothing_due_opens_no_transaction(stage: Stage) -> None:
    stage.register()
    commits: list[None] = []
    stage.bench.store.on_commit = lambda: commits.append(None)

    tried = stage.send_due()

    assert (tried, commits) == (0, [])
