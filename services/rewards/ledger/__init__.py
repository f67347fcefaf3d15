"""The double-entry ledger of points: claims, holds, entries, lots, balances."""
