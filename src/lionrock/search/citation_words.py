"""How people write citations, in English and Chinese: patterns of documents and of provisions.

What is found is a path as `documents.provisions` has it ("s26(1)(a)", "4.3.2", "annex:a"), whatever
the language. 第五條第一款 may be a numbered item or an unnumbered paragraph: the item is meant here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lionrock.documents.numerals import HAN_NUMBER, figure
from lionrock.documents.provisions import canonical
from lionrock.documents.standing import folded

_N: Final = rf"(?:\d{{1,4}}[A-Z]{{0,3}}|[{HAN_NUMBER}]{{1,7}})"
_STEP: Final = r"(?:\s?[(（][A-Za-z0-9]{1,5}[)）])"
_DOTTED: Final = r"(?:[A-Z]\d{0,2}|\d{1,3}[A-Z]?)(?:\.\d{1,3}){1,5}[A-Z]?"
_END: Final = r"(?![\w.]*\w)"

_DOCUMENTS: Final = re.compile(
    r"\b(?P<cap>[Cc]ap\.?|CAP\.?|[Cc]hapter(?=\s\d{2,}))\s?(?P<cap_no>\d{1,4}[A-Z]{0,2})\b"
    r"|第\s?(?P<chapter>\d{1,4}[A-Z]{0,2})\s?章"
    r"|(?P<quoted>《[^》]{2,60}》)"
    r"|\b(?P<code>[A-Z]{2,5}-\d{1,3}(?!\d)|[A-Z]{2,4}\d{1,3}(?![\d.]))(?![A-Za-z])"
    r"|\b(?P<code_low>(?:aml|ic|cg|cr|rm|tm|om|ca|gl)-?\d{1,2})\b(?=[\s,]*(?:para|section|s\.|\d))"
    r"|\b(?P<title>(?:[A-Z][\w’'-]*|\([A-Z][\w’' -]*\)|of|and|on|for|the)"
    r"(?:\s(?:[A-Z][\w’'-]*|\([A-Z][\w’' -]*\)|of|and|on|for|the)){0,9}"
    r"\s(?:Ordinance|Rules|Regulations?|Guidelines?|Act|Code|Order|Manual|Policy|Circular))\b"
    r"|(?<![A-Za-z])(?P<short>[A-Z]{3,6})(?![A-Za-z-]|\d)"
)
_PROVISIONS: Final = re.compile(
    # section 26(1), s.26, ss. 5, rule 7, article 3
    rf"(?<![A-Za-z])(?:[Ss]ections?|[Ss]ec\.|[Ss]s?\.|[Ss](?=\s?\d)|[Rr]ules?|[Aa]rticles?|[Cc]lauses?"
    rf"|[Rr]egulations?|[Rr]eg\.|[Aa]rt\.)\s?(?P<section>\d{{1,4}}[A-Z]{{0,3}}){_END}(?P<section_in>{_STEP}*)"
    # 第26(1)(a)條第(2)款, 第五條第一款, 第三條之一
    rf"|第\s?(?P<han>{_N})\s?(?P<han_in>{_STEP}*)\s?[條条](?:之(?P<han_more>[{HAN_NUMBER}\d]{{1,3}}))?"
    rf"(?P<han_steps>(?:第?\s?[(（]?(?:[A-Za-z]{{1,3}}|{_N})[)）]?\s?[項项款目節节段])*)"
    # Schedule 1, 附表1, 附件一, Annex A, Part 2, 第3部
    rf"|(?<![A-Za-z])(?P<named>(?:[Ss]chedule|[Aa]nnex|[Aa]ppendix|[Pp]art)\s(?:[A-Z]{{1,2}}\d?|\d{{1,2}}[A-Z]?|[IVX]{{1,5}}))(?!\w)"
    rf"|(?P<attached>附(?:表|件|錄|录)\s?(?:[{HAN_NUMBER}]{{1,3}}|\d{{1,2}}|[A-Z]))"
    rf"|第\s?(?P<part>{_N})\s?部(?!分|門|门|隊|队|長|长)"
    # paragraph 4.1.6(a), para. 4, see 4.3.2, 第4.2段
    rf"|(?<![A-Za-z])(?:[Pp]aragraphs?|[Pp]aras?\.?|§|¶)\s?(?P<para>(?:{_DOTTED}|\d{{1,3}}[A-Z]?)){_END}(?P<para_in>{_STEP}*)"
    rf"|第\s?(?P<duan>{_DOTTED}|{_N})\s?(?P<duan_in>{_STEP}*)\s?段"
    rf"|(?<![\w.$%/-])(?P<dotted>{_DOTTED})(?P<dotted_in>{_STEP}*)(?![\w%]|\.\d)"
)
_RELATIVE: Final = re.compile(
    rf"(?<![A-Za-z])(?P<kind>[Ss]ubsections?|[Pp]aragraphs?|[Ss]ubparagraphs?)\s?(?P<steps>{_STEP}+)"
    rf"|第\s?(?P<han_steps>{_STEP}+)\s?(?P<han_kind>[款段節节])"
)
_AMENDING: Final = re.compile(r"(?:\d+ of \d{4}|\d年第\d{1,3}號(?:法律公告)?),?\s?$")
"""What stands before a section of an amending law, "(Amended 18 of 2012 s. 3)": no reference to one here."""
_PLURAL: Final = re.compile(r"[Ss]ections|[Ss]s|[Rr]ules|[Aa]rticles|[Cc]lauses|[Rr]egulations")
_MORE: Final = re.compile(
    rf"(?:,\s?(?:and\s|or\s)?|\s(?:and|or|&|to)\s)"
    rf"(?P<all>(?P<number>\d{{1,4}}[A-Z]{{0,3}}){_END}(?P<steps>{_STEP}*))"
)
_STEPS: Final = re.compile(r"[(（]([A-Za-z0-9]{1,5})[)）]")
_HAN_STEP: Final = re.compile(rf"第?\s?[(（]?([A-Za-z]{{1,3}}|{_N})[)）]?\s?[項项款目節节段]")
_BEFORE_DOTTED: Final = re.compile(
    r"(?:see|in|under|to|with|and|or|of|見|见|按|據|据|及|和|:|,|\()\s?$", re.I
)


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names a document (folded `name`), or a provision (`path`)."""

    start: int
    end: int
    name: str = ""
    path: str = ""
    sure: bool = True
    """False for what may be something else: letters in capitals, a bare 4.2."""


