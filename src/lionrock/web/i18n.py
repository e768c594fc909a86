"""The languages of the pages: choosing one, translating texts, writing numbers and dates.

Catalogues are gettext `.po` files, read at start: this room's, and each other room's own `locale/`
for the words that its capabilities bring. English is the source; its catalogues hold only what is
written by name (a stage, a field) rather than as a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LANGUAGES: dict[str, str] = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}
"""Interface languages by BCP 47 tag, each named in itself."""

COOKIE = "lionrock_language"

HONG_KONG = timezone(timedelta(hours=8), "HKT")
"""Where dates and times of day are told; its clocks have not changed since 1979."""

_LOCALES = {"en": "en_GB", "zh-Hant": "zh_Hant_HK", "zh-Hans": "zh_Hans_CN"}
_DAYS = {"en": "d MMM y", "zh-Hant": "y年M月d日", "zh-Hans": "y年M月d日"}
_TRADITIONAL = re.compile(r"zh-(?:hant|hk|mo|tw)|yue")
_PLACEHOLDER = re.compile(r"\\\{\d+\\\}")

Key = tuple[str, str]
"""(context, message)"""


@dataclass(frozen=True, slots=True)
class Translator:
    """Texts, numbers and dates in one language."""

    language: str
    messages: Mapping[Key, tuple[str, ...]] = field(repr=False)

    @property
    def locale(self) -> Locale:
        return Locale.parse(_LOCALES[self.language])

    def gettext(self, message: str, **values: object) -> str:
        return self._fill(self._find("", message) or message, values)

    def pgettext(self, context: str, message: str, **values: object) -> str:
        """A text that another context would word differently, or that is written by name."""
        return self._fill(self._find(context, message) or message, values)

    def ngettext(self, singular: str, plural: str, count: int, **values: object) -> str:
        forms = self.messages.get(("", singular), (singular, plural))
        chosen = forms[0] if count == 1 or len(forms) == 1 else forms[1]
        return self._fill(chosen, {"count": self.number(count), **values})

    def name(self, context: str, name: str) -> str:
        """What a name from a declaration (a field, a stage) is called on a page."""
        return self._find(context, name) or name.replace("_", " ").capitalize()

    def detail(self, text: str) -> str:
        """The translation of an error's or a notice's text; the text itself where there is none.

        Such texts carry values: the message id then has {0}, {1} … in their places.
        """
        exact = self._find("detail", text)
        if exact:
            return exact
        for pattern, translated in _patterns(self.language):
            if found := pattern.fullmatch(text):
                return translated.format(*(self.detail(part) for part in found.groups()))
        return text

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def percent(self, fraction: float) -> str:
        return format_percent(fraction, format="0%", locale=self.locale)

    def months(self, count: int) -> str:
        """A period, in years where it is whole ones."""
        years, rest = divmod(count, 12)
        if rest or not years:
            return self.ngettext("%(count)s month", "%(count)s months", count)
        return self.ngettext("%(count)s year", "%(count)s years", years)

    def size(self, count: int) -> str:
        """Bytes in units of a thousand."""
        if count < 1000:
            return f"{count} B"
        value, unit = (count / 1e3, "kB") if count < 1e6 else (count / 1e6, "MB")
        return f"{format_decimal(value, format='#,##0.#' if value < 10 else '#,##0', locale=self.locale)} {unit}"

    def day(self, value: date) -> str:
        """A date; of a moment, the one in Hong Kong."""
        if isinstance(value, datetime):
            value = value.astimezone(HONG_KONG).date()
        return format_date(value, _DAYS[self.language], locale=self.locale)

    def moment(self, value: datetime, time: str = "HH:mm") -> str:
        """A date and time of day in Hong Kong."""
        pattern = f"{_DAYS[self.language]} {time}"
        return format_datetime(value.astimezone(HONG_KONG), pattern, locale=self.locale)

    def _find(self, context: str, message: str) -> str | None:
        forms = self.messages.get((context, message))
        return forms[0] if forms else None

    @staticmethod
    def _fill(text: str, values: Mapping[str, object]) -> str:
        return text % values if values else text


@cache
def translator(language: str) -> Translator:
    """The translator of one of `LANGUAGES`."""
    messages: dict[Key, tuple[str, ...]] = {}
    for catalogue in _catalogues(language):
        messages.update(_read(catalogue))
    return Translator(language, messages)


def choose(cookie: str | None, accepted: str) -> str:
    """The language of a reader: their own choice, else the first of Accept-Language that we have."""
    if cookie in LANGUAGES:
        return cookie
    for tag in _by_preference(accepted):
        if _TRADITIONAL.match(tag):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return "en"


def _by_preference(accepted: str) -> list[str]:
    """Language ranges of an Accept-Language header (RFC 9110, 12.5.4), most wanted first."""
    weighed = []
    for part in accepted.split(","):
        tag, _, quality = part.partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if tag.strip() and weight > 0:
            weighed.append((weight, tag.strip().lower()))
    return [tag for _, tag in sorted(weighed, key=lambda pair: -pair[0])]


def _catalogues(language: str) -> Iterator[Traversable]:
    folder = language.replace("-", "_")
    for room in sorted(files("lionrock").iterdir(), key=lambda room: room.name):
        place = room / "locale" / folder / "LC_MESSAGES"
        if place.is_dir():
            for file in sorted(place.iterdir(), key=lambda file: file.name):
                if file.name.endswith(".po"):
                    yield file


def _read(catalogue: Traversable) -> Iterator[tuple[Key, tuple[str, ...]]]:
    for message in read_po(BytesIO(catalogue.read_bytes())):
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        forms = tuple(form for form in strings if form)
        if message.id and forms and not message.fuzzy:
            id = message.id if isinstance(message.id, str) else message.id[0]
            yield (message.context or "", id), forms


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    found = []
    for (context, id), forms in translator(language).messages.items():
        if context == "detail" and "{0}" in id:
            pattern = _PLACEHOLDER.sub("(.+?)", re.escape(id))
            found.append((re.compile(pattern, re.DOTALL), forms[0]))
    return sorted(found, key=lambda pair: -len(pair[0].pattern))
