"""The page of settings is what the settings are."""

from cheqi.configuration import PAGE, reference
from shared.settings import PREFIX, Settings


def test_the_page_is_written_anew_whenever_a_setting_changes() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make schemas`"


def test_every_setting_is_described() -> None:
    page = reference()

    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `{PREFIX}{name.upper()}` |" in page
