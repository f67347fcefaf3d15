"""`python -m cheqi.probe`: asks the process of this container whether it can do its work; the status is 0 when it can.

It loads the standard library only, so that asking every few seconds costs next to nothing.
"""

import http.client
import os
import sys

ANSWERS_WITHIN_S = 4.0


def is_ready(port: int) -> bool:
    """Tell whether what listens on a port of this machine says that it is ready."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN_S)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        asked.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(int(os.environ.get("CHEQI_PORT", "8080"))) else 1)
