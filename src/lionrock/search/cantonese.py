"""Written Cantonese put into written Chinese word by word, for matching only.

Regulations are in written Chinese (書面語); people in Hong Kong ask in Cantonese. The table holds
function words and question words, not topics: those are the same in both.
"""

from __future__ import annotations

import re

from lionrock.documents.language import to_simplified

_WRITTEN: dict[str, str] = {
    # Questions of yes or no.
    "係唔係": "是否", "係咪": "是否", "可唔可以": "可否", "可唔可": "可否", "需唔需要": "是否需要",
    "使唔使": "是否需要", "洗唔洗": "是否需要", "要唔要": "是否要", "會唔會": "會否", "有冇": "有沒有",
    "得唔得": "可否", "識唔識": "是否懂得", "應唔應該": "應否", "能唔能夠": "能否", "准唔准": "是否准許",
    "啱唔啱": "是否正確", "夠唔夠": "是否足夠", "肯唔肯": "是否願意", "知唔知": "是否知道",
    # Who, what, when, where, how, how much.
    "邊個": "誰", "邊位": "哪位", "邊度": "哪裡", "邊處": "哪裡", "邊間": "哪間", "邊啲": "哪些",
    "邊日": "哪天", "邊隻": "哪種", "邊種": "哪種", "邊類": "哪類", "邊份": "哪份", "邊條": "哪條",
    "幾耐": "多久", "幾時": "何時", "幾多": "多少", "幾錢": "多少錢", "幾遠": "多遠", "幾大": "多大",
    "點樣": "如何", "點解": "為什麼", "點算": "怎麼辦", "點做": "如何做", "點計": "如何計算",
    "點處理": "如何處理", "點辦": "怎麼辦", "乜嘢": "什麼", "咩嘢": "什麼", "乜野": "什麼",
    "咩人": "什麼人", "乜人": "什麼人", "做乜": "為什麼", "為咩": "為什麼",
    "咩時候": "何時", "第幾時": "何時",
    # This and that; then and now.
    "而家": "現在", "依家": "現在", "宜家": "現在", "家下": "現在", "嗰個": "那個", "嗰啲": "那些",
    "嗰陣": "那時", "嗰度": "那裡", "嗰份": "那份", "嗰間": "那間", "嗰次": "那次", "呢個": "這個",
    "呢啲": "這些", "呢份": "這份", "呢間": "這間", "呢度": "這裡", "呢次": "這次", "呢類": "這類",
    "呢種": "這種", "呢條": "這條", "咁樣": "這樣", "咁多": "這麼多", "咁耐": "這麼久", "即刻": "立即",
    "尋日": "昨日", "琴日": "昨日", "聽日": "明日", "第日": "日後", "遲啲": "稍後", "早啲": "較早",
    "之後先": "之後才", "啱啱": "剛剛", "頭先": "剛才", "成日": "經常", "耐唔耐": "不時",
    # People.
    "佢哋": "他們", "我哋": "我們", "你哋": "你們", "人哋": "別人",
    # Not.
    "唔使": "不必", "唔洗": "不必", "唔好": "不要", "唔可以": "不可以", "唔係": "不是", "唔准": "不准",
    "唔夠": "不足", "唔同": "不同", "唔啱": "不正確", "唔見咗": "遺失", "唔記得": "忘記", "未曾": "未曾",
    "冇得": "不能", "冇效": "無效", "仲未": "尚未", "咪住": "不要",
    # What is done.
    "收番": "收回", "攞返": "取回", "攞番": "取回", "交返": "交回", "俾錢": "付款", "畀錢": "付款",
    "俾返": "交還", "畀返": "交還", "俾人": "被", "畀人": "被", "執咗": "倒閉", "開戶口": "開立帳戶",
    "匯錢": "匯款", "過數": "轉帳", "碌卡": "刷卡", "還錢": "還款", "借錢": "借款", "入錢": "存款",
    "攞錢": "提款", "撳錢": "提款", "呃人": "欺騙", "呃錢": "騙款",
    "搞掂": "完成", "搞錯": "弄錯", "睇返": "查看", "睇下": "看看",
    "睇": "看", "搵返": "找回", "傾": "談", "搵": "找", "揾": "找", "攞": "拿", "嚟": "來", "畀": "給",
    "俾": "給", "嗌": "叫", "諗": "想", "鍾意": "喜歡",
    # Particles and what joins.
    "喺": "在", "嘅": "的", "咗": "了", "啲": "些", "哋": "們", "冇": "沒有", "唔": "不", "佢": "他",
    "咁": "這樣", "咩": "什麼", "㗎": "", "喎": "", "囉": "", "啩": "", "噃": "", "嗰": "那", "呢": "這",
    "係": "是", "嘢": "東西", "仲": "還", "先至": "才", "同埋": "和", "定係": "還是",
    "如果唔係": "否則", "唔係嘅話": "否則", "嘅話": "的話", "淨係": "只是", "凈係": "只是",
    "淨得": "只有", "成個": "整個", "邊度都": "任何地方", "幾時都": "任何時候",
}  # fmt: skip
"""Read by hand. Traditional; Simplified forms follow from them, but for those whose characters mean
something else there (系 is 係 and 系, 几 is 幾 and 几)."""


def _simplified() -> dict[str, str]:
    both = {to_simplified(k): to_simplified(v) for k, v in _WRITTEN.items()}
    both |= {
        k.replace("係", "系"): to_simplified(v)
        for k, v in _WRITTEN.items()
        if "係" in k and len(k) > 1
    }
    both = {to_simplified(k): v for k, v in both.items()}
    return {k: v for k, v in both.items() if k not in _WRITTEN and len(k) > 1}


_TABLE = {**_simplified(), **_WRITTEN}
_ANY = re.compile("|".join(sorted(map(re.escape, _TABLE), key=len, reverse=True)))
# Words that hold one of the table's characters and are no Cantonese: 應該系統 …, 呢絨, 俾斯麥.
_KEPT = re.compile("關係|關系|关系|聯係|体系|體系|系統|系统|系列|派系|係數|呢絨|呢绒|執行|执行|執照|执照|執法|"
                   "执法|執業|执业|知識|知识|認識|认识|識別|识别|辨識|辨识|共識|共识|意識|意识|擺脫|收執|僱執|"
                   "仲裁|伯仲|俾斯麥|傾向|傾斜|傾銷|傾聽|咁嗲|幾何")  # fmt: skip


def to_written(text: str) -> str:
    """`text` with Cantonese function words as written Chinese: 要留幾耐 → 要留多久."""
    parts, at = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_ANY.sub(_word, text[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join(parts) + _ANY.sub(_word, text[at:])


def _word(found: re.Match[str]) -> str:
    return _TABLE[found.group()]
