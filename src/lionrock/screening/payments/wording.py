"""What a name in a payment is: how many names it holds, in which scripts, and whether it is one at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lionrock.screening.names.characters import by_code
from lionrock.screening.names.syllables import is_syllable

_JOINT: Final = re.compile(
    r"\s+(?:and/or|or|obo|o/b/o|on behalf of|fbo|f/b/o|c/o|care of|t/a|trading as|d/b/a|dba|a/k/a|aka|"
    r"formerly|attn)[.:]?\s+|\s*(?:及/或|及／或|或|代表)\s*",
    re.IGNORECASE,
)
_IDEOGRAPH: Final = r"[\u3005-\u3007\u3400-\u9fff\ue000-\ufaff\U00020000-\U0010fffd]"
# "A/S", "A/L", "AT&T" and 王和平 are one name: both sides have two letters or characters at least.
_BOTH: Final = re.compile(
    r"\s+(?:&|and|\+)\s+|\s+/\s+|\s*[;、]\s*|(?<=\w\w)\s?[/&]\s?(?=\w\w)"
    rf"|(?<={_IDEOGRAPH}{{2}})\s?[及與与和]\s?(?={_IDEOGRAPH}{{2}})",
    re.IGNORECASE,
)
_HAN: Final = re.compile(f"{_IDEOGRAPH}+")
_WORD: Final = re.compile(r"[^\W_]+")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]{2}")
_VESSEL: Final = re.compile(
    r"(?<![^\W_])(?:M[/.]?V|M[/.]?T|VESSEL|SHIP|TANKER)[.:]?\s*$", re.IGNORECASE
)


_ORDINARY: Final = frozenset(
    "account accounts address advance agency agent amount annual april august balance beneficiary branch cargo cash "
    "central charge charges cheque clothing commission commodity consulting contract credit customer customs debit "
    "december deposit details dividend donation education electricity expense expenses export family february final "
    "first floor food freight friday from gift goods house import income instalment insurance interest internet "
    "invoice invoices january judgment july june kowloon lease living loan management march maintenance material "
    "materials medical monday month monthly november number october office order other owner payable payment payments "
    "pension period phone premium principal private product products professional project property proceeds purchase "
    "quarter rates reference refund remittance rent rental repair repayment road salary sales school second september "
    "service services settlement shares shipment street subscription sunday supplies support tax telephone term "
    "third thursday total tower trade trading transfer travel trust tuition tuesday utilities wages water wednesday "
    "week with year yearly "
    "association associates capital chemicals company corporation development electronics engineering enterprise "
    "enterprises equipment factory foundation furniture garments general global group holding holdings hotel "
    "incorporated industrial industries industry international investment investments jewellery legal licence "
    "limited logistics machinery national partners printing restaurant securities shipping society software "
    "solutions steel systems technologies technology textiles timber tools university".split()
)
"""Words that payments and the names of firms are made of. A listed name that is one such word is not
sought in free text, nor beside other words of a name."""
_ALONE: Final = 5
_FEW: Final = 3
_UNKNOWN: Final = "〓"
_LEAST: Final = 2
"""Characters of a name that commercial codes spell."""


def is_ordinary(words: str) -> bool:
    """Whether a stretch of free text is one character, or one short or ordinary Latin word, and so
    nobody's name."""
    word = words.strip(".,;:/()-").lower()
    if len(word) < _LEAST:
        return True
    return word.isascii() and " " not in word and (len(word) < _ALONE or word in _ORDINARY)


def separate(name: str) -> list[str]:
    """The names in a name line: "A OR B", "A TRADING AS B", "A & B". Empty if it is one."""
    plain = " ".join(name.split())  # the patterns look at each blank of a row of them anew
    split = [p for part in _JOINT.split(plain) for p in _BOTH.split(part) if p.strip()]
    names = [p.strip(" ,()（）") for p in split]
    return [n for n in dict.fromkeys(names) if len(n) > 1] if len(split) > 1 else []


def holds_more(name: str) -> bool:
    """Whether another name may stand in it beside words that are not of that one. Up to three Chinese
    characters or syllables are one person's whole name, and one word is one name. One word beside three
    syllables is a name's too (CHAN Tai Man Peter), and costs a listed name of three no more than that."""
    return any(
        len("".join(_HAN.findall(part))) > _FEW or _has_words(_WORD.findall(_HAN.sub(" ", part)))
        for part in scripts(name)
    )


def _has_words(words: Sequence[str]) -> bool:
    spelt = sum(is_syllable(word.lower()) for word in words)
    others = len(words) - spelt
    chinese = others <= 1 if spelt == _FEW else spelt < _FEW and not others
    return len(words) > 1 and not chinese


def scripts(name: str) -> list[str]:
    """One name in two scripts, as its parts: "CHAN Tai Man (陳大文)" → both. Else the name itself."""
    chinese = _HAN.findall(name)
    rest = " ".join(_HAN.sub(" ", name).split()).strip(" ()（）,/-")
    if not chinese or not _LATIN.search(rest):
        return [name]
    return [rest, "".join(chinese)]


def decoded(run: str) -> list[str]:
    """The characters of a run of commercial codes: as on Hong Kong identity cards, and as on the
    mainland where that differs. A code that no table has is 〓; empty with fewer than two known."""
    readings = [by_code().get(code, (_UNKNOWN,)) for code in run.split()]
    if sum(r != (_UNKNOWN,) for r in readings) < _LEAST:
        return []
    first, last = "".join(r[0] for r in readings), "".join(r[-1] for r in readings)
    return list(dict.fromkeys((first, last)))


def names_vessel(before: str) -> bool:
    """Whether the words before a name say that a vessel's follows: "M/V", "MT", "VESSEL"."""
    return bool(_VESSEL.search(before))
