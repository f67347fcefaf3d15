"""Text messages: with consent, for what matters at once, one each, never lost without a word."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.notify.channels import Message
from services.notify.models import Delivery
from shared.events.governance import HazardVerifiedV1
from shared.events.notify import NoticeDeliveredV1, NoticeFailedV1
from shared.events.registration import RiderErasedV1
from shared.events.training import CertificateRevokedV1, ClassOpenedV1
from shared.messaging.local import LocalBus
from tests.component.notify.samples import CERTIFICATE, CLASS, HERE, RIDER, RIDERS_HAZARD
from tests.component.notify.stage import Stage

REVOKED = CertificateRevokedV1(**CERTIFICATE, reason="misuse")


@pytest.fixture
def ready(stage: Stage) -> Stage:
    """Return a stage on which the rider wants text messages and one is due."""
    stage.register(language="en")
    stage.allow_sms()
    stage.bench.apply(REVOKED)
    return stage


def _by_sms(stage: Stage) -> list[str]:
    return [event.template for event in stage.bench.told(NoticeDeliveredV1) if event.channel == "sms"]


def _reasons(stage: Stage) -> list[str]:
    return [event.reason for event in stage.bench.told(NoticeFailedV1)]


def test_what_is_critical_is_sent_once_in_the_language_of_the_notice(ready: Stage) -> None:
    tried = ready.send_due(), ready.send_due()

    (message,) = ready.outside.sent
    assert tried == (1, 0)
    assert (message.person_id, message.address) == (RIDER, "13800138000")
    assert message.text == "[Cheqi] Your certificate HD-2026-TRPZF1FA2 was revoked. See your inbox for details."
    assert _by_sms(ready) == ["certificate-revoked"]


def test_what_is_not_worth_a_text_message_is_in_the_inbox_only(stage: Stage) -> None:
    stage.allow_sms()
    stage.bench.apply(HazardVerifiedV1(**RIDERS_HAZARD, severity="low"), ClassOpenedV1(**CLASS, rider_ids=(RIDER,)))

    assert stage.send_due() == 0
    assert stage.outside.sent == []


@pytest.mark.parametrize("withdrawn", [True, False])
def test_nothing_is_sent_without_consent(stage: Stage, *, withdrawn: bool) -> None:
    if withdrawn:
        stage.allow_sms()
        stage.allow_sms(granted=False)
    stage.bench.apply(REVOKED)

    stage.send_due()

    assert stage.outside.sent == []
    assert _reasons(stage) == ["no-consent"]


def test_a_mute_does_not_stop_what_is_critical(ready: Stage) -> None:
    ready.prefer("en", "certificates:sms")

    ready.send_due()

    assert len(ready.outside.sent) == 1


@pytest.mark.parametrize("refused", [None, "number-blocked"])
def test_a_store_that_was_put_back_sends_nothing_again_that_its_log_tells_of(ready: Stage, refused: str | None) -> None:
    ready.outside.refuses = refused
    ready.send_due()
    ready.bench.node.relay(LocalBus(lambda: None), "relay").step()
    ready.outside.refuses = None
    with ready.bench.store.write() as session:
        older = {"state": "waiting", "attempts": 0, "reason": None, "due_at": ready.bench.clock.now()}
        session.execute(update(Delivery).where(Delivery.channel == "sms").values(**older))

    ready.send_due()

    assert len(ready.outside.sent) == (refused is None)
    assert len(_by_sms(ready)) + len(_reasons(ready)) == 1
    with ready.bench.read() as session:
        kept = session.scalars(select(Delivery).where(Delivery.channel == "sms")).one()
    assert (kept.state, kept.reason) == (("delivered", None) if refused is None else ("failed", refused))


def test_a_person_without_number_is_told_of_as_failed(ready: Stage) -> None:
    ready.outside.numbers.clear()

    ready.send_due()

    assert _reasons(ready) == ["no-phone"]


def test_what_the_channel_refuses_is_not_tried_again(ready: Stage) -> None:
    ready.outside.refuses = "number-blocked"

    tried = ready.send_due(), ready.send_due()

    assert (tried, _reasons(ready)) == ((1, 0), ["number-blocked"])


def test_a_channel_that_is_down_is_tried_again_later_and_then_delivers(ready: Stage) -> None:
    ready.outside.down = True
    assert (ready.send_due(), ready.send_due()) == (1, 0)
    ready.outside.down = False

    ready.bench.clock.advance(timedelta(minutes=1))

    assert ready.send_due() == 1
    assert _by_sms(ready) == ["certificate-revoked"]
    assert not _reasons(ready)


def test_a_channel_that_stays_down_is_given_up_after_five_attempts(ready: Stage) -> None:
    ready.outside.down = True

    tried = 0
    for _ in range(60):
        tried += ready.send_due()
        ready.bench.clock.advance(timedelta(minutes=1))

    assert (tried, _reasons(ready)) == (5, ["unreachable"])


def test_a_fault_in_the_channel_does_not_hold_up_other_messages(ready: Stage) -> None:
    ready.bench.apply(CertificateRevokedV1(**{**CERTIFICATE, "certificate_id": "cert-2"}, reason="misuse"))

    def fail(_message: Message) -> None:
        raise KeyError

    ready.outside.instead = fail
    ready.send_due()

    assert len(_by_sms(ready)) == 1
    ready.bench.clock.advance(timedelta(minutes=1))
    assert ready.send_due() == 1
    assert len(_by_sms(ready)) == 2


def test_a_crash_between_call_and_record_sends_again_under_the_same_reference(ready: Stage) -> None:
    arrived: list[str] = []

    class PowerCutError(BaseException):
        """The process dies."""

    def die(message: Message) -> None:
        arrived.append(message.reference)
        raise PowerCutError

    ready.outside.instead = die
    with pytest.raises(PowerCutError):
        ready.send_due()

    at_once = ready.send_due()
    ready.bench.clock.advance(timedelta(minutes=5))
    later = ready.send_due()

    assert (at_once, later) == (0, 1)
    assert arrived == [ready.outside.sent[0].reference]
    assert _by_sms(ready) == ["certificate-revoked"]


def test_a_sender_that_comes_back_after_its_claim_ran_out_records_nothing(ready: Stage) -> None:
    def slow(_message: Message) -> None:
        ready.bench.clock.advance(timedelta(minutes=5))
        ready.send_due()
        ready.bench.clock.advance(timedelta(minutes=1))

    ready.outside.instead = slow
    ready.send_due()

    assert _by_sms(ready) == ["certificate-revoked"]


def test_what_was_not_sent_within_a_day_is_given_up(ready: Stage) -> None:
    ready.bench.clock.advance(timedelta(hours=24))

    ready.bench.fire_timers()

    assert (_reasons(ready), ready.send_due()) == (["not-in-time"], 0)


def test_what_was_being_sent_when_the_day_ended_is_given_up_as_unknown(ready: Stage) -> None:
    with ready.bench.store.write() as session:
        session.query(Delivery).filter_by(channel="sms").update({"state": "sending"})
    ready.bench.clock.advance(timedelta(hours=24))

    ready.bench.fire_timers()

    assert _reasons(ready) == ["outcome-unknown"]


def test_what_was_sent_is_not_given_up(ready: Stage) -> None:
    ready.send_due()
    ready.bench.clock.advance(timedelta(hours=24))

    ready.bench.fire_timers()

    assert not _reasons(ready)


def test_a_rider_who_is_erased_while_a_message_is_sent_leaves_nothing(ready: Stage) -> None:
    def erased_meanwhile(_message: Message) -> None:
        ready.bench.apply(RiderErasedV1(**HERE, rider_id=RIDER))

    ready.outside.instead = erased_meanwhile
    ready.send_due()
    ready.bench.clock.advance(timedelta(hours=24))
    ready.bench.fire_timers()

    assert _by_sms(ready) == []
    assert not _reasons(ready)


def test_no_number_stands_in_the_store_or_in_any_event(ready: Stage) -> None:
    ready.send_due()

    stored = ready.bytes_on_disk()
    assert b"notice-delivered" in stored
    assert b"13800138000" not in stored
