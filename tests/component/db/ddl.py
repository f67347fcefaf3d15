"""The schema that a service's models ask for and the one that its migrations make, as comparable statements."""

import io
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, create_mock_engine, text
from sqlalchemy.dialects import registry

ROOT = Path(__file__).parents[3]
ADDED = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (.+)")
ON_ONE_LINE = re.compile(r", (?=[a-z_]+ [A-Z])")
"""Where SQLite writes an added column behind the last one."""
DROPPED, RENAMED = re.compile(r"DROP TABLE (\w+)"), re.compile(r"ALTER TABLE (\w+) RENAME TO (\w+)")
SERVICES = sorted(path.parents[2].name for path in ROOT.glob("services/*/migrations/versions/0001_*.py"))


def metadata_of(service: str) -> MetaData:
    """Return the metadata of a service with the tables of all its noun folders."""
    folder = ROOT / "services" / service
    for path in sorted(folder.rglob("models.py")):
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    metadata: MetaData = import_module(f"services.{service}.models").METADATA
    return metadata


def steps_of(service: str) -> list[Path]:
    """Return the files of a service's migration steps, oldest first."""
    return sorted((ROOT / "services" / service / "migrations" / "versions").glob("[0-9]*.py"))


def schema_of(connection: Connection) -> list[str]:
    """Return the schema that an SQLite database has."""
    rows = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"))
    return normal(rows.scalars())


def asked_for(dialect: str, *metadatas: MetaData) -> list[str]:
    """Return the schema that metadata asks for on a dialect."""
    statements: list[str] = []
    known = registry.load(dialect)()
    engine = create_mock_engine(
        f"{dialect}://", lambda statement, *_rest: statements.append(str(statement.compile(dialect=known)))
    )
    for metadata in metadatas:
        metadata.create_all(engine, checkfirst=False)
    return normal(statements)


def made_offline(dialect: str, step: Callable[[Operations], None]) -> list[str]:
    """Return the schema that a migration step makes on a dialect, without a database."""
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True, "output_buffer": written})
    with Operations.context(context) as operations:
        step(operations)
    return normal(_standing(written.getvalue().split(";")))


def _standing(statements: Iterable[str]) -> list[str]:
    """Return what creates the tables and indexes that stand in the end, under the names that they then have."""
    standing: list[str] = []
    for statement in statements:
        dropped, renamed, added = (form.search(statement) for form in (DROPPED, RENAMED, ADDED))
        if added:
            standing = [f"{one}\n{added[2]}" if f"TABLE {added[1]} " in one else one for one in standing]
        elif dropped:
            standing = [one for one in standing if not re.search(rf"(TABLE|ON) {dropped[1]} ", one)]
        elif renamed:
            standing = [re.sub(rf"TABLE {renamed[1]} ", f"TABLE {renamed[2]} ", one) for one in standing]
        elif "CREATE " in statement:
            standing.append(statement)
    return standing


def normal(statements: Iterable[str]) -> list[str]:
    """Return statements so that equal schemas are equal lists: the parts of each in order, then all in order."""
    return sorted("\n".join(sorted(_parts(statement))) for statement in statements)


def _parts(statement: str) -> Iterable[str]:
    whole = ON_ONE_LINE.sub("\n", statement.replace('"', ""))
    lines = (line for line in whole.splitlines() if line.strip(" ,)"))
    return (re.sub(r"\s+", " ", line).strip(" ,)") for line in lines)
