"""Settings come from the environment; one that is wrong is named, with what it may be."""

from pathlib import Path

import pytest

from shared.errors import ConfigurationError
from shared.settings import read_settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without settings."""
    for name in ("DATA", "SMS", "PROFILES", "SECRETS", "HOST", "PORT", "PUBLIC_URL", "LOG_LEVEL"):
        monkeypatch.delenv(f"CHEQI_{name}", raising=False)


def test_nothing_need_be_set_and_no_sms_adapter_is_chosen_by_itself() -> None:
    settings = read_settings()

    assert (settings.data, settings.sms, settings.address) == (Path(".cheqi"), None, "http://127.0.0.1:8080")


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DATA": "/srv/cheqi", "PORT": "9000", "LOG_LEVEL": "WARNING", "HOST": "::1"}.items():
        monkeypatch.setenv(f"CHEQI_{name}", value)

    settings = read_settings()

    assert (settings.data, settings.log_level) == (Path("/srv/cheqi"), "warning")
    assert settings.address == "http://[::1]:9000"


@pytest.mark.parametrize(
    ("public_url", "shown"),
    [
        (None, "http://127.0.0.1:8080"),
        ("", "http://127.0.0.1:8080"),
        ("https://cheqi.example/", "https://cheqi.example"),
    ],
)
def test_certificates_show_the_address_that_people_see(
    monkeypatch: pytest.MonkeyPatch, public_url: str | None, shown: str
) -> None:
    if public_url is not None:
        monkeypatch.setenv("CHEQI_PUBLIC_URL", public_url)

    assert read_settings().address_shown == shown


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "http", "1 to 65535"),
        ("PORT", "-1", "1 to 65535"),
        ("LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("PUBLIC_URL", "cheqi.example.cn", "https://cheqi.example.cn"),
        ("TRACES_URL", "collector:4318", "http://collector:4318"),
        ("TRACES_RATIO", "1.01", "0 to 1"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"CHEQI_{name}", value)

    with pytest.raises(ConfigurationError) as refused:
        read_settings()

    assert f"CHEQI_{name} (" in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("profiles", "sms", "chosen"),
    [
        ("demo", "", "trial"),
        ("scale,demo", "", "trial"),
        ("demo", "real", "real"),
        ("scale", "", None),
        ("", "trial", "trial"),
    ],
)
def test_the_profile_demo_chooses_the_trial_adapter(
    monkeypatch: pytest.MonkeyPatch, profiles: str, sms: str, chosen: str | None
) -> None:
    monkeypatch.setenv("CHEQI_PROFILES", profiles)
    monkeypatch.setenv("CHEQI_SMS", sms)

    assert read_settings().sms == chosen


def test_no_other_profile_has_the_trial_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEQI_PROFILES", "none")
    monkeypatch.setenv("CHEQI_SMS", "trial")

    with pytest.raises(ConfigurationError, match=r"CHEQI_SMS \(.*for demo only"):
        read_settings()


def test_each_service_has_folders_of_its_own_where_their_names_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEQI_DATA", "/srv/{service}")
    monkeypatch.setenv("CHEQI_SECRETS", "/run/{service}")

    settings = read_settings()

    assert settings.data_of("notify") == Path("/srv/notify")
    assert settings.secrets_of("notify") == Path("/run/notify")
