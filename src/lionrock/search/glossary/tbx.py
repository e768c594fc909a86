"""TermBase eXchange: ISO 30042:2008 (v2, `martif`) and ISO 30042:2019 (v3, `tbx`), core and basic.

Read: terms by language, notes, definitions and sources of a concept; what else a file holds is passed
over. Written: v3, dialect TBX-Basic, style dca.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from pydantic import ValidationError

from lionrock.documents.language import Language, is_simplified
from lionrock.errors import InvalidInput
from lionrock.search.glossary.schemas import BadRow, Entry, NewEntry
from lionrock.search.glossary.xml import root_of

MOST_BYTES: Final = 50 * 2**20
_CONCEPTS: Final = ("termEntry", "conceptEntry")
_LANGUAGES: Final = ("langSet", "langSec")
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def language_of(tag: str, sample: str = "") -> Language | None:
    """A language tag (BCP 47) as one of ours; plain "zh" is told by its characters."""
    parts = tag.replace("_", "-").lower().split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] == "yue":
        return "yue"
    if parts[0] not in ("zh", "cmn"):
        return None
    if {"hans", "cn", "sg"} & set(parts):
        return "zh-Hans"
    if {"hant", "hk", "tw", "mo"} & set(parts):
        return "zh-Hant"
    return "zh-Hans" if is_simplified(sample) else "zh-Hant"


def read(data: bytes) -> Iterator[tuple[int, NewEntry | BadRow]]:
    """Each concept with its line. Raises `InvalidInput` for what is not TBX, or declares a type with
    entities of its own."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES >> 20} MB. Import it in parts.")
    root = root_of(data, "TBX", "martif", "tbx")
    for concept in root.iter("{*}termEntry", "{*}conceptEntry"):
        line = int(concept.sourceline or 0)
        try:
            found: NewEntry | BadRow = _entry(concept)
        except ValidationError as error:
            found = BadRow(row=line, reason=_reason(error))
        yield line, found


def _entry(concept: Any) -> NewEntry:
    terms: dict[str, list[str]] = {}
    for section in concept.iter("{*}langSet", "{*}langSec"):
        found = [_text(t) for t in section.iter("{*}term")]
        tag = section.get(_XML_LANG) or section.get("lang") or ""
        language = language_of(tag, "".join(found))
        if language is not None:
            terms.setdefault(language, []).extend(t for t in found if t)
    notes = [_text(n) for n in concept.iter("{*}note")]
    notes += [_text(d) for d in concept.iter("{*}descrip") if d.get("type") == "definition"]
    source = next((_text(a) for a in concept.iter("{*}admin") if a.get("type") == "source"), "")
    return NewEntry.model_validate(
        {"terms": terms, "note": "; ".join(n for n in notes if n)[:1000], "source": source[:200]}
    )


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _reason(error: ValidationError) -> str:
    return str(error.errors()[0]["msg"]).removeprefix("Value error, ")


def write(entries: Sequence[Entry]) -> Iterator[bytes]:
    """The entries as one TBX file, a piece each."""
    yield (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<tbx style="dca" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">\n'
        b"<tbxHeader><fileDesc><sourceDesc><p>Lionrock</p></sourceDesc></fileDesc></tbxHeader>\n"
        b"<text><body>\n"
    )
    for entry in entries:
        yield _written(entry).encode()
    yield b"</body></text>\n</tbx>\n"


def _written(entry: Entry) -> str:
    parts = [f'<conceptEntry id="c{entry.id.hex}">']
    if entry.source:
        parts.append(f'<admin type="source">{escape(entry.source)}</admin>')
    if entry.note:
        parts.append(f"<note>{escape(entry.note)}</note>")
    for language, variants in entry.terms.items():
        terms = "".join(f"<termSec><term>{escape(t)}</term></termSec>" for t in variants)
        parts.append(f"<langSec xml:lang={quoteattr(language)}>{terms}</langSec>")
    return "".join(parts) + "</conceptEntry>\n"
