"""What a deployment runs is what the tests ran on."""

import re
import tomllib

from tests.locks import ROOT, pins_of

NAME = re.compile(r"[a-z0-9-]+")


def test_the_deployment_s_lock_names_versions_that_are_tested() -> None:
    assert pins_of("deploy/requirements.lock") - pins_of("requirements.lock") == set()


def test_the_deployment_s_lock_has_all_that_the_project_needs_and_no_tools_of_developers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {name for name, _version in pins_of("deploy/requirements.lock")}
    needed, tools = (
        {match.group() for text in texts if (match := NAME.match(text))}
        for texts in (project["dependencies"], project["optional-dependencies"]["dev"])
    )

    assert needed - locked == set()
    assert tools & locked == set()
