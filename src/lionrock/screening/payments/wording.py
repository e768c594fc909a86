"""What a name in a payment is: whose it may be, how many names it holds, what kind of party bears it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lionrock.screening.entities import Schema
from lionrock.screening.names.characters import by_code

_ORGANISATION: Final = re.compile(
    r"(?<![^\W_])(?:limited|ltd|co|company|corp|corporation|inc|incorporated|llc|llp|lp|plc|gmbh|ag|kg|sa|sarl|"
    r"spa|srl|bv|nv|oy|ab|as|aps|ooo|oao|zao|pao|jsc|pjsc|pte|pty|sdn|bhd|holdings?|group|bank|trust|"
    r"foundation|association|society|fund|university|college|school|hospital|ministry|department|"
    r"government|embassy|church|club|union|enterprises?|industries|industrial|trading|international|"
    r"partners|partnership|services|solutions|technologies|technology|shipping|lines|airlines|"
    r"insurance|securities|capital|investments?|logistics|engineering|factory|hotel|restaurant)(?![^\W_])"
    r"|公司|銀行|银行|集團|集团|基金|協會|协会|商會|商会|大學|大学|學校|学校|醫院|医院|企業|企业|有限|工廠|工厂|"
    r"商行|貿易|贸易|政府|委員會|委员会|事務所|事务所|株式会社|株式會社",
    re.IGNORECASE,
)
_JOINT: Final = re.compile(
    r"\s+(?:and/or|or|obo|o/b/o|on behalf of|fbo|f/b/o|c/o|care of|t/a|trading as|d/b/a|dba|a/k/a|aka|"
    r"formerly|attn)[.:]?\s+|\s*(?:及/或|及／或|或|代表)\s*",
    re.IGNORECASE,
)
_BOTH: Final = re.compile(r"\s+(?:&|and|\+)\s+|\s*[/;、]\s*|\s*[及與与和]\s*", re.IGNORECASE)
_HAN: Final = re.compile(r"[\u3005-\u3007\u3400-\u9fff\ue000-\ufaff\U00020000-\U0010fffd]+")
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
    "week with year yearly".split()
)
"""Words that payments are made of. A listed name that is one such word is not sought in free text."""
_ALONE: Final = 5


def is_ordinary(words: str) -> bool:
    """Whether a stretch of free text is one short or ordinary Latin word, and so nobody's name."""
    word = words.strip(".,;:/()-").lower()
    return word.isascii() and " " not in word and (len(word) < _ALONE or word in _ORDINARY)


def is_organisation(name: str) -> bool:
    """Whether a word of the name says that it is an organisation's."""
    # A dotted form is its letters: "Co., Ltd.", "S.A.".
    return bool(_ORGANISATION.search(re.sub(r"(?<=\w)\.(?=\w|$|\W)", "", name)))


def schema_of(name: str, kind: str) -> Schema:
    """`kind` is the message's own word, "person" or "organisation" or neither."""
    if kind == "person":
        return Schema.PERSON
    if kind == "organisation" or is_organisation(name):
        return Schema.ORGANIZATION
    return Schema.LEGAL_ENTITY


def separate(name: str) -> list[str]:
    """The names in a name line: "A OR B", "A TRADING AS B", "A & B" of persons. Empty if it is one."""
    parts = [p for p in _JOINT.split(name) if p.strip()]
    split: list[str] = []
    for part in parts:
        split += [part] if is_organisation(part) else [p for p in _BOTH.split(part) if p.strip()]
    names = [p.strip(" ,()（）") for p in split]
    return [n for n in dict.fromkeys(names) if len(n) > 1] if len(split) > 1 else []


def scripts(name: str) -> list[str]:
    """One name in two scripts, as its parts: "CHAN Tai Man (陳大文)" → both. Else the name itself."""
    chinese = _HAN.findall(name)
    rest = " ".join(_HAN.sub(" ", name).split()).strip(" ()（）,/-")
    if not chinese or not _LATIN.search(rest):
        return [name]
    return [rest, "".join(chinese)]


def decoded(run: str) -> list[str]:
    """The characters of a run of commercial codes: as on Hong Kong identity cards, and as on the
    mainland where that differs. Empty if a code stands for nothing."""
    readings = [by_code().get(code, ()) for code in run.split()]
    if not all(readings):
        return []
    first, last = "".join(r[0] for r in readings), "".join(r[-1] for r in readings)
    return list(dict.fromkeys((first, last)))


def is_only_codes(name: str, runs: Sequence[str]) -> bool:
    """Whether the name is a run of codes and nothing else."""
    return any(name.split() == run.split()[: len(name.split())] for run in runs) and bool(runs)


def names_vessel(before: str) -> bool:
    """Whether the words before a name say that a vessel's follows: "M/V", "MT", "VESSEL"."""
    return bool(_VESSEL.search(before))
