"""What a model is asked for one segment. Short, since reading costs on a small machine, with one fixed
example, the memory's nearest in place of it where there is one, and the terms that occur.

Chosen on a development sample of 2015 to 2017 reports: see design/2026-11-23-desk.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from lionrock.assist.model import prompt
from lionrock.assist.translate.schemas import Match
from lionrock.assist.translate.termbase import Term, replaced
from lionrock.documents.language import Language
from lionrock.models.engines import ChatRequest, estimate_tokens
from lionrock.search.cantonese import to_written

Way = Literal["listed", "replaced"]
"""Terms in a list before the text; or in the text itself, in the place of the source's."""

_NAME: Final[dict[Language, str]] = {
    "en": "English", "zh-Hant": "Traditional Chinese (Hong Kong)",
    "zh-Hans": "Simplified Chinese", "yue": "written Cantonese (Hong Kong)",
}  # fmt: skip
_EXAMPLE: Final[dict[Language, str]] = {
    "en": "The report was published on 3 May and covers 14 offices.",
    "zh-Hant": "報告於5月3日發表，涵蓋14個辦事處。",
    "zh-Hans": "报告于5月3日发布，涵盖14个办事处。",
    "yue": "份報告喺5月3日出咗，講到14個辦事處。",
}
_SECOND: Final[dict[Language, str]] = {
    "en": "They have not decided where to meet customers tomorrow.",
    "zh-Hant": "他們還未決定明天在哪裡與客戶會面。",
    "zh-Hans": "他们还未决定明天在哪里与客户会面。",
    "yue": "佢哋仲未決定聽日喺邊度同客戶見面。",
}
_MARKS: Final = " Keep marks like ⟦1⟧ in their places."
_STOP: Final = ("\n",)
_LEAST_TOKENS: Final = 48


def request(
    source: str, language: Language, into: Language, terms: Sequence[Term], *,
    way: Way = "listed", match: Match | None = None, schema: dict[str, Any] | None = None,
) -> ChatRequest:  # fmt: skip
    """One segment, which must be a single line."""
    system = (
        f"Translate from {_NAME[language]} into {_NAME[into]}. Reply with the translation only."
    )
    if "⟦" in source:
        system += _MARKS
    said = replaced(source, terms) if way == "replaced" and terms else source
    if way == "replaced" and terms:
        system += f" Words already in {_NAME[into]} stay exactly as they are."
    said = to_written(said) if language == "yue" else said
    listed = _listed(terms) if way == "listed" and terms else ""
    both = into == "yue" or way == "replaced"
    turns = [*_examples(language, into, match, both=both), listed + said]
    return ChatRequest(
        messages=prompt(system, *turns), max_tokens=_room(source, into), seed=1, json_schema=schema,
        stop=_STOP if schema is None else (),
    )  # fmt: skip


def correction(
    source: str, target: str, language: Language, into: Language, missed: Sequence[Term]
) -> ChatRequest:
    """A translation to be put right where it lacks terms. No example: shown one, the model copied the
    translation as it was."""
    system = (
        f"You correct translations from {_NAME[language]} into {_NAME[into]}. "
        "Reply with the corrected translation only."
    )
    system += _MARKS if "⟦" in target else ""
    said = to_written(source) if language == "yue" else source
    asked = "The translation lacks these terms. Put them in:\n" + _lines(missed)
    return ChatRequest(
        messages=prompt(system, f"{said}\n\nTranslation: {target}\n\n{asked}"),
        max_tokens=_room(source, into), seed=1, stop=_STOP,
    )  # fmt: skip


def form_with(terms: Sequence[Term]) -> dict[str, Any]:
    """A schema that only a translation with the terms' preferred forms in it fits, in their order; for
    engines that keep patterns."""
    middle = ".*".join(_escaped(t.forms[0]) for t in terms)
    text = {"type": "string", "pattern": f"^.*{middle}.*$"}
    return {
        "type": "object", "properties": {"translation": text}, "required": ["translation"],
        "additionalProperties": False,
    }  # fmt: skip


def _examples(language: Language, into: Language, match: Match | None, *, both: bool) -> list[str]:
    """The memory's nearest, or a fixed one; `both`: one more before it, where one was not enough, and for
    Cantonese, whose words must be seen to differ from written Chinese."""
    second = [_SECOND[language], _SECOND[into]] if both else []
    if match is not None:
        return [*second, match.source, match.target]
    return [*second, _EXAMPLE[language], _EXAMPLE[into]]


def _listed(terms: Sequence[Term]) -> str:
    return f"Use these terms:\n{_lines(terms)}\n\n"


def _lines(terms: Sequence[Term]) -> str:
    return "\n".join(dict.fromkeys(f"{t.words} = {t.forms[0]}" for t in terms))


def _room(source: str, into: Language) -> int:
    """Tokens for the answer: an English word is a token and a half, a Chinese character about one."""
    return _LEAST_TOKENS + (2 if into == "en" else 1) * estimate_tokens(source)


def _escaped(form: str) -> str:
    return "".join(f"\\{c}" if c in r"\.^$*+?()[]{}|/-" else c for c in form)
