"""What looks like a person's name: by its title, its label, or a surname in use in Hong Kong.

A guess for blacking out, never for deciding anything about a person. Names without any of these
marks are not seen: the reviewer names them.
"""

from __future__ import annotations

import re
from typing import Final

_SURNAMES_HAN: Final = (
    "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯孫魏翁"
    "戴范宋方鄧杜傅侯曹薛丁馬蔣唐卓藍馮姚石董紀歐程連古汪湯姜田康鄒白涂尤巫韓龔嚴袁黎金阮陸倪夏童邵"
    "柳錢伍關麥譚區霍甄岑招冼利蒙梅莫崔任廿文甘樊鄺勞符温溫鮑黄吕苏罗钟叶陈张刘杨许郑谢赖赵卢孙邓冯"
    "蒋萧庄欧连汤邹严陆钱关麦谭区龚韩颜"
)
_COMPOUND: Final = "歐陽|欧阳|司徒|上官|司馬|司马|諸葛|诸葛|皇甫"
_NAME_HAN: Final = (
    rf"(?:(?:{_COMPOUND})|[{_SURNAMES_HAN}])\s?[\u3400-\u9fff](?:\s?[\u3400-\u9fff])?"
)
_TITLES_HAN: Final = (
    "先生|女士|小姐|太太|夫人|博士|醫生|医生|律師|律师|教授|經理|经理|主任|師傅|校長|議員"
)
_LABELS_HAN: Final = (
    "姓名|客戶|客户|申請人|申请人|受益人|配偶|丈夫|妻子|父親|母親|兒子|女兒|董事|股東|股东|持有人|保人|擔保人|"
    "聯絡人|联系人|僱員|雇员|職員|秘書|代表|經手人|投訴人|病人|被保人|投保人|介紹人|紧急联络人|緊急聯絡人"
)
_HAN: Final = re.compile(
    rf"(?:{_NAME_HAN})(?=\s?(?:{_TITLES_HAN}))"
    rf"|(?:(?<=[：:])|(?<=[：:]\s)){_NAME_HAN}(?![\u3400-\u9fff])"
    rf"|(?:{_LABELS_HAN})[：:為为是]?\s?(?P<labelled>{_NAME_HAN})"
)

_SURNAMES: Final = (
    "Au|Auyeung|Chan|Chang|Chau|Chen|Cheng|Cheung|Chiu|Cho|Choi|Chong|Chow|Choy|Chu|Chui|Chun|Chung|"
    "Fan|Fok|Fong|Fu|Fung|Hau|Ho|Hon|Hsu|Huang|Hui|Ip|Jim|Kam|Kan|Ko|Kong|Koo|Kwan|Kwok|Kwong|Lai|"
    "Lam|Lau|Law|Lee|Leung|Li|Liang|Lim|Lin|Ling|Liu|Lo|Lok|Loong|Lui|Luk|Lung|Ma|Mak|Mok|Mui|Ng|"
    "Ngai|Ngan|Pang|Poon|Pun|Sham|Shek|Shum|Sin|Sit|Siu|Sun|Suen|Sung|Szeto|Sze|Tai|Tam|Tan|Tang|"
    "Tong|Tsang|Tse|Tso|Tsoi|Tsui|Tung|Wan|Wang|Wat|Wong|Wu|Xu|Yam|Yang|Yau|Yeung|Yim|Yin|Ying|Yip|"
    "Yiu|Yu|Yue|Yuen|Yung|Zhang|Zhao|Zheng|Zhou"
)
_PART: Final = r"[A-Z][A-Za-z'’]*(?:-[A-Za-z]+)?(?![A-Za-z0-9])\.?"
_SURNAME: Final = rf"(?:{_SURNAMES}|{_SURNAMES.upper()})"
_LATIN: Final = re.compile(
    rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Madam|Mdm|MR|MRS|MS|DR)\.?\s+{_PART}(?:,?[ ]+{_PART}){{0,3}}"
    rf"|(?<![A-Za-z]){_SURNAME},?[ ]+{_PART}(?:[ ]+{_PART}){{0,3}}"
    rf"|(?<![A-Za-z]){_PART}(?:[ ]+{_PART}){{0,2}}[ ]+{_SURNAME}(?![A-Za-z])"
)


def possible_names(text: str) -> list[tuple[int, int]]:
    """Ranges of `text` that look like names, titles before them included."""
    found = []
    for match in _HAN.finditer(text):
        start, end = match.span("labelled") if match["labelled"] else match.span()
        found.append((start, end))
    return found + [m.span() for m in _LATIN.finditer(text)]
