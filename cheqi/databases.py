"""The databases of a deployment: made on the server by an administrator, then migrated, each as a job."""

from sqlalchemy import make_url

from cheqi.assembly import SERVICES
from cheqi.stores import ServerStores, password_in, stores_of
from shared.db.provisioning import provision
from shared.errors import ConfigurationError
from shared.settings import Settings


def make_databases(settings: Settings) -> list[dict[str, str]]:
    """Make the roles and databases that are missing; return their names. Raises ConfigurationError."""
    if settings.database_admin_url is None:
        description = Settings.model_fields["database_admin_url"].description
        message = f"set CHEQI_DATABASE_ADMIN_URL to {description}"
        raise ConfigurationError(message)
    admin = make_url(settings.database_admin_url)
    if settings.database_admin_password_file is not None:
        name = "CHEQI_DATABASE_ADMIN_PASSWORD_FILE"
        admin = admin.set(password=password_in(settings.database_admin_password_file, name))
    stores = ServerStores(settings)
    return [{"name": name} for name in provision(admin, [stores.tenant(service) for service in SERVICES])]


def migrate_stores(settings: Settings) -> list[dict[str, str]]:
    """Migrate every service's store; return the steps that each took."""
    stores = stores_of(settings)
    return [{"service": name, "taken": ", ".join(stores.migrate(name)) or "none"} for name in SERVICES]
