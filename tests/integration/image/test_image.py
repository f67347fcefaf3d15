"""The image runs as nobody in particular, writes nowhere but into its data, and says truly whether it is ready."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
from docker.models.containers import Container
from docker.models.images import Image

from tests.containers.image import by_buildkit
from tests.containers.patience import until

SECRET = re.compile(r"(?i)(password|secret|token|key)\s*=")
TOOLS = "import shutil; print([tool for tool in ('gcc', 'cc', 'make', 'git', 'curl') if shutil.which(tool)])"
LOCKED: dict[str, Any] = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
TOPS = ("/run/cheqi", "/srv", "/var/lib/cheqi", "/home", "/root")
CHOSEN = ("User", "Env", "Entrypoint", "Cmd", "WorkingDir")
LISTING = """
import hashlib
from pathlib import Path
for one in sorted([*Path("/opt").rglob("*"), *Path("/srv").rglob("*"), *Path("/run/cheqi").rglob("*")]):
    is_source = one.is_file() and one.suffix != ".pyc"
    print(one, oct(one.stat().st_mode), one.owner(), is_source and hashlib.sha256(one.read_bytes()).hexdigest())
"""
PROBE = ["python", "-m", "cheqi.probe"]


def said(engine: docker.DockerClient, image: Image, *words: str, program: list[str] | None = None) -> str:
    """Run the image once on a root that nobody can write to, and return what it says."""
    more = {} if program is None else {"entrypoint": program}
    return bytes(engine.containers.run(image, list(words), remove=True, **LOCKED, **more)).decode()


def test_the_command_line_runs_on_a_root_that_cannot_be_written_to(engine: docker.DockerClient, image: Image) -> None:
    assert "rehearse" in said(engine, image, "--help")


def test_it_runs_as_a_user_of_its_own_and_brings_no_tools_to_build_with(
    engine: docker.DockerClient, image: Image
) -> None:
    program = f"import os; print(os.getuid(), os.getgid()); {TOOLS}"

    assert said(engine, image, "-c", program, program=["python"]).splitlines() == ["10001 10001", "[]"]


def test_buildkit_makes_the_same_of_it(engine: docker.DockerClient, image: Image) -> None:
    other = by_buildkit(engine)

    found = [said(engine, one, "-c", LISTING, program=["python"]) for one in (image, other)]

    assert [other.attrs["Config"][name] for name in CHOSEN] == [image.attrs["Config"][name] for name in CHOSEN]
    assert "site-packages/cheqi/main.py" in found[0]
    assert found[0] == found[1]


def test_its_history_holds_no_secret(image: Image) -> None:
    steps = [layer["CreatedBy"] for layer in image.history()]

    assert any("COPY" in step for step in steps)
    assert [step for step in steps if SECRET.search(step)] == []


def test_the_image_brings_no_secret_and_no_data(engine: docker.DockerClient, image: Image) -> None:
    program = (
        "from pathlib import Path; print([str(one) for top in TOPS for one in Path(top).rglob('*') if one.is_file()])"
    )

    found = said(engine, image, "-c", f"TOPS = {TOPS}; {program}", program=["python"])

    assert found.strip() == "[]"


def test_without_an_sms_adapter_it_says_so_and_ends(engine: docker.DockerClient, image: Image) -> None:
    with running(engine, image, sms="") as container:
        status = container.wait(timeout=60)["StatusCode"]

        assert status == 2
        assert b"CHEQI_SMS" in container.logs()


def test_all_services_get_ready_in_one_container_and_its_probe_tells_so(
    engine: docker.DockerClient, image: Image
) -> None:
    with running(engine, image, sms="trial") as container:
        until(lambda: container.exec_run(PROBE).exit_code == 0, 90)

        elsewhere = container.exec_run(PROBE, environment={"CHEQI_PORT": "1"})
        assert elsewhere.exit_code == 1


@contextmanager
def running(engine: docker.DockerClient, image: Image, sms: str) -> Iterator[Container]:
    """Run every service in one container, as the embedded default, while the block runs."""
    container = engine.containers.run(
        image,
        ["up"],
        environment={"CHEQI_SMS": sms},
        tmpfs={"/tmp": "", "/var/lib/cheqi": "uid=10001,gid=10001,mode=0700"},  # noqa: S108 - it is the container's own
        detach=True,
        **LOCKED,
    )
    try:
        yield container
    finally:
        container.remove(force=True, v=True)
