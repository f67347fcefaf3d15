"""`python -m cheqi.probe`: asks the process of this container whether it can do its work, and tells why not.

The status is 0 when it can. It loads the standard library only, so that asking every few seconds costs next to nothing.
"""

import http.client
import json
import os
import sys

ANSWERS_WITHIN_S = 4.0


def reasons_of(port: int) -> list[str]:
    """Return why what listens on a port of this machine is not ready, a line each; nothing when it is."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN_S)
    try:
        asked.request("GET", "/readyz")
        answer = asked.getresponse()
        return [] if answer.status == http.HTTPStatus.OK else _told(answer.status, answer.read())
    except (OSError, http.client.HTTPException) as error:
        return [f"nothing answers on port {port}: {type(error).__name__}; the container's log says more"]
    finally:
        asked.close()


def _told(status: int, body: bytes) -> list[str]:
    try:
        reasons: dict[str, list[str]] = json.loads(body)["reasons"]
        return [f"{service}: {reason}" for service, found in reasons.items() for reason in found]
    except (ValueError, LookupError, TypeError, AttributeError):
        return [f"/readyz was answered with {status}"]


if __name__ == "__main__":
    found = reasons_of(int(os.environ.get("CHEQI_PORT", "8080")))
    sys.stdout.write("".join(f"{line}\n" for line in found or ["ready"]))
    sys.exit(1 if found else 0)
