"""Names in a sentence that its sources do not hold.

In the sources' own language every capitalised word must be theirs. Across languages a name's other
form is accepted where the tenant's glossary or the short list here gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lionrock.documents.language import HAN, detect, to_simplified

KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "香港": ("Hong Kong", "HK", "HKSAR"), "中國": ("China", "Chinese"), "內地": ("Mainland",),
    "澳門": ("Macao", "Macau"), "台灣": ("Taiwan",), "美國": ("United States", "US", "USA"),
    "英國": ("United Kingdom", "UK"), "歐洲": ("Europe", "European"), "歐盟": ("European Union", "EU"),
    "日本": ("Japan",), "新加坡": ("Singapore",), "九龍": ("Kowloon",), "新界": ("New Territories",),
    "北京": ("Beijing",), "上海": ("Shanghai",), "深圳": ("Shenzhen",), "廣東": ("Guangdong",),
    "港元": ("HK", "HKD", "Hong Kong"), "港幣": ("HK", "HKD", "Hong Kong"), "美元": ("US", "USD"),
    "人民幣": ("RMB", "CNY", "Renminbi"), "特區": ("HKSAR", "SAR"),
    "金管局": ("HKMA", "Hong Kong Monetary Authority"), "證監會": ("SFC",),
    "金融管理局": ("HKMA", "Hong Kong Monetary Authority"),
    "證券及期貨事務監察委員會": ("SFC", "Securities and Futures Commission"),
}  # fmt: skip
"""Places, currencies and regulators that need no glossary: Chinese, and what English calls it."""

_LATIN = re.compile(r"[A-Za-z][A-Za-z&.'’-]+")
_ROLE = re.compile(
    r"\b(?:board|committee|chairman|chairperson|director|executive|manager|management|officer|secretary|minister|president"
    r"|commissioner|auditor|regulator|supervisor|employee|staff|customer|client|shareholder|bank|company|government|court)s?\b",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"《([^》]+)》|((?:[\u3400-\u9fff]{2,8})(?:管理局|委員會|监督管理委员会|委员会|有限公司|集團|集团))"
)
_MONTHS_AND_DAYS = frozenset(
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)


def unfounded_names(sentence: str, sources: str, other_forms: Iterable[str] = ()) -> list[str]:
    """Names as written that neither the sources nor their terms' other forms hold."""
    english, from_english = detect(sentence) == "en", detect(sources) == "en"
    forms = [*other_forms, *_known(sources)]
    ground = _folded(" ".join([sources, *forms]))
    if english:
        found = [w for w in _english(sentence) if not _in(w, ground)]
        # Who does it is as much as a name: a model makes "the executive" of its instructions.
        roles = _ROLE.findall(sentence) if from_english else []
        return found + [r for r in roles if not _in(r, ground) and r not in found]
    found = [w for w in _LATIN.findall(sentence) if len(w) > 1 and not _in(w, ground)]
    if from_english:
        said = [a or b for a, b in _TITLED.findall(sentence)]
        found += [name for name in said if not _chinese_in(name, forms)]
    return found


def _english(sentence: str) -> list[str]:
    """Words with a capital; of the first word only one that no plain word is written like."""
    words = list(re.finditer(r"[A-Za-z][\w&’'-]*", sentence))
    found = []
    for place, match in enumerate(words):
        word = re.sub(r"[’']s$", "", match[0])
        if not word[0].isupper() or word in _MONTHS_AND_DAYS:
            continue
        if (
            (
                place
                and sentence[max(0, match.start() - 2) : match.start()].strip()[-1:]
                not in (
                    ".",
                    ":",
                    "“",
                )
            )
            or any(c.isupper() for c in word[1:])
            or any(c.isdigit() for c in word)
        ):
            found.append(word)
    return found


def _known(sources: str) -> list[str]:
    """What the places and regulators of the sources are called in the other language."""
    plain, low = to_simplified(sources), sources.casefold()
    found: list[str] = []
    for chinese, names in KNOWN.items():
        if to_simplified(chinese) in plain:
            found += names
        if any(re.search(rf"\b{re.escape(name.casefold())}\b", low) for name in names):
            found.append(chinese)
    return found


def _chinese_in(name: str, forms: Iterable[str]) -> bool:
    """Is the name, or what a name ends in, a form that is known? 香港金管局 ends in 金管局."""
    plain = to_simplified(name)
    return any(HAN.search(f) and to_simplified(f) in plain for f in forms)


def _folded(text: str) -> str:
    return re.sub(r"[’']", "'", text).casefold()


def _in(word: str, ground: str) -> bool:
    """As a word of its own, or with an ending (Banks, HKMA's); hyphens may be blanks."""
    bare = re.escape(_folded(word)).replace(r"\-", r"[-\s]?")
    return bool(
        re.search(rf"(?<![a-z0-9]){bare}", ground)
        or re.search(rf"(?<![a-z0-9]){bare.removesuffix('s')}(?![a-z])", ground)
    )
