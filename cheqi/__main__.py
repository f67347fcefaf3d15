"""The command `cheqi`, loaded while garbage is not collected: what is loaded stays, and is not looked at again."""

import gc


def run() -> None:
    """Load the command line, and do what it says."""
    gc.disable()
    from cheqi.main import app  # noqa: PLC0415 - only what is loaded from here on is loaded faster

    gc.freeze()
    gc.enable()
    app(prog_name="cheqi")


if __name__ == "__main__":
    run()
