"""What is personal in orders: the words of wishes (table `wish`), and whose orders they are."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.training.courses.models import CourseOrder, Rider, Wish
from shared.keys.ring import KeyDestroyedError
from shared.messaging import keys


def keep_words(session: Session, rider_id: str, order_id: str, words: str) -> None:
    """Keep a wish, sealed under the rider's key. Raises KeyDestroyedError for an erased rider."""
    sealed = keys(session).seal_text(rider_id, f"wish.words/{order_id}", words)
    session.add(Wish(order_id=order_id, rider_id=rider_id, words=sealed))


def find_words(session: Session, order_id: str) -> str | None:
    """Return the words of an order, None for an order from the catalogue or of an erased rider."""
    wish = session.scalar(select(Wish).where(Wish.order_id == order_id))
    if wish is None:
        return None
    try:
        return keys(session).open_text(wish.rider_id, f"wish.words/{order_id}", wish.words)
    except KeyDestroyedError:
        return None


def erase(session: Session, rider_id: str) -> None:
    """Delete the rider and the rider's words; orders stay, without rider and settled."""
    session.execute(delete(Wish).where(Wish.rider_id == rider_id))
    session.execute(delete(Rider).where(Rider.id == rider_id))
    session.execute(update(CourseOrder).where(CourseOrder.rider_id == rider_id).values(rider_id=None, active=False))
