"""How Mandarin syllables are spelt in names: pinyin, and the older systems still on passports and lists.

Sources: GB/T 28039-2011 (pinyin in names; yu or v for ü), Wade–Giles as in Mathews' dictionary,
Tongyong pinyin (Taiwan, 2002), postal spellings that survive in surnames.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_ONSETS: Final = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")

_WADE: Final = {
    "b": "p", "d": "t", "g": "k", "zh": "ch", "z": "ts", "c": "ts", "j": "ch", "q": "ch", "x": "hs", "r": "j",
}  # fmt: skip
_WADE_RIMES: Final = {
    "ian": "ien", "ie": "ieh", "ong": "ung", "iong": "iung", "ue": "ueh", "ve": "ueh", "v": "u",
    "ui": "ui", "i": "i", "er": "erh", "uo": "o", "e": "e", "iu": "iu", "un": "un",
}  # fmt: skip
_WADE_WHOLE: Final = {
    "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "zi": "tzu", "ci": "tzu", "si": "szu",
    "ge": "ko", "ke": "ko", "he": "ho", "ye": "yeh", "yue": "yueh", "yan": "yen", "you": "yu",
    "yong": "yung", "yi": "i", "er": "erh", "e": "o", "guo": "kuo", "kuo": "kuo", "huo": "huo",
    "shuo": "shuo", "gui": "kuei", "kui": "kuei", "xu": "hsu", "xue": "hsueh", "xuan": "hsuan",
    "xun": "hsun", "qu": "chu", "que": "chueh", "quan": "chuan", "qun": "chun", "ju": "chu",
    "jue": "chueh", "juan": "chuan", "jun": "chun", "yuan": "yuan", "yun": "yun", "yu": "yu",
}  # fmt: skip
_TONGYONG: Final = {
    "zh": "jh", "q": "c", "x": "s", "shi": "shih", "zhi": "jhih", "chi": "chih", "ri": "rih",
    "zi": "zih", "ci": "cih", "si": "sih",
}  # fmt: skip
_ALSO: Final = {
    "xu": "hsu shu", "xie": "hsieh shieh", "xiao": "hsiao shiao", "zhang": "chang", "zhao": "chao",
    "zhou": "chou chow", "huang": "hwang hoang", "wang": "wong", "lv": "lu lyu lui", "lve": "lue lyue",
    "nv": "nu nyu", "nve": "nue", "yu": "yu yue", "liu": "liou lieu", "liang": "leang", "shi": "shy",
    "si": "szu ssu sze", "ci": "tsu tsi", "zi": "tse tsu tze", "xi": "shi hsi si", "xin": "shin hsin sin",
    "xing": "shing hsing", "xian": "shian hsien", "xue": "shueh shue", "xiang": "shiang siang",
    "jing": "chin ching", "jin": "king gin", "qing": "tsing", "qi": "chi tsi", "de": "teh te",
    "ren": "jen", "rong": "jung yung", "ru": "ju", "rui": "jui ruey", "hui": "huei hwei", "wei": "wei",
    "guo": "kuo quo", "kang": "kang", "gao": "kao", "kong": "kung", "jiang": "kiang chiang", "dong": "tung",
    "deng": "teng", "feng": "fong", "meng": "mong", "zeng": "tseng tzeng", "cai": "tsai", "cao": "tsao",
    "cui": "tsui", "zou": "tsou", "sun": "suen", "song": "soong sung", "tian": "tien", "dai": "tai",
    "ding": "ting", "du": "tu", "bai": "pai", "bao": "pao", "lei": "lei", "luo": "lo law", "he": "ho",
    "hao": "hao", "hou": "how", "hong": "hung", "hua": "hwa", "huai": "hwai", "hu": "hu", "ke": "ko ker",
    "jia": "chia kia", "jian": "chien kien", "jie": "chieh jye", "jun": "juin jiun", "jiu": "jeou",
    "yi": "yih i ee", "ying": "in", "yan": "yen", "you": "yu yeou", "yong": "yeong", "zhen": "jen chen",
    "zheng": "cheng jeng", "zhi": "jyh chi", "zhong": "chung jong", "zhu": "chu ju", "zhuang": "chuang juang",
    "shen": "shen", "sheng": "sheng", "shu": "shu", "shao": "shao", "mei": "mei may", "wen": "wen",
    "wu": "wu woo", "yao": "yau", "yang": "young", "ye": "yeh", "lin": "lim", "li": "lee", "lu": "loo",
}  # fmt: skip


def split(syllable: str) -> tuple[str, str]:
    """Pinyin's initial and final: `zhang` → zh, ang."""
    for onset in _ONSETS:
        if syllable.startswith(onset):
            return onset, syllable[len(onset) :]
    return "", syllable


@cache
def pinyin(syllable: str) -> dict[str, float]:
    """Spellings of a syllable given in toneless pinyin with v for ü."""
    if "v" not in syllable:
        return {syllable: 1.0}
    return {
        syllable.replace("v", "u"): 0.45,
        syllable.replace("v", "yu"): 0.3,
        syllable: 0.2,
        syllable.replace("v", "ue"): 0.05,
    }


@cache
def taiwan(syllable: str) -> dict[str, float]:
    """Wade–Giles without marks, Tongyong, and spellings of neither system."""
    wade = _wade_giles(syllable)
    found = {wade: 0.6}
    for other, share in [(_tongyong(syllable), 0.08), (syllable.replace("v", "yu"), 0.12)]:
        found[other] = found.get(other, 0.0) + share
    also = _ALSO.get(syllable, "").split()
    for other in also or [wade]:
        found[other] = found.get(other, 0.0) + 0.2 / len(also or [wade])
    return found


def _wade_giles(syllable: str) -> str:
    if syllable in _WADE_WHOLE:
        return _WADE_WHOLE[syllable]
    onset, rime = split(syllable)
    return _WADE.get(onset, onset) + _WADE_RIMES.get(rime, rime)


def _tongyong(syllable: str) -> str:
    if syllable in _TONGYONG:
        return _TONGYONG[syllable]
    onset, rime = split(syllable)
    spelling = _TONGYONG.get(onset, onset) + rime.replace("v", "yu")
    return spelling.replace("feng", "fong").replace("weng", "wong")
