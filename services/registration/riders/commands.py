"""What may be asked of a rider who is registered: other details, another sub-district."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.registration.limits import store as limits
from services.registration.limits.rules import DETAILS, MOVE
from services.registration.places.terms import ensure_subdistrict
from services.registration.ports import Ports
from services.registration.riders import personal, problems, rules, store
from services.registration.riders.models import Rider
from services.registration.riders.personal import Details
from services.registration.riders.schemas import Move, RiderChange
from shared.auth import STAFF, Principal, Role, authorize
from shared.errors import NOT_FOUND
from shared.events.registration import PreferencesChangedV1, RiderDetailsChangedV1, RiderMovedV1
from shared.messaging import emit


def change_details(session: Session, principal: Principal, change: RiderChange, ports: Ports) -> str:
    """Change what the body names; a masked value that came back keeps the real one. Return the rider's id.

    Raises TOO_MANY_CHANGES for a rider who changes details again and again; saving them as they stand is none.
    """
    authorize(principal, {Role.RIDER})
    rider = store.lock_rider(session, principal.id)
    fields = _change_preferences(session, rider, change)
    if fields:
        muted = store.list_muted(session, rider.id)
        chosen = PreferencesChangedV1(
            subdistrict=rider.subdistrict, rider_id=rider.id, language=rider.language, muted=muted
        )
        emit(session, chosen)

    fields += _change_personal(session, rider, change)
    if fields:
        limits.take_change(session, ports, DETAILS, rider.id)
        emit(session, RiderDetailsChangedV1(subdistrict=rider.subdistrict, rider_id=rider.id, fields=tuple(fields)))
    return rider.id


def move_rider(session: Session, principal: Principal, rider_id: str, move: Move, ports: Ports) -> str:
    """Let a rider belong to another sub-district; asked by the rider, or by staff of the present one.

    Raises TOO_MANY_CHANGES for a rider who moves again and again; what staff correct is not counted.
    """
    rider = store.lock_rider(session, rider_id)
    hidden = NOT_FOUND(kind="rider", id=rider_id)
    authorize(principal, STAFF | {Role.RIDER}, owner=rider.id, subdistrict=rider.subdistrict, hidden=hidden)
    ensure_subdistrict(move.subdistrict)
    if move.subdistrict == rider.subdistrict:
        raise problems.ALREADY_THERE(subdistrict=rider.subdistrict)

    if principal.role is Role.RIDER:
        limits.take_change(session, ports, MOVE, rider.id)
    previous, rider.subdistrict = rider.subdistrict, move.subdistrict
    emit(session, RiderMovedV1(subdistrict=rider.subdistrict, rider_id=rider.id, previous_subdistrict=previous))
    return rider.id


def _change_preferences(session: Session, rider: Rider, change: RiderChange) -> list[str]:
    changed = []
    if change.language is not None and change.language != rider.language:
        rider.language = change.language
        changed.append("language")
    if change.muted is not None and tuple(sorted(set(change.muted))) != store.list_muted(session, rider.id):
        store.keep_muted(session, rider.id, change.muted)
        changed.append("muted")
    return changed


def _change_personal(session: Session, rider: Rider, change: RiderChange) -> list[str]:
    details = personal.find_details(session, rider.id)
    if details is None:
        raise NOT_FOUND(kind="rider", id=rider.id)
    if change.phone not in {None, details.phone, rules.masked_phone(details.phone)}:
        raise problems.PHONE_FIXED()

    wanted = Details(
        phone=details.phone,
        name=_wanted(change, "name", details.name, rules.masked_name),
        email=_wanted(change, "email", details.email, rules.masked_email),
    )
    changed = [name for name in ("name", "email") if getattr(wanted, name) != getattr(details, name)]
    if changed:
        personal.keep_details(session, rider.id, wanted)
    return changed


def _wanted(change: RiderChange, field: str, real: str | None, mask: Callable[[str], str]) -> str | None:
    if field not in change.model_fields_set:
        return real
    value = rules.unmasked(getattr(change, field), real, mask)
    if value != real and rules.is_masked(value):
        raise problems.MASKED_VALUE(field=field)
    return value
