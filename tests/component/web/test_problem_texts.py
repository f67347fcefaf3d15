"""Every problem of the house: one code each, texts in both languages, and facts that its texts can be filled with."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from shared.errors import ProblemKind
from shared.web import kinds
from shared.web.language import NOUNS_ZH

ROOT = Path(__file__).parents[3]
FILES = [file for folder in ("shared", "services", "cheqi") for file in sorted((ROOT / folder).rglob("*.py"))]
MEMBERS = {"type", "title", "status", "detail", "instance"}
GIVEN = {"request_id"}


def named_kinds() -> Iterator[tuple[str, str, ProblemKind]]:
    """Yield each problem kind with its module and its name there."""
    for file in FILES:
        if "ProblemKind(" in file.read_text(encoding="utf-8"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for name, value in vars(import_module(module)).items():
                if isinstance(value, ProblemKind):
                    yield module, name, value


KINDS = {f"{module}.{name}": kind for module, name, kind in named_kinds()}
BY_NAME: dict[str, set[ProblemKind]] = {}
for path, kind in KINDS.items():
    BY_NAME.setdefault(path.rpartition(".")[2], set()).add(kind)


@pytest.mark.parametrize("path", KINDS)
def test_a_problem_says_what_why_and_what_to_do_in_both_languages(path: str) -> None:
    kind = KINDS[path]

    chinese, english = kind.title_zh + kind.detail_zh, kind.title_en + kind.detail_en
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
    assert not any("\u4e00" <= character <= "\u9fff" for character in english)
    assert kind.detail_zh.endswith("。")
    assert kind.detail_en.endswith(".")
    assert 400 <= kind.status < 600


@pytest.mark.parametrize("path", KINDS)
def test_both_languages_tell_the_same_facts_and_none_takes_a_member_s_place(path: str) -> None:
    kind = KINDS[path]

    chinese = {name.replace("_zh", "_en") for name in facts_of(kind.detail_zh)}
    assert chinese == facts_of(kind.detail_en)
    assert not facts_of(kind.detail_en) & MEMBERS
    assert not facts_of(kind.title_zh) | facts_of(kind.title_en)


def test_a_code_means_one_thing() -> None:
    meanings: dict[str, set[tuple[int, str, str]]] = {}

    for kind in KINDS.values():
        meanings.setdefault(kind.code, set()).add((kind.status, kind.title_zh, kind.title_en))

    assert {code: several for code, several in meanings.items() if len(several) > 1} == {}


def test_whoever_refuses_gives_the_facts_that_the_texts_need() -> None:
    lacking = [
        f"{file.relative_to(ROOT)}:{call.lineno}: {name} lacks {', '.join(sorted(missing))}"
        for file in FILES
        for name, call in refusals(ast.parse(file.read_text(encoding="utf-8")))
        if (missing := missing_facts(name, call))
    ]

    assert lacking == []


def test_a_refusal_without_its_facts_would_be_found() -> None:
    (found,) = refusals(ast.parse("raise errors.NOT_FOUND(kind='note')"))

    assert missing_facts(*found) == {"id"}


def test_a_chinese_text_names_what_it_speaks_of_in_chinese() -> None:
    named = {
        keyword.value.value
        for file in FILES
        for name, call in refusals(ast.parse(file.read_text(encoding="utf-8")))
        for keyword in call.keywords
        if name == "NOT_FOUND" and keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }

    assert named - NOUNS_ZH.keys() == set()
    assert "rider" in named


def refusals(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of a problem kind by the name that it has everywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in BY_NAME:
                yield name, node


def missing_facts(name: str, call: ast.Call) -> set[str]:
    """Return the facts that a refusal leaves out, and those that stand where a member of every problem stands."""
    given = {keyword.arg for keyword in call.keywords if keyword.arg}
    if len(given) < len(call.keywords):
        return set()
    needed = [facts_of(kind.detail_en) | facts_of(kind.detail_zh) for kind in BY_NAME[name]]
    least = min((one - given - GIVEN for one in needed), key=len)
    return least | (given & MEMBERS)


def facts_of(template: str) -> set[str]:
    """Return the names in a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_the_kit_s_own_problems_are_among_them() -> None:
    assert kinds.KEY_REUSED in KINDS.values()
