"""Country names, as lists write them, to ISO 3166-1 alpha-2 in lower case.

The Unicode locale data (through babel) gives the English names and the Traditional and Simplified
Chinese ones; `_VARIANTS` adds how the UN, OFAC, the EU and the UK write them, and states that are gone
but still stand in lists. A territory counts as itself: Hong Kong is hk, Macau mo, Taiwan tw.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

_LOCALES = ("en", "zh_Hant", "zh_Hans", "zh_Hant_HK")

# Names not in the locale data, a line for each code.
_VARIANTS = """
ae UAE; U.A.E.; Dubai; 阿聯酋; 阿联酋
ag Antigua & Barbuda
an Netherlands Antilles
ba Bosnia-Herzegovina; Bosnia; 波黑
bn Brunei Darussalam; 汶萊
bo Bolivia (Plurinational State of); Bolivia, Plurinational State of
bs Bahamas, The; The Bahamas
bw 博茨瓦納; 波札那
by Byelorussia
cd Congo, Democratic Republic of the; Democratic Republic of the Congo; DR Congo; DRC; Zaire;\
 Congo (Democratic Republic); Congo, the Democratic Republic of the; Congo, Democratic Republic; 剛果(金); 刚果(金)
cf Central African Rep.; CAR
cg Congo; Congo, Republic of the; Republic of the Congo; Congo, Republic; Congo (Brazzaville); 剛果(布); 刚果(布)
ci Cote d Ivoire; Ivory Coast; Côte d'Ivoire; 科特迪瓦; 象牙海岸
cn China, People's Republic of; People's Republic of China; PRC; P.R. China; Mainland China; China (Mainland);\
 中華人民共和國; 中华人民共和国; 中國內地; 中国内地; 内地; 內地; 中國大陸; 中国大陆
cs Serbia and Montenegro; Yugoslavia; Former Yugoslavia
cu Republic of Cuba
cv Cape Verde; Cabo Verde
cz Czech Republic; Czechia
fm Micronesia (Federated States of); Federated States of Micronesia
gb UK; U.K.; Great Britain; England; Scotland; Wales; Northern Ireland; Britain;\
 United Kingdom of Great Britain and Northern Ireland; British; 英國; 英国; 聯合王國
gm The Gambia; Gambia, The; Gambia (Republic of The)
gw Guinea Bissau
hk Hong Kong; HKSAR; Hong Kong SAR; Hong Kong, China; China, Hong Kong Special Administrative Region;\
 Hong Kong Special Administrative Region; Hong Kong (Special Administrative Region of China);\
 Hong Kong SAR of China; Hongkong; 香港; 中國香港; 中国香港; 香港特別行政區; 香港特别行政区
ir Iran (Islamic Republic of); Islamic Republic of Iran; Iran, Islamic Republic of; IRAN, ISLAMIC REPUBLIC OF
kn Saint Kitts & Nevis; St Kitts and Nevis
kp Korea, North; North Korea; Democratic People's Republic of Korea; DPRK; Korea (North);\
 Korea, Democratic People's Republic of; DPR Korea; N. Korea; 北韓; 北韩; 朝鮮; 朝鲜; 朝鮮民主主義人民共和國
kr Korea, South; South Korea; Republic of Korea; Korea, Republic of; Korea (South); Korea; ROK; 韓國; 韩国; 南韓
la Lao People's Democratic Republic; Lao PDR; 老撾; 寮國
ly Libyan Arab Jamahiriya; State of Libya; 利比亞
md Republic of Moldova; Moldova, Republic of
mk Macedonia, The Former Yugoslav Republic of; Macedonia; FYROM; North Macedonia, The Republic of;\
 The former Yugoslav Republic of Macedonia; Republic of North Macedonia
mm Burma; Myanmar; 緬甸; 缅甸
mo Macau; Macao; Macao SAR; Macau SAR; Macau, China; China, Macao Special Administrative Region; 澳門; 澳门; 中國澳門
nl Holland; The Netherlands; Netherlands (Kingdom of the)
pf French Polynesia
ph The Philippines; Philippines (the); 菲律賓
ps Palestinian; State of Palestine; Palestine; Palestine, State of; Palestinian Authority; West Bank; Gaza;\
 Gaza Strip; Region: Gaza; Occupied Palestinian Territory; Occupied Palestinian Territories; The Occupied\
 Palestinian Territories; Palestinian Territory, Occupied; 巴勒斯坦
