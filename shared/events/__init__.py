"""The event contracts: one envelope, one module of frozen event classes per publishing service."""
