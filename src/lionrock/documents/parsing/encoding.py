"""Which encoding a text is in: UTF-8, UTF-16, Big5-HKSCS, GB18030 or Windows-1252.

Short Chinese texts give statistics little to hold on to, so both Chinese readings are scored by
how common their characters are: a text read in the wrong one turns into rare characters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 20_000
# What a page or a mail declares, as Hong Kong's software means it.
_ALIASES = {"big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs",
            "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}  # fmt: skip

_COMMON = frozenset(
    "的一是不了在人有我他這这個个們们中來来上大為为和國国地到以說说時时要就出會会可也你對对生能而子那得於于著着下自之年"
    "過过發发後后作里裡用道行所然家種种事成方多經经麼么去法學学如都同現现當当沒没動动面起看定天分還还進进好小部其些主樣样"
    "理心她本前開开但因只從从想實实日軍军者意無无力它與与長长把機机十民第公此已工使情明性知全三又關关點点正業业外將将兩两"
    "高間间由問问很最重並并物手應应戰战向頭头文體体政美相見见被利什二等產产或新己制身果加西斯月話话合回特代內内信表化老給给"
    "世位次度門门任常先海通教兒儿東东聲声提立及比員员解水名真論论處处走義义各入幾几口認认條条平系氣气題题活爾尔更別别打女"
    "變变四神總总何電电數数安少報报才結结反受目太量再感建務务做接必場场件計计管期市直德資资命山金指克許许統统區区保至隊队"
    "形社便空決决治展馬马科司五基眼書书非則则聽听白卻却界達达光放強强即像難难且權权思王象完設设式色路記记南品住告類类求據据"
    "程北邊边死張张該该交規规萬万取拉格望覺觉術术領领共確确傳传師师觀观清今切院讓让識识候帶带導导爭争運运筆笔"
    "客戶户銀银帳账款項项貸贷險险監监督局條款附錄录審审查核準准存投融證证券匯汇率港幣币元香九龍龙灣湾號号請请"
    "嘅喺咗啲哋嚟冇唔㗎揾嗰係佢睇咁俾噉喎啦呀嘢乜邊點解"
    "，。、；：？！「」『』（）《》—…·“”"
)
_KANA_OR_FULLWIDTH = re.compile("[\u3000-\u30ff\uff01-\uff5e\u2010-\u2027]")
_HAN = re.compile("[\u3400-\u9fff]")
_TYPOGRAPHY = frozenset("–—‘’“”•…€£©®™°§±·")


def decoded(data: bytes, declared: str = "") -> str:
    """The text, from its byte order mark, as valid UTF-8, as declared, or by score."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in ("utf-8", *_known(declared), *_wide(data)):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(best_encoding(data), "replace")


def _known(declared: str) -> Iterator[str]:
    name = declared.strip().lower()
    try:
        yield codecs.lookup(_ALIASES.get(name, name)).name if name else "utf-8"
    except LookupError:
        return


def _wide(data: bytes) -> Iterator[str]:
    """UTF-16 without a mark, by the zeros beside Latin letters, spaces and line ends."""
    head = data[: _SAMPLE & ~1]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 20 and min(even, odd) * 10 < max(even, odd):
        yield "utf-16-be" if even > odd else "utf-16-le"


def best_encoding(data: bytes) -> str:
    """The likeliest of Big5-HKSCS, GB18030 and Windows-1252 for bytes that are not UTF-8."""
    sample = data[:_SAMPLE]
    return max(("big5hkscs", "gb18030", "cp1252"), key=lambda name: score(sample, name))


def score(data: bytes, encoding: str) -> float:
    """How much the bytes read like a text in that encoding, per character that is not ASCII."""
    text = data.decode(encoding, "replace")
    if encoding == "cp1252":
        return _latin_score(text)
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0
    return sum(_weight(letter, encoding) for letter in foreign) / len(foreign)


def _weight(letter: str, encoding: str) -> float:
    if letter in _COMMON:
        return 2.0
    if letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff":
        return -4.0
    if _KANA_OR_FULLWIDTH.match(letter):
        return 0.5
    if not _HAN.match(letter):
        return -1.5
    lead = letter.encode(encoding, "replace")[0]
    everyday = 0xA4 <= lead <= 0xC6 if encoding == "big5hkscs" else 0xB0 <= lead <= 0xD7
    double = len(letter.encode(encoding, "replace")) == 2
    plain_trail = encoding == "big5hkscs" or letter.encode(encoding, "replace")[1] >= 0xA1
    return 0.5 if everyday and double and plain_trail else -1.0


def _latin_score(text: str) -> float:
    """Accented letters stand beside other letters, typographic marks anywhere."""
    foreign = [(i, letter) for i, letter in enumerate(text) if letter > "\x7f"]
    if not foreign:
        return 0.0
    good = 0.0
    for i, letter in foreign:
        beside = text[i - 1 : i] + text[i + 1 : i + 2]
        latin = letter.isalpha() and any(c.isascii() and c.isalpha() for c in beside)
        lone = not any(c > "\x7f" for c in beside)
        good += 1.2 if lone and (latin or letter in _TYPOGRAPHY) else -1.5
    return good / len(foreign)
