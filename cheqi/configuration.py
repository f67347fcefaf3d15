"""`python -m cheqi.configuration`: writes docs/configuration.md, every setting with its default, from the settings."""

from pathlib import Path

from pydantic.fields import FieldInfo

from shared.settings import PREFIX, Settings

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"
HEAD = """# Configuration

Every setting is a variable of the environment; an empty one is as good as none. Where `{service}` stands in a value,
each service reads its own name there. Secrets are never in the environment: a `_FILE` names the file that holds one.
`make schemas` writes this page.

| variable | default | what it is |
| --- | --- | --- |
"""


def reference() -> str:
    """Return the page."""
    return HEAD + "".join(map(_row, *zip(*Settings.model_fields.items(), strict=True)))


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.default is None else f"`{field.default}`"
    return f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