def documents_in(text: str) -> Iterator[Mention]:
    """Words that may be the name of a document."""
    for match in _DOCUMENTS.finditer(text):
        cap = match["cap_no"] or match["chapter"]
        if cap:
            yield Mention(*match.span(), name=f"cap{cap}".lower())
            continue
        said = (
            match["quoted"]
            or match["code"]
            or match["code_low"]
            or match["title"]
            or match["short"]
        )
        sure = not match["short"]
        words = re.sub(r"^(?:(?:of|and|on|for|the|The)\s)+", "", said.strip("《》"))
        yield Mention(*match.span(), name=folded(words), sure=sure)


def provisions_in(text: str) -> Iterator[Mention]:
    """Words that name a provision; one of a schedule with its schedule."""
    found = list(_single(text))
    at = 0
    while at < len(found):
        here, after = found[at], found[at + 1] if at + 1 < len(found) else None
        joined = _of_schedule(text, here, after) if after is not None else None
        yield joined or here
        at += 2 if joined else 1


def _of_schedule(text: str, a: Mention, b: Mention) -> Mention | None:
    """附表1第2條, "section 2 of Schedule 1": one provision."""
    between = text[a.end : b.start].strip().lower()
    pair = (a, b) if a.path.startswith("sch") else (b, a)
    joining = ("", ",") if pair[0] is a else ("of", "to", "in")
    if (
        not pair[0].path.startswith("sch")
        or pair[1].path.startswith("sch")
        or between not in joining
    ):
        return None
    inner = pair[1].path if pair[1].path[:1].isalpha() else f"s{pair[1].path}"
    return Mention(a.start, b.end, path=f"{pair[0].path}/{inner}")


def _single(text: str) -> Iterator[Mention]:
    for match in _PROVISIONS.finditer(text):
        path, sure = _path(match), True
        if _AMENDING.search(text, max(match.start() - 24, 0), match.start()):
            continue
        if match["dotted"]:
            sure = match["dotted"].count(".") > 1 or bool(
                _BEFORE_DOTTED.search(text[: match.start()])
            )
        if path:
            yield Mention(*match.span(), path=path, sure=sure)
            if match["section"] and _PLURAL.match(match[0]):
                yield from _listed(text, match.end())


def _listed(text: str, at: int) -> Iterator[Mention]:
    """The others of "sections 20, 28(5) and 30"."""
    while (more := _MORE.match(text, at)) is not None:
        yield Mention(*more.span("all"), path=f"s{more['number']}{_in(more['steps'])}")
        at = more.end()


def relative_in(text: str) -> Iterator[tuple[Mention, int]]:
    """ "subsection (2)", "paragraph (a)", 第(2)款: their steps, and how deep the first one stands."""
    for match in _RELATIVE.finditer(text):
        kind = (match["kind"] or "").lower().rstrip("s")
        depth = {"subsection": 1, "paragraph": 2, "subparagraph": 3}.get(kind, 0)
        depth = depth or {"款": 1, "段": 2, "節": 3, "节": 3}[match["han_kind"]]
        steps = _in(match["steps"] or match["han_steps"])
        yield Mention(*match.span(), path=steps), depth


def _path(match: re.Match[str]) -> str:
    if match["section"]:
        return f"s{match['section']}{_in(match['section_in'])}"
    if match["han"]:
        more = f"-{figure(match['han_more'])}" if match["han_more"] else ""
        steps = "".join(f"({figure(step)})" for step in _HAN_STEP.findall(match["han_steps"] or ""))
        return f"s{figure(match['han'])}{more}{_in(match['han_in'])}{steps}"
    if match["part"]:
        return f"P{figure(match['part'])}"
    if match["named"] or match["attached"]:
        said = match["named"] or match["attached"]
        return canonical(said[0].upper() + said[1:])
    if match["duan"]:
        return f"{figure(match['duan'])}{_in(match['duan_in'])}"
    found = match["para"] or match["dotted"]
    return f"{found}{_in(match['para_in'] or match['dotted_in'])}"


def _in(steps: str | None) -> str:
    return "".join(f"({step})" for step in _STEPS.findall(steps or ""))
