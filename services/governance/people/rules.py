"""What decides about people: where a rider belongs, and which consents bind."""

PHOTO, PRECISE_LOCATION = "photo", "precise-location"
"""The purposes of registration's consents that bind here."""


def home_of(in_token: str | None, as_told: str | None) -> str | None:
    """Return the sub-district of a rider: the token's, or else what registration told us.

    The token goes first so that the answer is the same whether or not the rider's events have arrived yet.
    """
    return in_token or as_told
