"""Pictures as phones take them: JPEG files that carry the place in their EXIF."""

from io import BytesIO

from PIL import ExifTags, Image, ImageDraw
from PIL.Image import Exif, Resampling

SIZE = (1600, 1200)
DEGREE_PARTS = 60


def photo(scene: int, *, lat: float, lon: float, maker: str = "Trial Phone") -> bytes:
    """Return a JPEG of a drawn scene, with the point and the phone's maker in its EXIF."""
    return _saved(_drawn(scene), _exif(lat, lon, maker), quality=92)


def recompressed(jpeg: bytes) -> bytes:
    """Return the picture as a messenger passes it on: smaller, coarser, without EXIF."""
    with Image.open(BytesIO(jpeg)) as picture:
        smaller = picture.resize((SIZE[0] * 3 // 4, SIZE[1] * 3 // 4), Resampling.LANCZOS)
    return _saved(smaller, None, quality=60)


def has_metadata(jpeg: bytes) -> bool:
    """Tell whether a JPEG carries EXIF, a place among it, or any other application data."""
    with Image.open(BytesIO(jpeg)) as picture:
        return bool(picture.getexif()) or bool({"exif", "comment", "icc_profile", "xmp"} & picture.info.keys())


def _drawn(scene: int) -> Image.Image:
    """Draw a yard with a row of e-bikes; another number is another yard."""
    picture = Image.new("RGB", SIZE, (150 + scene * 17 % 80, 190, 225))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 700, SIZE[0], SIZE[1]), fill=(90, 95 + scene * 7 % 60, 90))
    pen.rectangle((100 + scene * 137 % 900, 150, 600 + scene * 137 % 900, 720), fill=(170, 120, 100))
    for place in range(6):
        left = 80 + place * 250 + scene * 61 % 120
        _draw_bike(pen, left, 820 + (scene * 53 + place * 29) % 150)
    pen.ellipse((1100 - scene * 211 % 800, 60, 1300 - scene * 211 % 800, 260), fill=(250, 210 - scene * 23 % 120, 60))
    return picture


def _draw_bike(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
    for wheel in (left, left + 110):
        pen.ellipse((wheel, top + 60, wheel + 70, top + 130), outline=(20, 20, 20), width=9)
    pen.polygon([(left + 35, top + 95), (left + 75, top + 20), (left + 145, top + 95)], fill=(230, 190, 40))


def _exif(lat: float, lon: float, maker: str) -> Exif:
    exif = Exif()
    exif[ExifTags.Base.Make] = maker
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", _degrees(lat)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", _degrees(lon)
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    whole, rest = divmod(value, 1)
    minutes, rest = divmod(rest * DEGREE_PARTS, 1)
    return whole, minutes, round(rest * DEGREE_PARTS, 3)


def _saved(picture: Image.Image, exif: Exif | None, quality: int) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality, exif=exif or b"")
    return buffer.getvalue()
