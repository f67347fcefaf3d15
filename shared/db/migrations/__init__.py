"""The one Alembic environment that all services' migrations run in."""
