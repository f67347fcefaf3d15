"""Every refusal of rewards says the same in both languages."""

from string import Formatter
from types import ModuleType

import pytest

from services.rewards.ledger import problems as ledger
from services.rewards.offers import problems as offers
from services.rewards.redemptions import problems as redemptions
from services.rewards.vouchers import problems as vouchers
from shared.errors import ProblemKind

MODULES: tuple[ModuleType, ...] = (ledger, offers, vouchers, redemptions)
KINDS = [kind for module in MODULES for kind in vars(module).values() if isinstance(kind, ProblemKind)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_problem_names_the_same_facts_in_both_languages(kind: ProblemKind) -> None:
    assert _facts(kind.detail_zh) == _facts(kind.detail_en)
    assert "" not in (kind.title_zh, kind.title_en)


def test_no_two_problems_share_a_code() -> None:
    codes = [kind.code for kind in KINDS]

    assert len(set(codes)) == len(codes)


def _facts(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name is not None}
