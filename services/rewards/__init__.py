"""Rewards: the points ledger, offers, vouchers and their redemption."""
