"""Settings from the environment, each named `CHEQI_...`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import ConfigurationError

PREFIX, TRIAL = "CHEQI_", "trial"
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(str.lower)]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$")]

DatabaseURL = Annotated[
    str,
    StringConstraints(
        pattern=r"^postgresql\+psycopg://[^\s:@/]*\{service\}[^\s:@/]*@[^\s@/]+/[^\s/?]*\{service\}[^\s/?]*(\?\S*)?$"
    ),
]

KafkaUser = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$")]
KafkaUsers = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]*\{service\}[A-Za-z0-9._-]*$")]


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    data: Path = Field(
        Path(".cheqi"), description="the folder that holds all data, or each service's with {service} in its name"
    )
    secrets: str | None = Field(
        None,
        description="the folder of a service's secrets, such as /run/cheqi/{service}, if not in its data",
    )
    store: Literal["sqlite", "postgresql"] = Field("sqlite", description="sqlite or postgresql")
    database_url: DatabaseURL | None = Field(
        None,
        description="the address of a service's database, without its password, such as "
        "postgresql+psycopg://cheqi_{service}@db/cheqi_{service}",
    )
    database_password_file: str | None = Field(
        None, description="the file that holds a database's password, such as /run/secrets/cheqi_{service}"
    )
    database_connections: int = Field(
        80,
        ge=20,
        description="how many connections a service's role may have on the server at once: 40 for an API, which has "
        "four pools of ten, and 10 for each other process, of which four are thought of",
    )
    database_admin_url: str | None = Field(
        None,
        description="the address of an administrator of the server, such as postgresql+psycopg://admin@db/postgres",
    )
    database_admin_password_file: Path | None = Field(None, description="the file that holds its password")
    profiles: str | None = Field(None, description="the profiles of the compose file that run, such as demo,scale")
    sms: str | None = Field(
        None,
        validate_default=True,
        description="the SMS adapter by name, such as trial, which sends nothing and of all profiles is for demo only",
    )
    bus: Literal["local", "kafka"] = Field("local", description="local or kafka")
    kafka: str = Field("127.0.0.1:9092", description="the addresses of Kafka's brokers, such as kafka:9092")
    kafka_user: KafkaUsers | None = Field(
        None, description="the user that a service is on Kafka, such as cheqi_{service}; none where it asks nobody"
    )
    kafka_password_file: str | None = Field(
        None, description="the file that holds a user's password, such as /run/secrets/kafka_{service}"
    )
    kafka_admin_user: KafkaUser | None = Field(
        None, description="the user that makes topics, users and rights, such as admin"
    )
    kafka_admin_password_file: Path | None = Field(None, description="the file that holds its password")
    kafka_ca_file: Path | None = Field(
        None, description="the certificates that Kafka's own is checked with; with it all connections are TLS"
    )
    kafka_replication: int = Field(1, ge=1, le=9, description="how many brokers keep each record, 1 to 9")
    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="the port to listen on, 1 to 65535, or 0 for any")
    proxies: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F.:/]+(,[0-9a-fA-F.:/]+)*$")] | None = Field(
        None,
        description="the addresses of proxies in front, which are believed whom they forward for, such as 10.0.0.5",
    )
    public_url: Address | None = Field(
        None, description="the address that people see, such as https://cheqi.example.cn"
    )
    services_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+$")] | None = Field(
        None, description="where services reach each other, such as http://{service}:8080"
    )
    traces_url: Address | None = Field(
        None, description="the OpenTelemetry collector that takes traces over OTLP/HTTP, such as http://collector:4318"
    )
    traces_ratio: float = Field(
        1.0, ge=0, le=1, description="the part of all traces that is recorded, 0 to 1; all of a trace or nothing is"
    )
    log_level: Level = Field("info", description="one of debug, info, warning, error")

    @field_validator("sms")
    @classmethod
    def _trial_in_demo_only(cls, name: str | None, info: ValidationInfo) -> str | None:
        """Let the profile demo choose the trial adapter, and no other profile have it."""
        profiles = info.data.get("profiles")
        if profiles is None:
            return name
        demo = "demo" in profiles.split(",")
        if name == TRIAL and not demo:
            message = "the trial SMS adapter is for the profile demo"
            raise ValueError(message)
        return name or (TRIAL if demo else None)

    def data_of(self, service: str) -> Path:
        """Where a service keeps what is in no database."""
        return Path(str(self.data).replace("{service}", service))

    def secrets_of(self, service: str) -> Path | None:
        """Where the secrets of a service are that somebody else has made; None where it makes them in its data."""
        return None if self.secrets is None else Path(self.secrets.replace("{service}", service))

    def database_password_of(self, service: str) -> Path | None:
        """Where the password of a service's database stands, None where it has none."""
        file = self.database_password_file
        return None if file is None else Path(file.replace("{service}", service))

    @property
    def address(self) -> str:
        """Where the services answer, as their own clients reach them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def address_of(self, service: str) -> str:
        """Where other services reach a service; by default all of them answer at one address."""
        return self.services_url.replace("{service}", service) if self.services_url else self.address

    @property
    def address_shown(self) -> str:
        """The address that certificates show, without a slash at its end."""
        return (self.public_url or self.address).rstrip("/")


def read_settings() -> Settings:
    """Read the settings; raises ConfigurationError naming each variable that is wrong and what it may be."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = sorted({str(one["loc"][0]) for one in error.errors()})
        told = "; ".join(f"{PREFIX}{name.upper()} ({Settings.model_fields[name].description})" for name in wrong)
        message = f"the environment has no acceptable value for: {told}. Correct or unset it."
        raise ConfigurationError(message) from None
