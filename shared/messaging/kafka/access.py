"""How a client reaches Kafka, and as whom: the same arguments for kafka-python and aiokafka."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed
from kafka import KafkaAdminClient
from kafka.errors import AuthorizationError
from kafka.errors import KafkaError as AdminError

from shared.errors import ConfigurationError

MECHANISM = "SCRAM-SHA-512"
PATIENCE_MS = 10_000

# It warns at every connection without TLS that the password is shown, which is not so with SCRAM.
logging.getLogger("kafka.net.sasl.scram").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Login:
    """A user of Kafka; `setting` is the variable that names the file of the password."""

    user: str
    password: str = field(repr=False)
    setting: str


@dataclass(frozen=True)
class Access:
    """Where brokers are, separated by commas, and as whom a client speaks to them; `tls` is what it trusts."""

    servers: str
    login: Login | None = None
    tls: ssl.SSLContext | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What a client of either library is made with."""
        transport = "PLAINTEXT" if self.tls is None else "SSL"
        reached = {"bootstrap_servers": self.servers, "ssl_context": self.tls}
        if self.login is None:
            return {**reached, "security_protocol": transport}
        return {
            **reached,
            "security_protocol": f"SASL_{transport}",
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": self.login.user,
            "sasl_plain_password": self.login.password,
        }

    @contextmanager
    def administering(self) -> Iterator[KafkaAdminClient]:
        """Yield a client for what concerns the broker.

        Raises ConfigurationError where the broker refuses the user, and ConnectionError where it cannot be reached.
        """
        patience = {"request_timeout_ms": PATIENCE_MS, "bootstrap_timeout_ms": PATIENCE_MS}
        try:
            with closing(KafkaAdminClient(**self.arguments, **patience)) as admin:
                yield admin
        except AuthorizationError as error:
            raise self.forbidden(type(error).__name__) from error
        except AdminError as error:
            raise asyncio.run(self.refused()) or self._away(error) from error

    def forbidden(self, what: str) -> ConfigurationError:
        """Return what is to be said of something that the user may not do."""
        user = "anybody" if self.login is None else self.login.user
        return ConfigurationError(
            f"Kafka at {self.servers} does not let {user} do this ({what}); `cheqi topics apply` gives the rights"
        )

    async def refused(self) -> ConfigurationError | None:
        """Return what is to be said where a broker refuses the user, or shows a certificate that nobody vouches for.

        Clients go on trying then, and tell of no reason.
        """
        if self.login is None and self.tls is None:
            return None
        security = {name: value for name, value in self.arguments.items() if name != "bootstrap_servers"}
        for host, port, _ in collect_hosts(self.servers):
            try:
                connection = await create_conn(host, port, **security, request_timeout_ms=PATIENCE_MS)
            except SaslAuthenticationFailed:
                return None if self.login is None else self._unknown(self.login)
            except ssl.SSLCertVerificationError as error:
                return self._untrusted(error)
            except (KafkaError, OSError, TimeoutError):
                continue
            connection.close()
        return None

    def _unknown(self, login: Login) -> ConfigurationError:
        return ConfigurationError(
            f"Kafka at {self.servers} refuses the user {login.user} with the password that {login.setting} names; "
            f"correct the file, or let `cheqi topics apply` make the user with this password"
        )

    def _untrusted(self, error: ssl.SSLCertVerificationError) -> ConfigurationError:
        return ConfigurationError(
            f"Kafka at {self.servers} shows a certificate that those in CHEQI_KAFKA_CA_FILE do not vouch for "
            f"({error.verify_message}); put the certificate of who issued it into that file"
        )

    def _away(self, error: AdminError) -> ConnectionError:
        asked = "" if self.login else ", and CHEQI_KAFKA_USER where it asks who comes"
        asked += "" if self.tls else ", and CHEQI_KAFKA_CA_FILE where it speaks TLS"
        return ConnectionError(
            f"Kafka at {self.servers}: {type(error).__name__}; "
            f"start the broker, or set CHEQI_KAFKA to where it is{asked}"
        )
