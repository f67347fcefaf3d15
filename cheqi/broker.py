"""How the settings let services and the operator reach Kafka."""

import ssl
from pathlib import Path

from cheqi.asyncapi import HANDLERS
from cheqi.stores import password_in
from shared.errors import ConfigurationError
from shared.messaging.kafka.access import Access, Login
from shared.messaging.kafka.users import User
from shared.node import heard_by
from shared.settings import PREFIX, Settings


def access_of(settings: Settings, service: str) -> Access:
    """Return how a service reaches Kafka; raises ConfigurationError naming what is to be set."""
    user, file = settings.kafka_user, settings.kafka_password_file
    login = None if user is None else _service_login(user, file, service)
    return Access(settings.kafka, login, _trust(settings))


def admin_access(settings: Settings) -> Access:
    """Return how the operator reaches Kafka; raises ConfigurationError naming what is to be set."""
    user, file = settings.kafka_admin_user, settings.kafka_admin_password_file
    if user is None and settings.kafka_user is not None:
        raise _unset("kafka_admin_user", "Kafka asks who comes")
    login = None if user is None else _login(user, file, "kafka_admin_password_file")
    return Access(settings.kafka, login, _trust(settings))


def users_of(settings: Settings) -> list[User]:
    """Return the services as Kafka knows them, none where it asks nobody; raises ConfigurationError."""
    if settings.kafka_user is None:
        return []
    return [
        User(_service_login(settings.kafka_user, settings.kafka_password_file, name), name, heard_by(name, handlers))
        for name, handlers in HANDLERS.items()
    ]


def _service_login(user: str, file: str | None, service: str) -> Login:
    path = None if file is None else Path(file.replace("{service}", service))
    return _login(user.replace("{service}", service), path, "kafka_password_file")


def _login(user: str, file: Path | None, setting: str) -> Login:
    if file is None:
        raise _unset(setting, f"Kafka knows {user} by a password")
    variable = f"{PREFIX}{setting.upper()}"
    password = password_in(file, variable)
    if not password:
        message = f"{variable} names {file}, which is empty; write the password of {user} into it"
        raise ConfigurationError(message)
    return Login(user, password, variable)


def _unset(setting: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"{why}: set {PREFIX}{setting.upper()} to {Settings.model_fields[setting].description}")


def _trust(settings: Settings) -> ssl.SSLContext | None:
    path = settings.kafka_ca_file
    if path is None:
        return None
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        message = f"CHEQI_KAFKA_CA_FILE names {path}, which holds no certificates: {error.strerror or error}"
        raise ConfigurationError(message) from error
