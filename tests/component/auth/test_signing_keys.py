"""The issuer's keys stay: made once, whole, for their owner only, and never replaced by new ones unasked."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.auth.tokens import KEYS_FILE, SigningKeys
from shared.errors import ConfigurationError
from shared.random import SystemRandom
from shared.secret_files import SecretFolder
from tests.moments import NOON


def test_keys_are_made_once_and_read_by_their_owner_only(tmp_path: Path) -> None:
    first, second = open_keys(tmp_path), open_keys(tmp_path)

    assert first.public() == second.public()
    assert (tmp_path / KEYS_FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [KEYS_FILE]


def test_of_several_that_open_at_once_all_get_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: open_keys(tmp_path), range(16)))

    assert len({str(keys.public()) for keys in opened}) == 1
    assert [file.name for file in tmp_path.iterdir()] == [KEYS_FILE]


def test_a_file_s_newest_key_signs_and_all_of_its_keys_are_published(tmp_path: Path) -> None:
    old, new = open_keys(tmp_path / "old"), open_keys(tmp_path / "new")
    both = [key.as_dict(private=True) for key in (new.newest, old.newest)]
    (tmp_path / KEYS_FILE).write_text(json.dumps({"keys": both}), encoding="utf-8")

    opened = open_keys(tmp_path)

    assert opened.newest.kid == new.newest.kid
    assert [key["kid"] for key in opened.public()["keys"]] == [new.newest.kid, old.newest.kid]
    assert not any("d" in key for key in opened.public()["keys"])


@pytest.mark.parametrize(
    "content", ["", "{}", '{"keys": []}', '{"keys": [1]}', '{"keys": [{"kty": "oct", "k": "eA"}]}', "[]"]
)
def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / KEYS_FILE
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"registration\.json holds no set of private signing keys"):
        open_keys(tmp_path)
    assert path.read_text(encoding="utf-8") == content


def test_public_keys_alone_cannot_sign(tmp_path: Path) -> None:
    (tmp_path / KEYS_FILE).write_text(json.dumps(open_keys(tmp_path / "other").public()), encoding="utf-8")

    with pytest.raises(ConfigurationError):
        open_keys(tmp_path)


def open_keys(folder: Path) -> SigningKeys:
    """Open the keys in a folder."""
    return SigningKeys.open(SecretFolder(folder), SystemRandom(), NOON)
