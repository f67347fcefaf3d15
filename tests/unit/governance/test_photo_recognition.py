"""A photo is recognised after recompression and scaling, and no other photo is taken for it."""

import pytest
from PIL import Image

from shared.photos.cleaning import clean
from shared.photos.phash import perceptual_hash
from shared.photos.picture import FEATURES_MIN, are_alike
from tests.component.governance.pictures import encoded, jpeg, picture, sent_again

DISTANCE_MAX = 8
PICTURES = range(12)


@pytest.mark.parametrize(("quality", "scale"), [(90, 1.0), (60, 0.9), (40, 0.5), (20, 0.7), (85, 0.25), (70, 1.3)])
def test_a_photo_is_recognised_however_it_was_compressed_and_scaled(quality: int, scale: float) -> None:
    for number in PICTURES:
        first = clean(jpeg(number))

        again = clean(sent_again(jpeg(number), quality, scale))

        assert are_alike(first.phash, again.phash, DISTANCE_MAX), number


def test_a_photo_is_recognised_after_it_went_through_the_cleaning_and_a_messenger() -> None:
    first = clean(jpeg(7))

    again = clean(sent_again(sent_again(first.jpeg, 50), 40, 1.5))

    assert are_alike(first.phash, again.phash, DISTANCE_MAX)


def test_a_photo_is_recognised_in_another_file_format() -> None:
    hashes = {clean(encoded(picture(3), form)).phash for form in ("JPEG", "PNG", "WEBP")}

    first = hashes.pop()

    assert all(are_alike(first, other, DISTANCE_MAX) for other in hashes)


def test_different_photos_are_not_taken_for_one_another() -> None:
    hashes = [perceptual_hash(picture(number)) for number in range(80)]

    alike = [
        (one, other) for one in range(80) for other in range(one) if are_alike(hashes[one], hashes[other], DISTANCE_MAX)
    ]

    assert alike == []


@pytest.mark.parametrize("colour", ["black", "white", "grey"])
def test_a_picture_on_which_nothing_can_be_seen_is_like_no_other(colour: str) -> None:
    flat = perceptual_hash(Image.new("RGB", (400, 300), colour))

    assert not are_alike(flat, flat, DISTANCE_MAX)
    assert not are_alike(flat, perceptual_hash(picture(1)), DISTANCE_MAX)


def test_a_hash_has_64_bits_of_which_ordinary_pictures_set_enough_to_compare() -> None:
    hashes = [perceptual_hash(picture(number)) for number in PICTURES]

    assert all(0 <= value < 2**64 for value in hashes)
    assert all(value.bit_count() > FEATURES_MIN for value in hashes)


def test_two_hashes_are_alike_up_to_the_stated_distance_and_no_further() -> None:
    one = 0xFFFF_FFFF_0000_0000

    assert are_alike(one, one ^ 0xFF, 8)
    assert not are_alike(one, one ^ 0x1FF, 8)
