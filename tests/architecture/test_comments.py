"""Comments are few, whole sentences that say why; no code sleeps in one; what is switched off says for what reason."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.architecture.tree import EVERYTHING, Source, sources

SHARE_MAX = 0.04
SWITCH = re.compile(r"#\s*(noqa|type: ignore|pragma|fmt:|ruff:)")
REASON = re.compile(r"# noqa: [A-Z0-9, ]+ - \S.*|# type: ignore\[[a-z, -]+\]  # \S.*|# pragma: no cover - \S.*")


@dataclass
class Comment:
    """A comment: one after code, or lines of their own that belong together."""

    first: int
    last: int
    text: str
    stands_alone: bool

    def goes_on_with(self, other: "Comment") -> bool:
        """Tell whether the other is its next line."""
        lines = (self, other)
        alone = all(line.stands_alone and not SWITCH.match(line.text) for line in lines)
        return alone and other.first == self.last + 1


def comments(source: Source) -> list[Comment]:
    """Return the comments of a file."""
    tokens = tokenize.generate_tokens(io.StringIO(source.text).readline)
    found: list[Comment] = []
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        read = Comment(line, line, token.string, token.line.lstrip().startswith("#"))
        if found and found[-1].goes_on_with(read):
            found[-1] = replace(found[-1], last=line, text=f"{found[-1].text} {token.string.removeprefix('#').strip()}")
        else:
            found.append(read)
    return found


def share(files: Sequence[Source]) -> float:
    """Return what part of all lines holds a comment."""
    commented = sum(comment.last - comment.first + 1 for source in files for comment in comments(source))
    return commented / sum(len(source.text.splitlines()) for source in files)


def poor_comments(files: Sequence[Source]) -> list[str]:
    """Return the comments that are no whole sentence, that are code, or that switch a check off without reason."""
    said = [(source.path, comment) for source in files for comment in comments(source)]
    return [f"{path}:{comment.first}: {fault}" for path, comment in said for fault in _faults(comment.text)]


def _faults(text: str) -> Iterator[str]:
    if SWITCH.match(text):
        if not REASON.fullmatch(text):
            yield "switched off without a reason"
        return
    words = text.removeprefix("#").strip()
    if _is_code(words):
        yield "code in a comment"
    elif not (words[:1].isupper() and words.endswith((".", "?"))):
        yield "no whole sentence"


def _is_code(words: str) -> bool:
    try:
        body = ast.parse(words).body
    except SyntaxError:
        return False
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call | ast.Await) for node in body)


def test_comments_are_at_most_four_percent_of_all_lines() -> None:
    assert share(sources(*EVERYTHING)) <= SHARE_MAX


def test_comments_are_whole_sentences_and_no_code() -> None:
    assert poor_comments(sources(*EVERYTHING)) == []


def test_a_poor_comment_is_seen() -> None:
    file = Source(
        "a.py",
        "# The bank counts from one.\n"
        "a = 1\n"
        "# a = 2\n"
        "b = 1  # increment\n"
        "# Two lines that together\n"
        "# are one sentence.\n"
        "c = 1  # noqa: E501\n"
        "d = 1  # noqa: E501 - an address cannot be broken\n"
        "e = f()  # type: ignore\n",
    )

    assert poor_comments([file]) == [
        "a.py:3: code in a comment",
        "a.py:4: no whole sentence",
        "a.py:7: switched off without a reason",
        "a.py:9: switched off without a reason",
    ]
    assert share([file]) > SHARE_MAX
