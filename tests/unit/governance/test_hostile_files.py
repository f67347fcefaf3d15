"""Files made to do harm: each is refused for its reason, or loses everything but its picture."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable

import pytest
from PIL import ExifTags, Image

from shared.photos.cleaning import clean
from shared.photos.decoder import inspect_apart
from shared.photos.picture import (
    BODY_MAX_BYTES,
    CleanPhoto,
    DamagedPhotoError,
    NotAPhotoError,
    PhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    TooManyPixelsError,
)
from tests.architecture.tree import ROOT
from tests.component.governance.pictures import decoded, encoded, jpeg, picture


def zipped() -> bytes:
    """Return an archive with a page in it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """Return a small PNG that claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + _chunk(b"IEND", b"")
    )


def png_with_text(amount: int) -> bytes:
    """Return a PNG with a text chunk that unpacks to an amount of bytes."""
    body = encoded(picture(1, (64, 64)), "PNG")
    text = _chunk(b"zTXt", b"note\0\0" + zlib.compress(b"a" * amount))
    return body[:33] + text + body[33:]


def jpeg_with_huge_exif() -> bytes:
    """Return a JPEG with as much EXIF as a segment holds."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "secret" * 10_000
    return jpeg(exif=exif)


def jpeg_with_broken_exif() -> bytes:
    """Return a JPEG whose EXIF leads nowhere."""
    body = jpeg()
    broken = b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\xff" * 50
    return body[:2] + b"\xff\xe1" + struct.pack(">H", len(broken) + 2) + broken + body[2:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


REFUSED: dict[str, tuple[Callable[[], bytes], type[PhotoError]]] = {
    "nothing": (lambda: b"", NotAPhotoError),
    "words": (lambda: b"this is no photo", NotAPhotoError),
    "a page": (lambda: b"<html><body onload=alert(1)>", NotAPhotoError),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", NotAPhotoError),
    "an archive": (zipped, NotAPhotoError),
    "a PDF": (lambda: b"%PDF-1.7\n%", NotAPhotoError),
    "a PNG that is really a TIFF": (lambda: encoded(picture(1), "TIFF"), NotAPhotoError),
    "a PNG that is really an EPS": (lambda: encoded(picture(1), "EPS"), NotAPhotoError),
    "a GIF": (lambda: encoded(picture(1), "GIF"), NotAPhotoError),
    "a BMP": (lambda: encoded(picture(1), "BMP"), NotAPhotoError),
    "a JPEG's first bytes": (lambda: b"\xff\xd8\xff\xe0", NotAPhotoError),
    "half a JPEG": (lambda: jpeg()[: len(jpeg()) // 2], DamagedPhotoError),
    "a JPEG without its last tenth": (lambda: jpeg()[: len(jpeg()) * 9 // 10], DamagedPhotoError),
    "half a PNG": (lambda: encoded(picture(1), "PNG")[:5000], DamagedPhotoError),
    "half a WebP": (lambda: encoded(picture(1), "WEBP")[:3000], DamagedPhotoError),
    "a PNG with less in it than it claims": (lambda: png_claiming(3000, 3000), DamagedPhotoError),
    "a PNG whose text unpacks to 100 MB": (lambda: png_with_text(100_000_000), DamagedPhotoError),
    "a bomb of 900 million pixels": (lambda: png_claiming(30_000, 30_000), TooManyPixelsError),
    "a bomb one pixel wide": (lambda: png_claiming(1, 2**31 - 1), TooManyPixelsError),
    "a bomb just over the limit": (lambda: png_claiming(8_001, 5_000), TooManyPixelsError),
    "a single pixel": (lambda: encoded(picture(1, (64, 64)).resize((1, 1)), "PNG"), PhotoTooSmallError),
    "over 8 MiB": (lambda: jpeg() + b"\0" * BODY_MAX_BYTES, PhotoTooLargeError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_honest_photo_is_refused_for_its_reason(name: str) -> None:
    make, reason = REFUSED[name]
    body = make()

    with pytest.raises(reason):
        clean(body)


@pytest.mark.parametrize("name", ["half a JPEG", "a PNG that is really a TIFF", "a bomb of 900 million pixels"])
def test_the_reason_is_the_same_when_the_decoder_runs_apart(name: str) -> None:
    make, reason = REFUSED[name]
    body = make()

    with pytest.raises(reason):
        inspect_apart(body)


def test_what_is_over_8_mib_does_not_even_reach_the_decoder() -> None:
    with pytest.raises(PhotoTooLargeError):
        inspect_apart(jpeg() + b"\0" * BODY_MAX_BYTES)


@pytest.mark.parametrize(
    "tail",
    [zipped(), b"<html><script>alert(1)</script>", b"%PDF-1.7", b"\0" * 100_000],
    ids=["zip", "html", "pdf", "nil"],
)
def test_what_is_appended_to_a_photo_is_dropped(tail: bytes) -> None:
    plain = clean(jpeg())

    kept = inspect_apart(jpeg() + tail)

    assert kept == plain
    assert not zipfile.is_zipfile(io.BytesIO(kept.jpeg))


def test_a_page_hidden_in_a_comment_is_dropped() -> None:
    kept = inspect_apart(jpeg(comment=b"<script>alert(1)</script>"))

    assert b"script" not in kept.jpeg


def test_huge_and_broken_exif_neither_stops_a_photo_nor_survives() -> None:
    for body in (jpeg_with_huge_exif(), jpeg_with_broken_exif()):
        kept = inspect_apart(body)

        assert b"secret" not in kept.jpeg
        assert b"Exif" not in kept.jpeg
        assert decoded(kept.jpeg).size == (800, 600)


def test_where_memory_ends_the_decoder_is_the_first_to_go() -> None:
    program = "from shared.photos.decode import _limit; _limit(); print(open('/proc/self/oom_score_adj').read())"

    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - the line above

    assert int(said.stdout) == 1000


def test_what_the_decoder_keeps_is_the_same_in_a_process_of_its_own() -> None:
    assert inspect_apart(jpeg(5)) == clean(jpeg(5))


def test_a_broken_answer_of_the_imaging_library_is_a_damaged_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_body: object, formats: object) -> CleanPhoto:
        raise ValueError(formats)

    monkeypatch.setattr(Image, "open", fail)

    with pytest.raises(DamagedPhotoError):
        clean(jpeg())
