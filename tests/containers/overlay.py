"""What the overlay of the compose file makes of Kafka, as `docker compose` itself reads it."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.architecture.tree import ROOT

SECURED = ROOT / "docker-compose.secured.yml"


def kafka_of(overlay: Path) -> dict[str, Any]:
    """Return Kafka's part of an overlay."""
    command = ["docker", "compose", "--file", str(overlay), "config", "--no-consistency", "--format", "json"]
    read = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - ours
    kafka: dict[str, Any] = json.loads(read.stdout)["services"]["kafka"]
    return kafka
