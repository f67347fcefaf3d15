"""The Kafka bus on a real broker."""
