"""The bus on Apache Kafka: one topic per publishing service, a producer for relays, a Faust worker for consumers."""
