"""Turns at decoding: bounded in number and in time, one of a person, and given back however they end."""

import pytest

from shared.photos.picture import DecoderBusyError, NotAPhotoError, PhotoInHandError
from shared.photos.turns import Turns

AT_ONCE = 0.01


def test_whoever_waits_too_long_for_a_turn_is_told_to_come_back() -> None:
    turns = Turns(at_once_max=1, wait_max_s=AT_ONCE)

    with turns.turn("one"), pytest.raises(DecoderBusyError), turns.turn("other"):
        pass

    with turns.turn("other"):
        pass


def test_whoever_comes_above_those_that_may_wait_does_not_wait() -> None:
    turns = Turns(in_hand_max=1)

    with turns.turn("one"), pytest.raises(DecoderBusyError), turns.turn("other"):
        pass

    with turns.turn("other"):
        pass


def test_nobody_has_two_in_hand() -> None:
    turns = Turns()

    with turns.turn("one"), pytest.raises(PhotoInHandError), turns.turn("one"):
        pass

    with turns.turn("one"):
        pass


def test_a_turn_is_given_back_where_the_photo_is_refused() -> None:
    turns = Turns(at_once_max=1, in_hand_max=1, wait_max_s=AT_ONCE)

    for _ in range(2):
        with pytest.raises(NotAPhotoError), turns.turn("one"):
            raise NotAPhotoError
