"""Settings from the environment, each named `CHEQI_...`."""

from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import ConfigurationError


class Settings(BaseSettings):
    """What an operator may set."""

    model_config = SettingsConfigDict(env_prefix="CHEQI_", extra="ignore")

    data: Path = Path(".cheqi")
    sms: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    log_level: str = "info"

    @property
    def address(self) -> str:
        """Where the services answer, as their own clients reach them."""
        return f"http://{self.host}:{self.port}"

    @property
    def address_shown(self) -> str:
        """The address that certificates show, without a slash at its end."""
        return (self.public_url or self.address).rstrip("/")


def read_settings() -> Settings:
    """Read the settings; raises ConfigurationError naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(f"CHEQI_{str(one['loc'][0]).upper()}" for one in error.errors())
        message = f"the environment variable {names} has no acceptable value; correct or unset it"
        raise ConfigurationError(message) from error
