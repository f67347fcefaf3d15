"""How an event is sealed into its log, and what a numbered event looks like on the wire."""

import hashlib
import re
from dataclasses import dataclass

GENESIS = "0" * 64
NUMBERS_MAX_CHARS = 300

_NUMBERS = re.compile(
    r',(?:"sequence":(?P<sequence>\d+),)?"position":(?P<position>\d+)'
    r'(?:,"previous":"(?P<previous>[0-9a-f]{64})")?,"seal":"(?P<seal>[0-9a-f]{64})"\}\Z'
)


@dataclass(frozen=True)
class Numbers:
    """What the relay gives an event: its place in the log and in its subject, and the seals that hold both.

    Internal events have no sequence and no `previous`: they stand in the log only.
    """

    position: int
    sequence: int | None
    previous: str | None
    seal: str


def seal_of(last: str, *, previous: str | None, position: int, sequence: int | None, document: str) -> str:
    """Return the seal: SHA-256 over the log's last seal, the subject's previous one, the numbers, the bytes."""
    head = f"{last}|{previous or ''}|{position}|{sequence or 0}|"
    return hashlib.sha256(head.encode() + document.encode()).hexdigest()


def is_sealed(last: str, document: str, numbers: Numbers) -> bool:
    """Tell whether a document with its numbers is what was sealed after `last`."""
    position, sequence = numbers.position, numbers.sequence
    expected = seal_of(last, previous=numbers.previous, position=position, sequence=sequence, document=document)
    return expected == numbers.seal


def wire_document(document: str, numbers: Numbers) -> str:
    """Return the stored document with the relay's attributes set at its end; an internal event has two of the four."""
    sequence = "" if numbers.sequence is None else f',"sequence":{numbers.sequence}'
    previous = "" if numbers.previous is None else f',"previous":"{numbers.previous}"'
    return f'{document[:-1]}{sequence},"position":{numbers.position}{previous},"seal":"{numbers.seal}"}}'


def read_wire(wire: str) -> tuple[str, Numbers]:
    """Return the stored bytes of a wire document and its numbers; raises ValueError where it has none."""
    found = _NUMBERS.search(wire, max(0, len(wire) - NUMBERS_MAX_CHARS))
    if found is None:
        message = "the document was not numbered by a relay"
        raise ValueError(message)
    sequence = None if found["sequence"] is None else int(found["sequence"])
    return wire[: found.start()] + "}", Numbers(int(found["position"]), sequence, found["previous"], found["seal"])


def stored_document(wire: str) -> str:
    """Return the stored bytes of a wire document: the inverse of `wire_document`."""
    return read_wire(wire)[0]
