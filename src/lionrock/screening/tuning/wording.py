"""The report's words, in English and Traditional Chinese."""

from __future__ import annotations

from typing import Any, Final

from lionrock.screening.tuning.facts import FLOOR, Facts, VariantKind

Said = tuple[str, str]
"""English, Traditional Chinese."""

TITLE: Final[Said] = (
    "Screening: test of effectiveness and thresholds",
    "篩查系統：成效及門檻測試報告",
)
SOURCE: Final[Said] = (
    "The tests of altered names and of newly designated names follow the Hong Kong Monetary Authority, Guidance"
    " Paper on Transaction Screening, Transaction Monitoring and Suspicious Transaction Reporting, December 2013,"
    " paragraphs 2.1 (reverse order, partial name and abbreviated forms) and 2.6 (sample testing of newly added"
    " names). The HKMA revised the paper on 9 February 2023; this report does not say that it meets either.",
    "姓名變化及新增指定人士的測試，依據香港金融管理局 Guidance Paper on Transaction Screening, Transaction"
    " Monitoring and Suspicious Transaction Reporting（2013年12月）第2.1段（倒序、部分姓名及縮寫）及第2.6段"
    "（新增名單的抽樣測試）。金管局已於2023年2月9日修訂該文件；本報告並不表示符合任何一個版本的要求。",
)
KINDS: Final[dict[VariantKind, Said]] = {
    "exact": ("as listed", "與名單相同"),
    "reverse": ("reverse order", "倒序"),
    "partial": (
        "partial: a middle name, or the legal form, left out",
        "部分姓名：略去中間名或公司類型",
    ),
    "abbreviated": ("abbreviated: initials, short forms", "縮寫：首字母、簡寫"),
    "joined": ("two parts joined", "兩部分連寫"),
    "misspelt": ("two letters changed over", "兩個字母調換"),
    "other-characters": ("Traditional and Simplified changed over", "繁簡互換"),
    "romanised": ("Hong Kong romanisation of a Chinese name", "中文姓名的香港拼寫"),
}
DECIDED: Final[dict[str, Said]] = {
    "true-match": ("true match", "確認吻合"),
    "false-positive": ("false positive", "誤報"),
    "inconclusive": ("inconclusive", "未能確定"),
}
SECTIONS: Final[dict[str, Said]] = {
    "lists": ("Lists, and newly designated names", "名單及新增指定名稱"),
    "classes": (
        "Altered names: share found at the threshold in use",
        "姓名變化：按現用門檻找到的比率",
    ),
    "misses": ("Altered names that were not found", "未能找到的姓名變化"),
    "curve": ("What one threshold for all lists would do", "若所有名單採用同一門檻"),
    "bins": ("Distribution of scores", "分數分佈"),
    "above": ("Above the line: pairs drawn", "門檻以上：抽樣配對"),
    "below": ("Below the line: pairs drawn", "門檻以下：抽樣配對"),
}
COLUMNS: Final[dict[str, tuple[Said, ...]]] = {
    "lists": (
        ("List", "名單"), ("Version", "版本"), ("Published", "發布"), ("Imported", "匯入"),
        ("Entries", "條目"), ("Threshold", "門檻"), ("Drawn", "抽樣"), ("New entries", "新增條目"),
        ("New: drawn", "新增：抽樣"), ("New: found", "新增：找到"),
    ),
    "classes": (
        ("Alteration", "變化"), ("Tried", "測試"), ("Found", "找到"), ("Share", "比率"),
        ("At least (95 %)", "下限（95%）"),
    ),
    "misses": (
        ("Alteration", "變化"), ("List", "名單"), ("Entry", "條目編號"), ("Listed", "名單所載"),
        ("Screened", "測試輸入"), ("Score", "分數"), ("Threshold", "門檻"),
    ),
    "curve": (
        ("Threshold", "門檻"), ("Altered names found", "找到姓名變化"),
        ("Customers with a hit, of 1,000", "每千名客戶有命中"), ("True matches kept", "保留的吻合"),
        ("True matches lost", "失去的吻合"), ("False alarms raised", "仍會發出的誤報"),
        ("False alarms saved", "減少的誤報"),
    ),
    "bins": (
        ("Score from", "分數由"), ("Altered names", "姓名變化"), ("Customers' pairs", "客戶配對"),
        ("Decided true", "裁定吻合"), ("Decided false", "裁定誤報"),
    ),
    "above": (
        ("Customer", "客戶編號"), ("List", "名單"), ("Entry", "條目編號"), ("Listed", "名單所載"),
        ("Score", "分數"),
    ),
}  # fmt: skip


