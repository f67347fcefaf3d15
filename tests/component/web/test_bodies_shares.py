"""Of what a process may have in hand nobody takes so much that others go without."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.web.app import served
from shared.web.bodies import Budget
from tests.component.web.test_bodies import SCOPE
from tests.component.web.test_bodies_in_hand import MOST, PIECE, Exchange, photo
from tests.harness import Bench

QUARTER_OF_A_SHARE = b" " * (MOST // 8 // 4)


class Hasty(asyncio.SelectorEventLoop):
    """A loop whose clock is put forward."""

    ahead_s = 0.0

    def time(self) -> float:
        """Return the loop's time."""
        return super().time() + self.ahead_s


@pytest.fixture
def budget() -> Iterator[Budget]:
    """Return a budget of which nothing is left taken in the end."""
    budget = Budget(MOST)
    yield budget
    assert budget == Budget(MOST)


@contextmanager
def full(budget: Budget) -> Iterator[None]:
    """Let nothing of the budget be left."""
    budget.take(MOST, large=False)
    yield
    budget.give_back(MOST)


def test_a_person_has_one_large_body_in_hand_and_others_have_theirs(bench: Bench, budget: Budget) -> None:
    app = served(bench.node, budget)

    async def play() -> tuple[Exchange, list[tuple[int, str]]]:
        first, second, of_another, third = (photo(bench, [PIECE], number) for number in (1, 1, 2, 1))
        asking = asyncio.create_task(first.ask(app))
        await first.sent_all.wait()
        for one in (second, of_another, third):
            one.may_end.set()
        meanwhile = [await second.ask(app), await of_another.ask(app)]
        first.may_end.set()
        return second, [*meanwhile, await asking, await third.ask(app)]

    second, answered = asyncio.run(play())

    assert answered == [(429, "large-body-in-hand"), (200, ""), (200, ""), (200, "")]
    assert second.headers[b"retry-after"] == b"2"


def test_bodies_that_do_not_end_keep_out_no_other_address_and_none_that_comes_whole(
    bench: Bench, budget: Budget
) -> None:
    app = served(bench.node, budget)

    async def play() -> list[tuple[int, str]]:
        begun = [photo(bench, [QUARTER_OF_A_SHARE]) for _ in range(3)]
        asking = [asyncio.create_task(one.ask(app)) for one in begun]
        for one in begun:
            await one.sent_all.wait()
        more, of_another = (photo(bench, [QUARTER_OF_A_SHARE] * 2, number) for number in (1, 2))
        whole = photo(bench, [QUARTER_OF_A_SHARE * 2])
        whole.at_once = True
        for one in (more, of_another):
            one.may_end.set()
        meanwhile = [await one.ask(app) for one in (more, whole, of_another)]
        for one in begun:
            one.may_end.set()
        return meanwhile + [await one for one in asking]

    answered = asyncio.run(play())

    assert answered == [(503, "too-much-in-hand"), *[(200, "")] * 5]


def test_what_has_no_body_is_served_while_nothing_more_can_be_taken(bench: Bench, budget: Budget) -> None:
    question = Exchange({**SCOPE, "method": "GET", "path": "/api/training/open", "headers": []}, [])
    question.may_end.set()

    with full(budget):
        answered = asyncio.run(question.ask(served(bench.node, budget)))

    assert answered == (200, "")


@pytest.mark.parametrize(("paused_s", "expected"), [(29, (200, "")), (31, (408, "body-too-slow"))])
def test_a_large_body_that_comes_no_further_is_given_up(
    bench: Bench, budget: Budget, paused_s: int, expected: tuple[int, str]
) -> None:
    loop = Hasty()

    async def play() -> tuple[int, str]:
        begun = photo(bench, [PIECE])
        asking = asyncio.create_task(begun.ask(served(bench.node, budget)))
        await begun.sent_all.wait()
        loop.ahead_s += paused_s
        if paused_s < 30:
            begun.may_end.set()
        return await asking

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        assert runner.run(play()) == expected
