"""`python -m cheqi.asyncapi write|check`: the AsyncAPI document, from event classes and every service's handlers."""

import sys
from collections.abc import Mapping
from pathlib import Path

from services.governance.people import handlers as governance
from services.notify import handlers as notify
from services.registration.erasures import handlers as registration
from services.rewards import service as rewards
from services.training.courses import handlers as training
from shared.events.contract.asyncapi import Events, asyncapi
from shared.events.contract.classes import event_classes
from shared.events.envelope import Event
from shared.events.registration import RiderErasedV1
from shared.messaging import Handlers

DOCUMENT = Path(__file__).parents[1] / "docs" / "asyncapi.json"
HANDLERS: Mapping[str, Handlers] = {
    "registration": registration.HANDLERS,
    "governance": governance.HANDLERS,
    "rewards": rewards.HANDLERS,
    "training": training.HANDLERS,
    "notify": notify.HANDLERS,
}


def main(command: str, page: Path) -> int:
    """Write the document, or tell whether it is what the classes and handlers say; return the exit status."""
    text = asyncapi(published(), heard())
    if command == "write":
        page.write_text(text, encoding="utf-8")
        return 0
    if page.exists() and page.read_text(encoding="utf-8") == text:
        return 0
    said = f"{page.name}: differs from the event classes and handlers. Run `make schemas` and look at what changed."
    print(said, file=sys.stderr)
    return 1


def published() -> Mapping[str, Events]:
    """Return what each service sends; what any service may send are answers to an erasure, which registration tells."""
    sent = [event for event in event_classes() if not event.internal]
    answers = [event for event in sent if not event.source]
    return {
        name: [event for event in sent if event.source == name] + _unless_eraser(name, answers) for name in HANDLERS
    }


def heard() -> Mapping[str, Events]:
    """Return what each service handles; an erasure is handled by the kit, in every service but its publisher."""
    return {name: [*handlers, *_unless_eraser(name, [RiderErasedV1])] for name, handlers in HANDLERS.items()}


def _unless_eraser(service: str, events: list[type[Event]]) -> list[type[Event]]:
    return events if service != RiderErasedV1.source else []


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit("usage: python -m cheqi.asyncapi write|check")
    sys.exit(main(sys.argv[1], DOCUMENT))