def notes(facts: Facts) -> list[Said]:
    """What was done, how much of it, and what it cannot say."""
    drawn, decided = sum(x.sampled for x in facts.lists), sum(facts.decided.values())
    lost = sum(m.compared >= m.threshold for m in facts.misses)
    each = [f"{DECIDED[k][0]} {n}" for k, n in facts.decided.items()]
    zh_each = [f"{DECIDED[k][1]}{n}" for k, n in facts.decided.items()]
    return [
        SOURCE,
        (
            f"Drawn at random with seed {facts.wanted.seed}: {drawn} entries, in proportion to the lists, of which"
            f" {sum(c.tried for c in facts.classes)} names were made and screened without any other particular;"
            f" {facts.customers_sampled} of {facts.customers_in_all} customers.",
            f"以種子數{facts.wanted.seed}隨機抽樣：按名單大小抽取{drawn}個條目，由此產生"
            f"{sum(c.tried for c in facts.classes)}個姓名，只以姓名作篩查；客戶{facts.customers_in_all}名中抽取"
            f"{facts.customers_sampled}名。",
        ),
        (
            f"Of the customers drawn, {facts.customers_hit} have a hit at the thresholds in use. Pairs are counted"
            f" from a score of {FLOOR}: {facts.above.all} above the line and {facts.below.all} below it, of which at"
            f" most {facts.wanted.pairs} each were drawn for people to look at.",
            f"抽樣客戶中，{facts.customers_hit}名按現用門檻有命中。配對由分數{FLOOR}起計：門檻以上{facts.above.all}對，"
            f"以下{facts.below.all}對；每邊最多抽取{facts.wanted.pairs}對供人手覆核。",
        ),
        (
            f"Alerts decided by two people: {decided}{': ' if each else ''}{', '.join(each)}. An alert counts by its"
            " best score. Each was raised at the threshold of its time: what lay below that is not in the history.",
            f"經兩人裁定的警示：{decided}宗{'：' if each else ''}{'、'.join(zh_each)}。每宗警示以其最高分數計算。"
            "警示按當時的門檻發出，當時門檻以下的個案不在紀錄之內。",
        ),
        (
            f"Not found: {len(facts.misses)}, of which {lost} score at or above the threshold when compared at once"
            " and were lost by the search for candidates. Hong Kong romanisations are made with the engine's own"
            " tables: that class tests the search among all entries, not the tables.",
            f"未能找到：{len(facts.misses)}個，其中{lost}個直接比對時達到門檻，屬搜尋候選條目時遺漏。香港拼寫由引擎本身的"
            "字表產生：該類別測試在全部條目中的搜尋，並非測試字表。",
        ),
    ]


def document(facts: Facts) -> dict[str, Any]:
    """The report as one JSON value."""
    said = {
        "title": TITLE, "notes": notes(facts), "kinds": KINDS, "decided": DECIDED, "sections": SECTIONS,
        "columns": COLUMNS,
    }  # fmt: skip
    text = {language: _in(said, n) for n, language in enumerate(("en", "zh-Hant"))}
    return {
        "format": "lionrock-screening-tuning-1", "facts": facts.model_dump(mode="json"), "text": text,
    }  # fmt: skip


def _in(said: Any, language: int) -> Any:
    if isinstance(said, dict):
        return {k: _in(v, language) for k, v in said.items()}
    if isinstance(said, tuple) and len(said) == 2 and isinstance(said[0], str):
        return said[language]
    return [_in(v, language) for v in said]
