"""The fragments of an extraction, rendered from its updates."""

from __future__ import annotations

from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.kinds import Kind, Normal
from lionrock.assist.extraction.schemas import (
    Claim,
    Extracted,
    Fault,
    Filled,
    Finding,
    How,
    Read,
    Sure,
    Value,
)
from tests.web.conftest import FOREIGN, quoted
from tests.web.test_assist_pages import RUN, shown


def value(written: str, normal: Normal | None, sure: Sure = Sure.HIGH) -> Value:
    return Value(
        written=written, normal=normal, label="HKID", how=How.BESIDE, sure=sure,
        citation=quoted(written), start=6, end=16,
    )  # fmt: skip


def result(best: Value) -> Extracted:
    cited = best.citation
    read = Read(
        document_id=cited.document_id, document="form.pdf",
        filled=[Filled(field="HKID", values=[best]), Filled(field="vessel", values=[])],
    )  # fmt: skip
    claim = Claim(told=best.told or best.written, citation=cited, start=6, end=16)
    finding = Finding(fault=Fault.CHECK_DIGIT, field="HKID", kind=Kind.HKID, claims=[claim])
    fields = [Field(name=name, kind=Kind.TEXT, labels=[name]) for name in ("HKID", "vessel")]
    return Extracted(
        fields=fields, documents=[read], findings=[finding], model=None,
        note="1 values were not found by rule; a model could look for them, and none is set up.",
    )  # fmt: skip


WRONG = value("A123456(4)", Normal(text="A123456(4)", valid=False), Sure.LOW)


def test_findings_stand_before_the_values_and_lead_to_their_place() -> None:
    text = shown(result(WRONG))
    assert 0 < text.index("Check digit wrong") < text.index("form.pdf</h3>")
    assert text.count(f"?run={RUN}&amp;cite=") == 4 and text.count("&amp;mark=1-6-16") == 4
    assert "check digit wrong" in text and "check it" in text and "not found" in text


def test_a_normal_form_is_shown_where_it_says_more() -> None:
    same = shown(result(value("seven", Normal(text="seven"))))
    other = shown(result(value("七", Normal(text="7"))))
    assert '<td data-label="Normal form"></td>' in same and ">7</span>" in other


def test_the_page_speaks_the_readers_language() -> None:
    text = shown(result(WRONG), language="zh-Hant")
    assert "校驗碼不符" in text and "須核對" in text and "有 1 個欄位未能憑規則找到" in text


def test_what_a_document_says_is_never_markup() -> None:
    hostile = value(FOREIGN, Normal(text=FOREIGN, latin=FOREIGN, han="陳大文"))
    for text in (shown(result(hostile)), shown(result(hostile).documents[0])):
        assert "<script" not in text and "&lt;script&gt;" in text
