"""Runs a service's migrations on the connection that `shared.db.migrate` gives, all of them in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
