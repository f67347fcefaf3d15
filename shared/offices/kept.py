"""The offices of staff in a service that hears of them from registration."""

from sqlalchemy import Boolean, Column, Date, MetaData, Table, Text, select
from sqlalchemy.orm import Session

from shared.auth import Principal
from shared.db.upsert import upsert
from shared.events.envelope import DISTRICT, Envelope
from shared.events.registration import StaffAppointedV1, StaffEndedV1
from shared.messaging.handlers import Handlers, each
from shared.offices.standing import Office
from shared.told import Record, Rows


class KeptOffices:
    """The table `appointment` of one service, and the handlers that keep it; a place is 110108 for the district."""

    def __init__(self, metadata: MetaData) -> None:
        self.table = Table(
            "appointment",
            metadata,
            Column("id", Text, primary_key=True),
            Column("staff_id", Text, nullable=False, index=True),
            Column("role", Text, nullable=False),
            Column("subdistrict", Text, nullable=False),
            Column("ends_on", Date),
            Column("ended", Boolean, nullable=False),
        )

    @property
    def handlers(self) -> Handlers:
        """What the service does about registration's events of staff."""
        return {StaffAppointedV1: each(self.keep_appointment), StaffEndedV1: each(self.end_appointment)}

    @property
    def record(self) -> Record:
        """How the rows of the table follow from registration's events."""
        return Record(model=self.table, rider=None, steps={StaffAppointedV1: _appointed, StaffEndedV1: _ended})

    def keep_appointment(self, session: Session, event: StaffAppointedV1) -> None:
        """Keep an office that somebody holds from now on."""
        self._keep(session, event, Office(event.ends_on, ended=False))

    def end_appointment(self, session: Session, event: StaffEndedV1) -> None:
        """Keep that somebody holds an office no more; one never heard of is kept as ended."""
        last_day = select(self.table.c.ends_on).where(self.table.c.id == event.appointment_id)
        self._keep(session, event, Office(session.scalar(last_day), ended=True))

    def list_offices(self, session: Session, staff: Principal) -> list[Office]:
        """Return the appointments of somebody to the office that the token names."""
        kept = self.table.c
        wanted = select(kept.ends_on, kept.ended).where(
            kept.staff_id == staff.id,
            kept.role == staff.role.value,
            kept.subdistrict == (staff.subdistrict or DISTRICT),
        )
        return [Office(row.ends_on, row.ended) for row in session.execute(wanted)]

    def _keep(self, session: Session, event: StaffAppointedV1 | StaffEndedV1, office: Office) -> None:
        row = {
            "id": event.appointment_id,
            "staff_id": event.staff_id,
            "role": event.role,
            "subdistrict": event.subdistrict,
            "ends_on": office.ends_on,
            "ended": office.ended,
        }
        upsert(session, self.table, [row])


def _appointed(rows: Rows, event: StaffAppointedV1, _envelope: Envelope) -> None:
    rows.put(event.appointment_id, **event.model_dump(exclude={"appointment_id", "starts_on"}), ended=False)


def _ended(rows: Rows, event: StaffEndedV1, _envelope: Envelope) -> None:
    rows.put(event.appointment_id, ended=True)
