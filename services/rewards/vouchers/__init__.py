"""Vouchers: reserved, issued, voided, expired."""
