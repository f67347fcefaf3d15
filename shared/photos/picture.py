"""What a photo may be, what is left of it once it is clean, and why one is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

BODY_MAX_BYTES = 8 * 1024 * 1024
PIXELS_MAX = 40_000_000
SIDE_MIN = 32
SIDE_MAX = 2048
FEATURES_MIN = 12


@dataclass(frozen=True)
class CleanPhoto:
    """A photo as it is kept: a JPEG without metadata, its size in pixels, and its 64-bit perceptual hash."""

    jpeg: bytes
    width: int
    height: int
    phash: int


Inspect = Callable[[bytes], CleanPhoto]
"""Turns what somebody sent into a clean photo; raises PhotoError."""


class PhotoError(Exception):
    """What was sent cannot be kept as a photo; `code` says why."""

    code: ClassVar[str] = "photo-refused"


class PhotoTooLargeError(PhotoError):
    """It is over 8 MiB."""

    code = "photo-too-large"


class NotAPhotoError(PhotoError):
    """Its content is no JPEG, PNG or WebP, whatever it was called."""

    code = "not-a-photo"


class TooManyPixelsError(PhotoError):
    """It is over 40 million pixels."""

    code = "photo-too-many-pixels"


class PhotoTooSmallError(PhotoError):
    """A side is under 32 pixels: nothing can be seen on it."""

    code = "photo-too-small"


class DamagedPhotoError(PhotoError):
    """It is cut off, or broken inside."""

    code = "photo-damaged"


class CostlyPhotoError(PhotoError):
    """Decoding it took more time or memory than any honest photo does."""

    code = "photo-too-costly"


class DecoderBusyError(PhotoError):
    """Too many photos are being looked at; the same one may be sent again."""

    code = "photo-decoder-busy"


class PhotoInHandError(PhotoError):
    """Another photo of the same person is being looked at; this one may be sent after it."""

    code = "photo-in-hand"


REFUSALS: dict[str, type[PhotoError]] = {
    error.code: error
    for error in (
        PhotoTooLargeError,
        NotAPhotoError,
        TooManyPixelsError,
        PhotoTooSmallError,
        DamagedPhotoError,
        CostlyPhotoError,
    )
}
"""What the program that decodes may say of a photo."""


def are_alike(one: int, other: int, distance_max: int) -> bool:
    """Tell whether two perceptual hashes differ in no more than `distance_max` of 64 bits.

    A picture in which next to nothing stands out is like no other: a black one does not recognise another black one.
    """
    if min(one.bit_count(), other.bit_count()) < FEATURES_MIN:
        return False
    return (one ^ other).bit_count() <= distance_max
