"""What the image is made of is written in full: each package of its lock, with its version and its hashes."""

import json
from typing import Any

import pytest

from tests.locks import ROOT, pins_of

LOCK, SBOM = "deploy/requirements.lock", ROOT / "build" / "sbom.json"


@pytest.fixture
def components() -> list[dict[str, Any]]:
    """Return what the document lists."""
    if not SBOM.exists() or SBOM.stat().st_mtime < (ROOT / LOCK).stat().st_mtime:
        pytest.skip("build/sbom.json is not there, or older than the lock: `make sbom` writes it")
    document = json.loads(SBOM.read_text(encoding="utf-8"))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    found: list[dict[str, Any]] = document["components"]
    return found


def test_every_package_of_the_image_is_listed_with_its_version_and_nothing_else(
    components: list[dict[str, Any]],
) -> None:
    listed = {(one["name"], one["version"]) for one in components}

    assert listed == pins_of(LOCK)
    assert {one["purl"] for one in components} == {f"pkg:pypi/{name}@{version}" for name, version in listed}


def test_every_package_is_listed_with_its_hashes(components: list[dict[str, Any]]) -> None:
    hashes = {
        one["name"]: [file["hashes"] for file in one["externalReferences"] if file.get("hashes")] for one in components
    }

    assert [name for name, found in hashes.items() if not found] == []
