"""One store per service: SQLite by default, PostgreSQL in deployment, the same code on both."""
