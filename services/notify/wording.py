"""The words of notices: versioned templates kept as files, zh-CN and English, and how they are filled in."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.clock import SHANGHAI
from shared.places import communities

FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True)
class Text:
    """What a notice says: in the inbox, and in a text message where it is worth one."""

    title: str
    body: str
    sms: str | None = None


@dataclass(frozen=True)
class Template:
    """One version of a template; a notice keeps the version that it was made from."""

    key: str
    version: int
    topic: str
    critical: bool
    texts: Mapping[str, Text]

    @property
    def has_sms(self) -> bool:
        """Whether the template is worth a text message."""
        return all(text.sms is not None for text in self.texts.values())


def latest(key: str) -> Template:
    """Return the newest version of a template; raises KeyError."""
    return LATEST[key]


def render(key: str, version: int, language: str, parameters: Mapping[str, str]) -> Text:
    """Return a notice's text from its template's version, language and parameters; raises KeyError."""
    text = TEMPLATES[key, version].texts[language]
    shown = _shown(parameters, language)
    sms = None if text.sms is None else text.sms.format_map(shown)
    return Text(text.title.format_map(shown), text.body.format_map(shown), sms)


def _shown(parameters: Mapping[str, str], language: str) -> dict[str, str]:
    shown = {name: _word(name, value, language) for name, value in parameters.items()}
    title = parameters.get("title_zh" if language == "zh-CN" else "title_en")
    return shown if title is None else {**shown, "title": title}


def _word(name: str, value: str, language: str) -> str:
    """Return a parameter as a reader reads it; a code that has no word yet is shown as it is."""
    if name.endswith("_at"):
        return _moment(value)
    if name == "community":
        return communities()[value].name_zh if value in communities() else value
    return WORDS.get(name, {}).get(value, {}).get(language, value)


def _moment(value: str) -> str:
    """Return a moment as people here read it; one that no calendar holds is shown as it is."""
    try:
        return f"{datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return value


def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _templates() -> Iterator[Template]:
    for path in sorted(FOLDER.glob("*.toml")):
        content = _load(path)
        for entry in content.get("template", ()):
            texts = {language: Text(**entry[language]) for language in LANGUAGES}
            critical = entry.get("critical", False)
            yield Template(entry["key"], entry["version"], content["topic"], critical, texts)


WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = _load(FOLDER / "words.toml")
TEMPLATES = {(template.key, template.version): template for template in _templates()}
LATEST = {key: template for (key, _), template in sorted(TEMPLATES.items())}
