"""Where data is kept is chosen by settings, and what is missing among them is named."""

from pathlib import Path
from typing import Any

import pytest

from cheqi.stores import FolderStores, ServerStores, stores_of
from shared.errors import ConfigurationError
from shared.settings import Settings, read_settings

URL = "postgresql+psycopg://cheqi_{service}@db/cheqi_{service}"


def _on_server(folder: Path, **chosen: Any) -> ServerStores:
    stores = stores_of(Settings(data=folder, store="postgresql", **chosen))
    assert isinstance(stores, ServerStores)
    return stores


def test_without_a_choice_the_data_folder_holds_sqlite_files(tmp_path: Path) -> None:
    assert isinstance(stores_of(Settings(data=tmp_path)), FolderStores)


def test_a_server_without_an_address_is_refused_with_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"set CHEQI_DATABASE_URL.*postgresql\+psycopg://"):
        _on_server(tmp_path)


def test_each_service_has_a_role_and_two_databases_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "rewards.password").write_text("seven horses\n")
    stores = _on_server(tmp_path, database_url=URL, database_password_file=f"{tmp_path}/{{service}}.password")

    tenant = stores.tenant("rewards")

    assert (tenant.role, tenant.password) == ("cheqi_rewards", "seven horses")
    assert tenant.databases == ("cheqi_rewards", "cheqi_rewards_keys")


def test_an_address_is_shown_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("seven horses")
    stores = _on_server(tmp_path, database_url=URL, database_password_file=f"{tmp_path}/password")

    assert "seven" not in f"{stores.url('rewards')} {stores.url('rewards')!r} {stores.tenant('rewards')!r}"


def test_a_password_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    stores = _on_server(tmp_path, database_url=URL, database_password_file=f"{tmp_path}/none/{{service}}")

    with pytest.raises(ConfigurationError, match=r"CHEQI_DATABASE_PASSWORD_FILE names .*none/rewards"):
        stores.url("rewards")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://cheqi_{service}:secret@db/cheqi_{service}",
        "postgresql+psycopg://cheqi@db/cheqi",
        "sqlite:///x",
    ],
)
def test_an_address_with_a_password_or_shared_by_services_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEQI_DATABASE_URL", url)

    with pytest.raises(ConfigurationError, match="CHEQI_DATABASE_URL") as refused:
        read_settings()

    assert "secret" not in str(refused.value)
