"""What OFAC's two large XML formats say of a party, feature by feature, by the same labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from lionrock.screening import births, countries
from lionrock.screening.entities import Address, Birth, Identifier, Name, NameKind
from lionrock.screening.lists import building
from lionrock.screening.lists.building import clean
from lionrock.screening.lists.ofac_csv import country

_COUNTRIES = frozenset(
    ("nationality country", "citizenship country", "vessel flag", "nationality of registration")
)
_PAPERS = (
    "aircraft tail number",
    "vessel call sign",
    "mmsi",
    "swift/bic",
    "digital currency address",
)
_KINDS = {
    "A.K.A.": NameKind.ALIAS,
    "F.K.A.": NameKind.FORMER,
    "N.K.A.": NameKind.ALIAS,
    "Name": NameKind.PRIMARY,
}
_FAMILY = ("Last Name", "Maiden Name", "Matronymic")
_GIVEN = ("First Name", "Middle Name", "Patronymic")
_LANGUAGES = {
    "Chinese Simplified": "zh-Hans",
    "Chinese Traditional": "zh-Hant",
    "Chinese": "zh",
    "Korean": "ko",
    "Japanese": "ja",
    "Arabic": "und-Arab",
    "Cyrillic": "und-Cyrl",
    "Hebrew": "und-Hebr",
}
_FAMILY_FIRST = ("zh", "ko", "ja")


@dataclass(slots=True)
class Facts:
    births: list[Birth] = field(default_factory=list)
    birth_places: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    gender: str = ""
    positions: list[str] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(
        self, label: str, text: str, place: Address | None = None, birth: Birth | None = None
    ) -> None:
        """A feature: its label with its text, place or period. Unknown ones go to the notes."""
        key = label.casefold().rstrip(" :-")
        text = clean(text)
        if key == "birthdate":
            found = birth or births.parse(text)
            self.births.extend((found,) if found else ())
        elif key == "place of birth":
            self.birth_places.extend(filter(None, (text or (place.text if place else ""),)))
        elif key in _COUNTRIES:
            self.countries.append(place.country if place else country(text))
        elif key == "gender":
            self.gender = self.gender or building.gender(text)
        elif key == "title":
            self.positions.append(text)
        elif key == "location":
            self.addresses.extend((place,) if place else ())
        elif key.startswith(_PAPERS):
            found_paper = building.identifier(label, text)
            self.identifiers.extend((found_paper,) if found_paper else ())
        elif text:
            self.notes.append(f"{label} {text}")

    def add_paper(self, title: str, number: str, where: str) -> None:
        found = building.identifier(title, number, countries.code(where))
        self.identifiers.extend((found,) if found else ())


def kind_of(alias_type: str, primary: bool, weak: bool) -> NameKind:
    if weak:
        return NameKind.WEAK
    return NameKind.PRIMARY if primary else _KINDS.get(alias_type, NameKind.ALIAS)


def language_of(script: str) -> str:
    """For a script by OFAC's name; "" for Latin and for scripts of unknown name."""
    return _LANGUAGES.get(script, "")


def name_of(parts: list[tuple[str, str]], script: str, kind: NameKind) -> Name:
    """From typed parts in order, ("Last Name", "CHAN"), as OFAC prints them: "CHAN, Tai Man", "陳大文"."""
    family = clean(" ".join(text for part, text in parts if part in _FAMILY))
    given = clean(" ".join(text for part, text in parts if part in _GIVEN))
    language = language_of(script)
    if not (family and given):
        return Name(clean(" ".join(text for _, text in parts)), kind, language=language)
    if language.startswith("zh"):
        text = f"{family}{given}".replace(" ", "")
    elif language in _FAMILY_FIRST:
        text = f"{family} {given}"
    else:
        text = f"{given} {family}" if language else f"{family}, {given}"
    return Name(text, kind, family=family, given=given, language=language)
