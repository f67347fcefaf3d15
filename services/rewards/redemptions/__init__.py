"""Partners taking vouchers."""