ru Russian Federation; Russia (Federation of); 俄國; 俄羅斯聯邦; 俄罗斯联邦
sd The Sudan; Sudan (the)
ss South Sudan, Republic of
su Soviet Union; USSR; former Soviet Union; Union of Soviet Socialist Republics; 蘇聯; 苏联
sy Syrian Arab Republic; 敍利亞; 敘利亞; 叙利亚
sz Swaziland
tl East Timor; Timor Leste
tr Turkey; Türkiye; Turkiye; 土耳其
tt Trinidad & Tobago
tw Taiwan; Taiwan, Province of China; Taiwan, China; Chinese Taipei; Republic of China; Taiwan (Province of China);\
 中華民國; 中華台北; 中国台湾; 中國台灣; 台灣; 臺灣
tz United Republic of Tanzania; Tanzania, United Republic of
us USA; U.S.A.; U.S.; United States of America; The United States; America; 美國; 美利堅合眾國
va Holy See; Vatican
vc St. Vincent and the Grenadines; Saint Vincent and the Grenadines; Saint Vincent & the Grenadines
ve Venezuela (Bolivarian Republic of); Bolivarian Republic of Venezuela; Venezuela, Bolivarian Republic of
vg Virgin Islands, British; Virgin Islands (British); BVI; British Virgin Islands; 英屬處女群島; 英屬維爾京群島
vi Virgin Islands, U.S.; Virgin Islands (U.S.)
vn Viet Nam; Socialist Republic of Viet Nam; 越南
xk Kosovo
za Republic of South Africa; RSA
"""
# Codes of three letters met on papers and in customers' files; passports and FollowTheMoney's old data.
_THREE = "chn:cn hkg:hk mac:mo twn:tw usa:us gbr:gb prk:kp kor:kr irn:ir rus:ru syr:sy sgp:sg mys:my \
idn:id tha:th vnm:vn phl:ph ind:in jpn:jp mmr:mm aus:au can:ca deu:de fra:fr cub:cu afg:af irq:iq pak:pk"
_SAINT = re.compile(r"\bsaint\b")
_NOT_COUNTRIES = frozenset(("ZZ", "QO", "EU", "EZ", "UN", "XA", "XB"))


@lru_cache(maxsize=4096)
def code(name: str) -> str:
    """The code of a name, a code of two letters or a common one of three; "" for anything else."""
    key = _key(name)
    if not key or (len(key) == 2 and key != name.strip().casefold()):
        return ""  # "n/a" is not Namibia
    return _table().get(key, "") or _table().get(_key(re.sub(r"\([^)]*\)", " ", name)), "")


def given(text: str) -> str:
    """The code of what someone gives as a country: as `code`, or any of three letters (ISO 3166-1); ""
    for what is none."""
    word = text.strip()
    return code(word) or code(word.upper()) or _of_three().get(word.upper(), "")


def name(code: str, locale: str = "en") -> str:
    """The name of a code in a locale of babel's, or the code itself if it has none."""
    return str(Locale.parse(locale).territories.get(code.upper(), code))


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for locale in _LOCALES:
        for territory, text in Locale.parse(locale).territories.items():
            if territory.isalpha() and territory not in _NOT_COUNTRIES:
                table.setdefault(_key(text), territory.lower())
                table[territory.lower()] = territory.lower()
    for line in _VARIANTS.strip().splitlines():
        found, _, names = line.partition(" ")
        table[found] = found
        table.update((_key(text), found) for text in names.split(";"))
    for pair in _THREE.split():
        three, _, two = pair.partition(":")
        table[three] = two
    return table


@cache
def _of_three() -> dict[str, str]:
    """Codes of three letters that stand for one country (CLDR, through babel)."""
    return {
        three: codes[0].lower()
        for three, codes in get_global("territory_aliases").items()
        if len(three) == 3 and three.isalpha() and len(codes) == 1 and code(codes[0])
    }


def _key(text: str) -> str:
    """Letters and digits only, folded: "Côte d'Ivoire" and "Cote d Ivoire" are one, St. and Saint too."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    text = _SAINT.sub("st ", text)
    return "".join(letter for letter in text if letter.isalnum())
