"""The command `cheqi`, loaded while garbage is not collected: what is loaded stays, and is not looked at again."""

import gc
import os
import signal
import sys

INTERRUPTED = 130


def run() -> None:
    """Load the command line, and do what it says; Ctrl-C before anything was done ends the process without a word."""
    gc.disable()
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        # What is being loaded could catch an exception, and raise another.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from cheqi.main import app  # noqa: PLC0415 - only what is loaded from here on is loaded faster

    gc.freeze()
    gc.enable()
    try:
        if interruptible:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        app(prog_name="cheqi")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    run()
