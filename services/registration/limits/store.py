"""Every query on the limits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from services.registration.limits.models import LimitBucket, LimitUse
from services.registration.limits.problems import TOO_MANY, TOO_MANY_CHANGES
from services.registration.limits.rules import LONGEST_WINDOW, Limit, free_at, limit_rule, wait_s
from services.registration.models import table_of
from services.registration.ports import Ports
from shared.db.upsert import delete_unlocked, upsert
from shared.messaging import new_id, now


def take_use(session: Session, limits: Sequence[Limit], keys: Mapping[str, str], use_id: str, moment: datetime) -> None:
    """Count one use of every bucket that is limited; raises TOO_MANY, with nothing counted, when a limit is reached."""
    wait = find_wait(session, limits, keys, use_id, moment)
    if wait > 0:
        raise TOO_MANY(retry_after_s=wait)


def take_change(session: Session, ports: Ports, bucket: str, rider_id: str) -> None:
    """Count a change of a kind by a rider; raises TOO_MANY_CHANGES where the rider has made all of a day's."""
    moment = now(session)
    limited = [limit for limit in limit_rule(moment, ports.limits).rider_changes if limit.bucket == bucket]
    keys = {bucket: ports.secrets.digest("limit", "rider", rider_id)}
    wait = find_wait(session, limited, keys, new_id(session, "limit-use"), moment)
    if wait > 0:
        raise TOO_MANY_CHANGES(limit=max(limit.uses_max for limit in limited), retry_after_s=wait)


def find_wait(session: Session, limits: Sequence[Limit], keys: Mapping[str, str], use_id: str, moment: datetime) -> int:
    """Count one use of every bucket that is limited, or return for how many seconds a limit is reached."""
    limited = {limit.bucket: keys[limit.bucket] for limit in limits}
    _lock(session, limited, moment)
    wait = wait_s(moment, [_free_at(session, limit, keys[limit.bucket]) for limit in limits])
    if wait > 0:
        return wait

    rows = [{"id": use_id, "bucket": bucket, "key": key, "used_at": moment} for bucket, key in sorted(limited.items())]
    session.execute(insert(LimitUse), rows)
    _forget_old(session, moment)
    return 0


def give_back(session: Session, use_id: str) -> None:
    """Let a use count no more: the try was right."""
    session.execute(delete(LimitUse).where(LimitUse.id == use_id))


def _lock(session: Session, keys: Mapping[str, str], moment: datetime) -> None:
    """Touch each bucket, made or not: an upsert locks the row even where it was deleted a moment ago."""
    for bucket, key in sorted(keys.items()):
        upsert(session, table_of(LimitBucket), [{"bucket": bucket, "key": key, "last_used_at": moment}])


def _free_at(session: Session, limit: Limit, key: str) -> datetime | None:
    newest = None if limit.pause is None else _newest(session, limit, key, 1)
    return free_at(limit, _newest(session, limit, key, limit.uses_max), newest)


def _newest(session: Session, limit: Limit, key: str, nth: int) -> datetime | None:
    uses = select(LimitUse.used_at).where(LimitUse.bucket == limit.bucket, LimitUse.key == key)
    return session.scalar(uses.order_by(LimitUse.used_at.desc()).offset(nth - 1).limit(1))


def _forget_old(session: Session, moment: datetime) -> None:
    before = moment - LONGEST_WINDOW
    delete_unlocked(session, table_of(LimitUse), LimitUse.used_at < before)
    delete_unlocked(session, table_of(LimitBucket), LimitBucket.last_used_at < before)
