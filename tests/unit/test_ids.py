"""Ids are UUIDs of version 7: a moment first, then what tells them apart."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.random import derived_id, uuid7

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants its bounds without a zone


@given(MOMENTS, st.binary(min_size=10, max_size=32))
def test_an_id_is_a_uuid_of_version_7_that_begins_with_its_moment(moment: datetime, entropy: bytes) -> None:
    made = uuid7(moment, entropy)

    parsed = UUID(made)
    assert (str(parsed), parsed.version, parsed.variant) == (made, 7, RFC_4122)
    assert parsed.bytes[-7:] == entropy[3:10]
    assert timedelta() <= moment - datetime.fromtimestamp((parsed.int >> 80) / 1000, UTC) < timedelta(milliseconds=2)


def test_words_that_are_cut_elsewhere_lead_to_another_id() -> None:
    moment = datetime(2026, 9, 18, tzinfo=UTC)

    assert derived_id(moment, "a", "bc") == derived_id(moment, "a", "bc") != derived_id(moment, "ab", "c")
