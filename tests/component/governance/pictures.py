"""Pictures for tests: made up from a number, so that the same number is always the same picture."""

import io
import random
from typing import Any

from PIL import ExifTags, Image, ImageDraw

SIZE = (800, 600)
HAIDIAN_GPS = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (39.0, 59.0, 24.0),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (116.0, 18.0, 36.0),
}


def picture(number: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return a picture with many shapes; another number is another picture."""
    source = random.Random(number)
    image = Image.new("RGB", size, _colour(source))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        left, top = source.randrange(size[0]), source.randrange(size[1])
        box = (left, top, left + source.randrange(20, size[0] // 2), top + source.randrange(20, size[1] // 2))
        shape = source.choice((draw.rectangle, draw.ellipse))
        shape(box, fill=_colour(source))
    return image


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def jpeg(number: int = 1, **options: Any) -> bytes:
    """Return a picture as a phone sends it."""
    return encoded(picture(number), quality=90, **options)


def jpeg_with_gps(number: int = 1) -> bytes:
    """Return a picture whose EXIF says where in Haidian it was taken, and with which phone."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Placeholder Phones"
    exif[ExifTags.IFD.GPSInfo] = HAIDIAN_GPS
    return jpeg(number, exif=exif)


def sent_again(body: bytes, quality: int = 40, scale: float = 0.5) -> bytes:
    """Return what a messenger makes of a photo: smaller and compressed anew."""
    image = decoded(body)
    smaller = image.resize((round(image.width * scale), round(image.height * scale)))
    return encoded(smaller, quality=quality)


def decoded(body: bytes) -> Image.Image:
    """Return the picture in a file."""
    return Image.open(io.BytesIO(body))


def _colour(source: random.Random) -> tuple[int, int, int]:
    return source.randrange(256), source.randrange(256), source.randrange(256)
