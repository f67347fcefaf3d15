"""The whole system under a seeded scheduler: crashes, duplicates, delays, a lost tail, a stale relay, erasures."""
