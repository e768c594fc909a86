"""Does a translation deny where its source denies? A hint only: each language has its own ways.

One side must clearly deny and the other show no sign of it, before anything is said.
"""

from __future__ import annotations

import re
from typing import Final

_CLEAR_EN: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|none|nobody|nothing)\b|n['’]t\b", re.I
)
_IDIOMS_EN: Final = re.compile(
    r"\b(?:not only|no later than|no doubt|no longer|not later than|no\.)", re.I
)
_SIGN_EN: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|none|nobody|nothing|without|prohibit\w*|forbid\w*|forbidden|"
    r"except\w*|unless|exempt\w*|unable|inab\w+|refus\w*|declin\w*|fail\w*|free|waive\w*|lack\w*|absen\w+|"
    r"avoid\w*|prevent\w*|exclu\w+|less|non\w*|un\w{3,}|in(?:valid|eligib|sufficien|adequa|complet|accura|"
    r"direct|forma|depend|secur)\w*|il(?:legal|licit)\w*|ir(?:respective|regular|revers)\w*|im(?:possib|prop)\w*|"
    r"dis(?:allow|regard|pute|continu|qualif)\w*|rather|instead|beyond|stop\w*|cease\w*|reject\w*|only|until|"
    r"before|barely|hardly|few|little|otherwise)\b|n['’]t\b|-free\b",
    re.I,
)
_CLEAR_ZH: Final = re.compile(
    "不得|不可|不能|不會|不会|不應|不应|不須|不须|不必|不准|不是|不屬|不属|沒有|没有|並非|并非|並無|并无|從未|从未|"
    "未能|未有|未曾|無須|无须|毋須|毋须|無法|无法|禁止|切勿|唔可以|唔會|唔好|唔使|唔係|冇"
)
_IDIOMS_ZH: Final = re.compile(
    "不得不|不可或缺|不可分|不能不|不是.{0,6}就是|不會不|有沒有|有没有|有冇|係唔係|是不是"
)
_SIGN_ZH: Final = re.compile("[不沒没未無无非毋勿免禁拒唔冇除缺失否莫別别防停止僅仅只少]")


def unlike(source: str, target: str) -> list[str]:
    """The clear denials of one side where the other shows no sign of any."""
    return only_in(source, target) or only_in(target, source)


def only_in(text: str, other: str) -> list[str]:
    """The clear denials of `text` where the other shows no sign of any."""
    clear = denials(text)
    shown = not clear or _SIGN_EN.search(other) or _SIGN_ZH.search(other)
    return [] if shown else clear


def denials(text: str) -> list[str]:
    """The words that clearly deny, each once."""
    bare = _IDIOMS_ZH.sub("", _IDIOMS_EN.sub("", text))
    return list(dict.fromkeys([*_CLEAR_EN.findall(bare), *_CLEAR_ZH.findall(bare)]))
