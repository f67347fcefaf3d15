"""Making a photo clean: checked by its content, turned upright, scaled down, written anew without metadata."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from shared.photos.phash import perceptual_hash
from shared.photos.picture import (
    BODY_MAX_BYTES,
    PIXELS_MAX,
    SIDE_MAX,
    SIDE_MIN,
    CleanPhoto,
    CostlyPhotoError,
    DamagedPhotoError,
    NotAPhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    TooManyPixelsError,
)

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 85
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BROKEN = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, struct.error)


def clean(body: bytes) -> CleanPhoto:
    """Return what is kept of a photo; raises PhotoError. It decodes here and now: strangers' bytes go to `decoder`."""
    if len(body) > BODY_MAX_BYTES:
        raise PhotoTooLargeError
    with _quiet(), _open(body) as image:
        _check_size(image)
        upright = _upright(image)
    encoded = io.BytesIO()
    upright.save(encoded, "JPEG", quality=QUALITY)
    return CleanPhoto(encoded.getvalue(), upright.width, upright.height, perceptual_hash(upright))


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Pillow's warnings about size and damage pass: what they warn of is refused here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _open(body: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(body), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError from error
    except UnidentifiedImageError as error:
        raise NotAPhotoError from error
    except BROKEN as error:
        raise DamagedPhotoError from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > PIXELS_MAX:
        raise TooManyPixelsError
    if min(image.size) < SIDE_MIN:
        raise PhotoTooSmallError


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, scaled down and turned as its orientation says, with nothing else of the file."""
    turn = UPRIGHT.get(_orientation(image))
    try:
        image.draft(image.mode, (SIDE_MAX, SIDE_MAX))
        image.load()
        image.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
        plain = _on_white(image)
    except MemoryError as error:
        raise CostlyPhotoError from error
    except BROKEN as error:
        raise DamagedPhotoError from error
    return plain if turn is None else plain.transpose(turn)


def _on_white(image: Image.Image) -> Image.Image:
    """Return a new picture, which has no `info` of the old one: Pillow would write a comment of it back."""
    page = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        page.paste(seen, mask=seen.getchannel("A"))
    else:
        page.paste(image.convert("RGB"))
    return page


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1
