"""Finding a person: how many writings of a name are found, how fast pages are looked through.

Names: members of the legislature in the Latin styles that public records write them in; each is
entered by one style and looked for in all the others. Linear in the text; a page in which nothing
stands costs the folding of its characters and a substring search for each form.
"""

from __future__ import annotations

import json
import re
import time

from common import data, figure
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.redaction import Redactor

_TITLES = re.compile(r"^(?:Hon |Dr |Prof |Ir |Ms |Mrs )+")
_PAGE = 2500
_OTHERS = 5000


def name(value: str) -> Identifier:
    return Identifier(kind=IdentifierKind.NAME, value=value)


def found() -> tuple[int, int]:
    """Writings found, of how many."""
    hits = total = 0
    for styles in json.loads((data("names") / "legco_people.json").read_text()).values():
        latin = [_TITLES.sub("", s) for s in styles if s.isascii()]
        if latin:
            matcher = Matcher([name(max(latin, key=len))])
            total += len(latin)
            hits += sum(bool(matcher.matches(f"the member {s} said")) for s in latin)
    return hits, total


def speed(text: str) -> float:
    """Characters a second, a page at a time, for a person with six identifiers."""
    kinds = IdentifierKind
    matcher = Matcher(
        [
            name("Chan Tai Man"), name("陳大文"),
            Identifier(kind=kinds.HKID, value="A123456(3)"),
            Identifier(kind=kinds.PHONE, value="91234567"),
            Identifier(kind=kinds.EMAIL, value="tai@example.com"),
            Identifier(kind=kinds.ACCOUNT, value="012-345678-833"),
        ]
    )  # fmt: skip
    pages = [text[i : i + _PAGE] for i in range(0, len(text), _PAGE)]
    began = time.perf_counter()
    for page in pages:
        matcher.matches(page)
    return len(text) / (time.perf_counter() - began)


def blacking(text: str) -> float:
    """Milliseconds to black out a page for one person where 5,000 others are known."""
    surnames, given = ("Wong", "Lee", "Ho", "Lam", "Cheung"), ("Siu", "Mei", "Ka", "Wai", "Chi")
    others = [name(f"{surnames[i % 5]} {given[i // 5 % 5]} X{i}y") for i in range(_OTHERS)]
    redactor = Redactor([name("Chan Tai Man")], others)
    pages = [text[i : i + _PAGE] for i in range(0, 40 * _PAGE, _PAGE)]
    began = time.perf_counter()
    for page in pages:
        redactor.spans(page)
    return (time.perf_counter() - began) / len(pages) * 1000


def main() -> None:
    english = next(data("hk_regs").glob("HK-009*")).read_text("utf-8")
    chinese = "".join(p.read_text("utf-8") for p in sorted(data("drcd").glob("*.json")))[:2_000_000]
    hits, total = found()
    print(f"writings of names found   {hits} of {total}")
    rates = {"english": speed(english), "chinese": speed(chinese)}
    for language, rate in rates.items():
        print(f"looked through, {language}   {rate / 1e6:.1f} M characters/s")
    milliseconds = blacking(english)
    print(f"blacking out a page with {_OTHERS} others known   {milliseconds:.1f} ms")
    figure("privacy_name_recall", hits / total)
    for language, rate in rates.items():
        figure(f"privacy_find_{language}_mchar_per_s", rate / 1e6)
    figure("privacy_redact_page_ms", milliseconds)


if __name__ == "__main__":
    main()
