"""A 64-bit perceptual hash: the signs of a picture's 64 broadest waves.

The picture, in grey and scaled to 32 by 32, is taken apart into cosine waves; for the 64 lowest after the mean, in
order of their frequency, a bit says whether the wave begins low, by more than recompression can make of nothing. So
scaling and recompression change few bits, and flat parts of a picture none.
"""

import math
from collections.abc import Sequence
from functools import cache

from PIL import Image

SIDE = 32
BITS = 64
NOISE = 0.5
"""The height of a wave, in levels of grey, that recompression may add."""

WAVES = sorted(((u, v) for u in range(12) for v in range(12)), key=lambda wave: (sum(wave), wave))[1 : BITS + 1]


def perceptual_hash(image: Image.Image) -> int:
    """Return the hash of a picture, as a number below 2**64."""
    grey = image.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return sum(1 << place for place, height in enumerate(_heights(grey.tobytes())) if height < -NOISE)


def _heights(levels: bytes) -> list[float]:
    """Return the height of each wave, in levels of grey."""
    rows = [levels[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)]
    across = [[_fit(u, row) for row in rows] for u in range(1 + max(u for u, _ in WAVES))]
    return [_fit(v, across[u]) for u, v in WAVES]


def _fit(wave: int, levels: Sequence[float]) -> float:
    return sum(cosine * level for cosine, level in zip(_cosines(wave), levels, strict=True)) * 2 / SIDE


@cache
def _cosines(wave: int) -> tuple[float, ...]:
    return tuple(math.cos(math.pi * wave * (2 * place + 1) / (2 * SIDE)) for place in range(SIDE))
