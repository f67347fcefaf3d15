"""Chaos (`make chaos`): all services on Kafka and PostgreSQL under load, while processes and servers are killed."""
