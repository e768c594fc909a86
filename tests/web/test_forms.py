from __future__ import annotations

from enum import StrEnum
from io import BytesIO
from uuid import uuid4

import pytest
from pydantic import BaseModel, Field
from starlette.datastructures import FormData, UploadFile

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock.errors import InvalidInput
from lionrock.kernel.capabilities import find
from lionrock.kernel.fields import DocumentId, FileBytes, fields
from lionrock.web.forms import filled, title
from lionrock.web.i18n import translator


class Tone(StrEnum):
    PLAIN = "plain"
    FORMAL = "formal"


class Everything(BaseModel):
    text: str = Field(min_length=1, max_length=2000, description="The text.")
    name: str = Field(default="", max_length=50)
    tone: Tone = Tone.PLAIN
    length: int | None = Field(default=None, ge=1)
    share: float = 0.5
    brief: bool = False
    terms: list[str] = []
    source: DocumentId | None = None
    others: list[DocumentId] = []


EN = translator("en")


def test_each_type_has_its_control() -> None:
    assert {f.name: f.widget for f in fields(Everything)} == {
        "text": "area", "name": "line", "tone": "choice", "length": "number", "share": "number",
        "brief": "tick", "terms": "lines", "source": "document", "others": "documents",
    }  # fmt: skip


def test_a_choice_lists_what_may_be_chosen_and_what_is_by_default() -> None:
    tone = fields(Everything)[2]
    assert (list(tone.choices), tone.default) == (["plain", "formal"], "plain")


def test_a_type_without_a_control_is_refused_where_it_is_declared() -> None:
    class Nested(BaseModel):
        inner: Everything

    with pytest.raises(TypeError, match="inner"):
        fields(Nested)


def test_documents_that_were_ticked_come_as_a_list() -> None:
    ids = [uuid4(), uuid4()]
    form = FormData([("text", "x"), ("source", str(ids[0])), *(("others", str(i)) for i in ids)])
    found = filled(Everything, form, EN)
    assert isinstance(found, Everything) and (found.source, found.others) == (ids[0], ids)


def test_a_form_becomes_the_request() -> None:
    form = FormData(
        {"text": "one\r\ntwo", "tone": "formal", "length": "", "brief": "on", "terms": "a\n\n b \n"}
    )
    assert filled(Everything, form, EN) == Everything(
        text="one\ntwo", tone=Tone.FORMAL, brief=True, terms=["a", "b"]
    )


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({}, "Text: fill this in"),
        ({"text": "  "}, "Text: fill this in"),
        ({"text": "x" * 2001}, "Text: at most 2,000 characters"),
        ({"text": "x", "length": "many"}, "Length: this is not valid"),
        ({"text": "x", "tone": "rude"}, "Tone: this is not valid"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_by_field(form: dict[str, str], fault: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        filled(Everything, FormData(form), EN)
    assert caught.value.detail == fault


def test_faults_are_said_in_the_readers_language() -> None:
    with pytest.raises(InvalidInput, match="請填寫此欄"):
        filled(Everything, FormData({}), translator("zh-Hant"))


async def test_a_file_is_sent_as_its_content() -> None:
    class Filed(BaseModel):
        file: FileBytes | None = Field(default=None, exclude=True)

    assert [f.widget for f in fields(Filed)] == ["file"]
    sent = UploadFile(BytesIO(b"\xff\x00text"), filename="a.csv")
    kept = filled(Filed, FormData({"file": sent}), EN)
    assert isinstance(kept, Filed) and kept.file == b"\xff\x00text"
    assert kept.model_dump_json() == "{}"
    none = filled(Filed, FormData({"file": UploadFile(BytesIO(b""), filename="")}), EN)
    assert isinstance(none, Filed) and none.file is None


def test_a_run_without_words_or_documents_is_called_after_its_task() -> None:
    chinese = translator("zh-Hant")
    assert title(find("sentiment"), {}, {}, chinese) == "情緒分析"
    assert title(find("sentiment"), {"text": "Rude staff."}, {}, chinese) == "Rude staff."
