"""What governance is given from outside when it is built."""

from dataclasses import dataclass, field

from shared.photos.picture import Inspect
from shared.photos.store import PhotoStore
from shared.photos.turns import Turns


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where photos are kept, what looks at them first, and in whose turn."""

    photos: PhotoStore
    inspect: Inspect
    turns: Turns = field(default_factory=Turns)
