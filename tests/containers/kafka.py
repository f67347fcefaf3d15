"""One Apache Kafka broker in KRaft mode, at an address that it keeps when it is stopped and started again."""

import os
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from testcontainers.core.container import DockerContainer

from shared.messaging.kafka.access import Access, Login
from shared.messaging.kafka.topics import topic_of
from tests.certificates import write_certificate
from tests.containers.overlay import SECURED, kafka_of
from tests.containers.patience import until
from tests.ports import free_port

IMAGE = "apache/kafka:4.3.1"
START_S = 180
# An image may refuse to format its storage twice, so a broker that starts again skips what the first start has done.
COMMAND = """
test -e /var/lib/kafka/data/meta.properties || exec /etc/kafka/docker/run
exec java -Xmx512M $KAFKA_JVM_PERFORMANCE_OPTS -cp '/opt/kafka/libs/*' kafka.Kafka /opt/kafka/config/server.properties
"""
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A broker that starts in two thirds of the time, and has less to give afterwards: for whoever measures nothing."""

TRUSTED, SERVED = "/run/kafka/trusted.pem", "/run/kafka/served.pem"
ENCRYPTED = {
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "SECURED:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
    "KAFKA_SSL_KEYSTORE_TYPE": "PEM",
    "KAFKA_SSL_KEYSTORE_LOCATION": SERVED,
    "KAFKA_SSL_TRUSTSTORE_TYPE": "PEM",
    "KAFKA_SSL_TRUSTSTORE_LOCATION": TRUSTED,
}
ADMIN_PASSWORD = "a-broker.of_one~host"


class Broker:
    """A broker without topics that nobody asked for; `java` is how the Java machine compiles and collects."""

    def __init__(self, java: str = QUICK) -> None:
        os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
        port = free_port()
        self.servers = f"127.0.0.1:{port}"
        self.access = Access(self.servers)
        self._java = {"KAFKA_JVM_PERFORMANCE_OPTS": java} if java else {}
        self._container = self._made(port).with_bind_ports(9092, port)

    def start(self) -> None:
        """Start the container, and wait until the broker answers."""
        self._container.start()
        self._await()

    def close(self) -> None:
        """Remove the container and all that the broker held."""
        self._container.stop()

    @contextmanager
    def away(self) -> Iterator[None]:
        """End the broker while the block runs, then start it again; what it holds stays."""
        self._container.get_wrapped_container().stop(timeout=10)
        try:
            yield
        finally:
            self.start_again()

    def kill(self) -> None:
        """End the broker as a power cut does; what it holds stays."""
        self._container.get_wrapped_container().kill()

    def start_again(self) -> None:
        """Start the broker that was ended, and wait until it answers."""
        self._container.get_wrapped_container().start()
        self._await()

    def admin(self) -> KafkaAdminClient:
        """Return a client for what the test does behind the back of the program."""
        return KafkaAdminClient(**self.access.arguments)

    def drop_topics(self) -> None:
        """Delete the topics of services with all that they hold."""
        with closing(self.admin()) as admin:
            ours = [name for name in admin.list_topics() if name.startswith(topic_of(""))]
            admin.delete_topics(ours)

    def _made(self, port: int) -> DockerContainer:
        # Root may write configuration over files that an image keeps read-only.
        as_root: dict[str, Any] = {"user": "root", "entrypoint": ["sh", "-c", COMMAND]}
        settings = _settings(port) | _own_listener(port) | self._java
        return DockerContainer(IMAGE).with_kwargs(**as_root).with_envs(**settings)

    def _await(self) -> None:
        try:
            until(self._answers, START_S)
        except AssertionError as late:
            container = self._container.get_wrapped_container()
            container.reload()
            said = container.logs(tail=20).decode(errors="replace")
            raise AssertionError(f"the broker is {container.status}, and does not answer: {said}") from late

    def _answers(self) -> bool:
        try:
            with closing(KafkaAdminClient(**self.access.arguments, bootstrap_timeout_ms=2000)) as admin:
                return bool(admin.describe_cluster()["brokers"])
        except (KafkaError, OSError, ValueError):
            return False


class SecuredBroker(Broker):
    """A broker with users and rights, started as the overlay of the compose file starts it."""

    def __init__(self, folder: Path) -> None:
        self.password_file = folder / "kafka-admin"
        self.password_file.write_text(f"{ADMIN_PASSWORD}\n")
        # The broker's own user reads it, whatever the mask under which the tests make files.
        self.password_file.chmod(0o644)
        super().__init__()
        self.access = Access(self.servers, Login("admin", ADMIN_PASSWORD, "the test"))

    def _made(self, port: int) -> DockerContainer:
        kafka = kafka_of(SECURED)
        environment = {
            **_settings(port),
            **kafka["environment"],
            **self._java,
            "KAFKA_ADVERTISED_LISTENERS": f"SECURED://127.0.0.1:{port}",
        }
        made = DockerContainer(IMAGE).with_kwargs(entrypoint=kafka["entrypoint"]).with_envs(**environment)
        mounts = {one["target"]: Path(one["source"]) for one in kafka["volumes"] if one["type"] == "bind"}
        for inside, outside in mounts.items():
            made.with_volume_mapping(str(outside), inside)
        return made.with_volume_mapping(str(self.password_file), environment["CHEQI_KAFKA_ADMIN_PASSWORD_FILE"])


class EncryptedBroker(SecuredBroker):
    """A broker with users and rights that speaks TLS; `trusted` is the file of the certificate that it shows."""

    def __init__(self, folder: Path) -> None:
        self.trusted, self._served = write_certificate(folder, "kafka")
        for file in (self.trusted, self._served):
            file.chmod(0o644)
        super().__init__(folder)
        self.access = replace(self.access, tls=ssl.create_default_context(cafile=self.trusted))

    def _made(self, port: int) -> DockerContainer:
        made = super()._made(port).with_envs(**ENCRYPTED)
        return made.with_volume_mapping(str(self.trusted), TRUSTED).with_volume_mapping(str(self._served), SERVED)


def _settings(port: int) -> dict[str, str]:
    return {
        "KAFKA_NODE_ID": "1",
        "KAFKA_LOG_DIRS": "/var/lib/kafka/data",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "1",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "KAFKA_HEAP_OPTS": "-Xms256M -Xmx512M",
    }


def _own_listener(port: int) -> dict[str, str]:
    """Return what lets a broker reach itself, as it does to end a transaction: the mapped port is for others."""
    return {
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093,OWN://localhost:9094",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port},OWN://localhost:9094",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,OWN:PLAINTEXT",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "OWN",
    }
