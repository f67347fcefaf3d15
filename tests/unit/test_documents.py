"""The document of an event that a service tells is, byte for byte, what its envelope would write."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import SCHEMA_ROOT, Envelope, document_of
from shared.events.rewards import PointsAwardedV1

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8))])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - Hypothesis wants its bounds without a zone
IDS = st.from_regex(r"[!-~]{1,400}", fullmatch=True)


@given(moment=MOMENTS, row_id=IDS, word=st.text(), trace=st.none() | st.text())
def test_a_document_is_what_its_envelope_writes(moment: datetime, row_id: str, word: str, trace: str | None) -> None:
    facts = {"subdistrict": word, "rider_id": row_id, "entry_id": word, "lot_id": word, "cause_kind": word}
    event = PointsAwardedV1(**facts, cause_id=word, points=20, expires_at=moment)
    attributes = {"actor": word, "correlationid": word, "causationid": None, "traceparent": trace}

    envelope = Envelope(
        id=row_id,
        source="/rewards",
        type=event.type_name(),
        subject=row_id,
        time=moment,
        dataschema=f"{SCHEMA_ROOT}/points-awarded.v1",
        partitionkey=row_id,
        subdistrict=word,
        data=event.model_dump(mode="json"),
        **attributes,
    )

    assert document_of(event, id=row_id, source="rewards", time=moment, **attributes) == envelope.document()
