"""A notify service on a bench, and what a rider sees of it."""

from collections.abc import Callable
from itertools import count
from typing import Any

from services.notify.channels import Message, SMSRoute, UndeliverableError
from services.notify.service import build, sender
from shared.auth import Principal, Role
from shared.events.registration import ConsentChangedV1, PreferencesChangedV1, RiderRegisteredV1
from tests.component.notify.samples import HERE, OTHER, RIDER
from tests.harness import Bench
from tests.stores import bytes_of

LI = Principal(id=RIDER, role=Role.RIDER, subdistrict="110108005")
WANG = Principal(id=OTHER, role=Role.RIDER, subdistrict="110108005")
STAFF = Principal(id="staff-1", role=Role.SUBDISTRICT_STAFF, subdistrict="110108005")


class Outside:
    """Numbers and a sender that fail as they are told to; `sent` is what arrived."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {RIDER: "13800138000"}
        self.sent: list[Message] = []
        self.down = False
        self.refuses: str | None = None
        self.instead: Callable[[Message], None] | None = None

    def phone_of(self, rider_id: str) -> str | None:
        """Return a rider's number."""
        return self.numbers.get(rider_id)

    def send(self, message: Message) -> None:
        """Take a message, fail, or do something else `instead`, once."""
        instead, self.instead = self.instead, None
        if instead is not None:
            instead(message)
        elif self.down:
            raise ConnectionError
        elif self.refuses is not None:
            raise UndeliverableError(self.refuses)
        else:
            self.sent.append(message)


class Stage:
    """The bench, what stands outside of it, and requests by whoever makes them."""

    def __init__(self) -> None:
        self.bench = Bench(build())
        self.outside = Outside()
        self.route = SMSRoute(phones=self.outside, channel=self.outside)
        self._keys = count()

    def register(self, rider_id: str = RIDER, language: str = "en") -> None:
        """Let a rider be registered, and forget the welcome."""
        self.bench.apply(RiderRegisteredV1(**HERE, rider_id=rider_id, platform="meituan", language=language))

    def prefer(self, language: str, *muted: str, rider_id: str = RIDER) -> None:
        """Let a rider choose."""
        self.bench.apply(PreferencesChangedV1(**HERE, rider_id=rider_id, language=language, muted=muted))

    def allow_sms(self, *, granted: bool = True) -> None:
        """Let the rider consent to text messages, or withdraw it."""
        about = {"purpose": "sms-notices", "wording": "1"}
        self.bench.apply(ConsentChangedV1(**HERE, rider_id=RIDER, granted=granted, **about))

    def inbox(self, who: Principal = LI, query: str = "") -> list[dict[str, Any]]:
        """Return what a person reads, newest first."""
        items: list[dict[str, Any]] = self.bench.http(who).get(f"/api/notify/notices{query}").json()["items"]
        return items

    def templates(self, who: Principal = LI) -> list[str]:
        """Return the templates of a person's inbox, newest first."""
        return [notice["template"] for notice in self.inbox(who)]

    def unread(self, who: Principal = LI) -> int:
        """Return a person's unread count."""
        return int(self.bench.http(who).get("/api/notify/notices/unread-count").json()["unread"])

    def post(self, who: Principal, path: str) -> int:
        """Send a command without body; return the status."""
        headers = {"Idempotency-Key": f"key-{next(self._keys)}"}
        return int(self.bench.http(who).post(f"/api/notify{path}", headers=headers).status_code)

    def bytes_on_disk(self) -> bytes:
        """Return every byte of the store: the database, its log and its index."""
        return bytes_of(self.bench.store)

    def send_due(self) -> int:
        """Send the text messages that are due."""
        return sender(self.bench.node, self.route)()
