"""What governance is given from outside when it is built."""

from dataclasses import dataclass

from shared.photos.picture import Inspect
from shared.photos.store import PhotoStore


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where photos are kept, and what looks at them first."""

    photos: PhotoStore
    inspect: Inspect
