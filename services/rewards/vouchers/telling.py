"""The events that tell of vouchers."""

from services.rewards.vouchers.models import Voucher
from shared.events.rewards import VoucherExpiredV1, VoucherIssuedV1, VoucherVoidedV1


def issued(voucher: Voucher) -> VoucherIssuedV1:
    """The rider holds the voucher; raises ValueError for one that was never issued."""
    if voucher.expires_at is None:
        raise ValueError(voucher.id)
    return VoucherIssuedV1(
        subdistrict=voucher.subdistrict,
        voucher_id=voucher.id,
        rider_id=voucher.rider_id or "",
        offer_id=voucher.offer_id,
        points=voucher.points,
        expires_at=voucher.expires_at,
    )


def voided(voucher: Voucher) -> VoucherVoidedV1:
    """The voucher is void, and some of its points went back to the rider."""
    return VoucherVoidedV1(
        subdistrict=voucher.subdistrict,
        voucher_id=voucher.id,
        rider_id=voucher.rider_id or "",
        offer_id=voucher.offer_id,
        reason=voucher.reason or "",
        points_returned=voucher.points_returned or 0,
    )


def expired(voucher: Voucher) -> VoucherExpiredV1:
    """The voucher was not used in time."""
    return VoucherExpiredV1(
        subdistrict=voucher.subdistrict,
        voucher_id=voucher.id,
        rider_id=voucher.rider_id or "",
        offer_id=voucher.offer_id,
    )
