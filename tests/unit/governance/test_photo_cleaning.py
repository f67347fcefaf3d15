"""What is kept of a photo: an upright JPEG of bounded size, and nothing else of the file."""

import pytest
from PIL import ExifTags, Image

from shared.photos.cleaning import clean
from shared.photos.picture import SIDE_MAX
from tests.component.governance.pictures import HAIDIAN_GPS, decoded, encoded, jpeg, jpeg_with_gps, picture


def markers(body: bytes) -> set[int]:
    """Return the kinds of segments before a JPEG's picture data."""
    found, at = set(), 2
    while body[at + 1] != 0xDA:
        found.add(body[at + 1])
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return found


def test_gps_and_everything_else_in_exif_is_gone() -> None:
    sent = jpeg_with_gps()
    assert decoded(sent).getexif().get_ifd(ExifTags.IFD.GPSInfo) == HAIDIAN_GPS

    kept = clean(sent)

    assert not decoded(kept.jpeg).getexif()
    assert b"Exif" not in kept.jpeg
    assert b"Placeholder" not in kept.jpeg


def test_only_the_segments_of_a_bare_jpeg_are_left() -> None:
    profile = b"profile" * 100
    sent = jpeg(comment=b"<script>", icc_profile=profile, xmp=b"<x:xmpmeta>secret</x:xmpmeta>")
    assert markers(sent) & {0xFE, 0xE1, 0xE2} == {0xFE, 0xE1, 0xE2}

    kept = clean(sent)

    assert markers(kept.jpeg) == {0xE0, 0xDB, 0xC0, 0xC4}
    assert not any(trace in kept.jpeg for trace in (b"script", b"profile", b"secret"))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_exif_of_other_formats_is_gone_too(form: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Placeholder Phones"

    kept = clean(encoded(picture(1), form, exif=exif))

    assert b"Placeholder" not in kept.jpeg
    assert decoded(kept.jpeg).format == "JPEG"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_orientation_says(orientation: int) -> None:
    quarters = Image.new("RGB", (80, 60), "white")
    quarters.paste("red", (0, 0, 40, 30))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation

    kept = decoded(clean(encoded(quarters, exif=exif)).jpeg)

    corners = {1: "nw", 2: "ne", 3: "se", 4: "sw", 5: "nw", 6: "ne", 7: "se", 8: "sw"}
    assert kept.size == ((80, 60) if orientation < 5 else (60, 80))
    assert red_corner(kept) == corners[orientation]


def red_corner(image: Image.Image) -> str:
    """Return the corner in which the picture is red."""
    width, height = image.size
    places = {"nw": (5, 5), "ne": (width - 6, 5), "sw": (5, height - 6), "se": (width - 6, height - 6)}
    pixels = {name: image.getpixel(place) for name, place in places.items()}
    return next(name for name, pixel in pixels.items() if isinstance(pixel, tuple) and pixel[1] < 100)


def test_a_large_photo_is_scaled_down_and_keeps_its_proportions() -> None:
    kept = clean(encoded(picture(1, (4000, 3000))))

    assert (kept.width, kept.height) == (SIDE_MAX, 1536)
    assert decoded(kept.jpeg).size == (SIDE_MAX, 1536)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixels_becomes_plain_colours(mode: str) -> None:
    source = Image.new("I;16", (64, 64)) if mode == "I;16" else picture(2, (64, 64)).convert(mode)
    form = "JPEG" if mode == "CMYK" else "PNG"

    kept = clean(encoded(source, form))

    assert decoded(kept.jpeg).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    kept = decoded(clean(encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")).jpeg)

    assert kept.getpixel((32, 32)) == (255, 255, 255)


def test_the_first_picture_of_an_animation_is_kept() -> None:
    frames = [picture(number, (64, 64)) for number in (1, 2)]

    kept = clean(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))

    assert kept.phash == clean(encoded(frames[0], "WEBP", lossless=True)).phash
