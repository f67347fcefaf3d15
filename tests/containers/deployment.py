"""Settings under which all services run on Kafka and PostgreSQL, and the operator's commands on them."""

from pathlib import Path

from sqlalchemy import URL
from typer.testing import CliRunner, Result

from cheqi.main import app
from shared.settings import Settings
from tests.e2e.kill_process import variables_of
from tests.ports import free_port

PASSWORD = "horses and chariots"


def deployment_on(folder: Path, kafka: str, admin: URL, name: str = "cheqi") -> Settings:
    """Return settings with the data in a folder, the broker's address, and databases of that name on the server."""
    for file, password in (("password", PASSWORD), ("admin-password", str(admin.password))):
        (folder / file).write_text(password)
    server = f"{admin.host}:{admin.port}"
    return Settings(
        data=folder / "data",
        sms="trial",
        bus="kafka",
        kafka=kafka,
        store="postgresql",
        database_url=f"postgresql+psycopg://{name}_{{service}}@{server}/{name}_{{service}}",
        database_password_file=str(folder / "password"),
        database_admin_url=f"postgresql+psycopg://{admin.username}@{server}/{admin.database}",
        database_admin_password_file=folder / "admin-password",
        port=free_port(),
        log_level="error",
    )


def command(settings: Settings, *words: str) -> Result:
    """Carry out a command of `cheqi` in this process, as the operator of these settings would."""
    return CliRunner().invoke(app, list(words), env=variables_of(settings), catch_exceptions=False)
