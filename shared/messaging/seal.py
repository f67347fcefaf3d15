"""How an event is sealed into its log, and what a numbered event looks like on the wire."""

import hashlib
from dataclasses import dataclass

GENESIS = "0" * 64


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


def wire_document(document: str, numbers: Numbers) -> str:
    """Return the stored document with the relay's four attributes set at its end."""
    return (
        f'{document[:-1]},"sequence":{numbers.sequence},"position":{numbers.position}'
        f',"previous":"{numbers.previous}","seal":"{numbers.seal}"}}'
    )


def stored_document(wire: str) -> str:
    """Return the stored bytes of a wire document: the inverse of `wire_document`."""
    return wire[: wire.rindex(',"sequence":')] + "}"
