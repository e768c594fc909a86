"""Names in Latin letters: by title, by legal form, by Chinese surname, by capitals in running text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from lionrock.screening.names.syllables import is_syllable, syllable_share


class Span(NamedTuple):
    start: int
    end: int
    kind: Literal["person", "organisation", "unknown"]
    rule: str


_LETTER: Final = "A-Za-z\u00c0-\u024f"
_TOKEN: Final = re.compile(rf"[{_LETTER}0-9](?:[{_LETTER}0-9'’&.-]*[{_LETTER}0-9])?\.?|&")
_WORD: Final = re.compile(rf"(?<![{_LETTER}'’-])[a-z\u00df-\u00ff]{{2,}}(?![{_LETTER}])")
_PART: Final = re.compile(rf"[A-Z\u00c0-\u00de](?:[{_LETTER}'’-]*[{_LETTER}]|\.)?")
_TITLES: Final = frozenset(
    "mr mrs ms miss mdm madam dr prof professor sir dame hon capt captain rev sheikh ir".split()
)
_FORMS: Final = frozenset(
    "limited ltd incorporated inc llc llp plc corporation corp gmbh s.a pte pty bhd jsc pjsc ojsc n.v b.v".split()
)
_PARTICLES: Final = frozenset("de la du van von der den bin binti ibn al el".split())
_INNER: Final = _PARTICLES | frozenset("of and & the for".split())
"""Words in lower case that stand inside a name; the second set only inside an organisation's."""
_OPENERS: Final = frozenset(
    "the a an this that these those by with from between and or for to in on at of under upon our its their re "
    "dear attn attention both each any all no not if when where whereas while".split()
)
_PLACES: Final = frozenset(
    "hong kong|hong kong sar|tsim sha tsui|wan chai|mong kok|sham shui po|tai po|sha tin|yuen long|tuen mun|"
    "sai kung|tseung kwan o|kwun tong|kwai chung|tsuen wan|sheung wan|tai koo|tin hau|chai wan|shau kei wan|"
    "lai chi kok|san po kong|wong tai sin|ma on shan|tung chung|kai tak|chek lap kok|tsing yi|fan ling".split(
        "|"
    )
)
INSTITUTIONS: Final = frozenset(
    "ordinance act regulation regulations guideline guidelines commission committee council nations republic "
    "convention recommendation recommendations treaty authority department bureau ministry office section chapter "
    "part schedule annex appendix article table figure note bank board group force police court tribunal "
    "association federation union fund university exchange asia asian europe european international united "
    "national security basel january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday kong china chinese american african hong kowloon "
    "macau macao mainland administrative region government principles report review".split()
)
"""Words that documents write with a capital and that name no person, whatever else the document does."""
_SURNAMES: Final = frozenset(
    "auyeung szeto ouyang situ sima soohoo shangguan huangfu zhuge".split()
)
_SURNAME_SHARE: Final = 1e-4
_MOST: Final = 5
"""Parts of a person's name."""
_MOST_COMPANY: Final = 10


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """The words that the texts write in lower case somewhere: with a capital they name nobody."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def spans(text: str, common: Collection[str]) -> Iterator[Span]:
    """Names in `text`, companies first. `common` are the document's own words: see `common_words`."""
    tokens = list(_TOKEN.finditer(text))
    for at, token in enumerate(tokens):
        if _bare(token) in _FORMS and _capital(token) and (found := _company(text, tokens, at)):
            yield found
    for run in _runs(text, tokens):
        yield from _people(run, common)


def _bare(token: re.Match[str]) -> str:
    return token.group().rstrip(".").lower()


def _capital(token: re.Match[str]) -> bool:
    return token.group()[0].isupper() or token.group()[0].isdigit()


def _company(text: str, tokens: Sequence[re.Match[str]], at: int) -> Span | None:
    """The capitalised words in a row before the legal form at `at`, with it."""
    first = at
    while first > 0 and at - first < _MOST_COMPANY:
        before = tokens[first - 1]
        gap = text[before.end() : tokens[first].start()]
        form = _bare(tokens[first]) in _FORMS
        if gap not in (" ", " (", ") ") and not (gap == ", " and form):
            break
        if not (_capital(before) or before.group() in _INNER):
            break
        if before.group().endswith(".") and len(before.group()) > 4 and not form:
            break  # the end of the sentence before
        first -= 1
    while first < at and _bare(tokens[first]) in _OPENERS | _INNER | _TITLES:
        first += 1
    if all(_bare(token) in _FORMS or token.group().isdigit() for token in tokens[first:at]):
        return None
    return Span(tokens[first].start(), tokens[at].end(), "organisation", "legal form")


def _runs(text: str, tokens: Sequence[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Capitalised words one blank apart, with particles between them, within a sentence."""
    run: list[re.Match[str]] = []
    for token in tokens:
        apart = bool(run) and text[run[-1].end() : token.start()] not in (" ", ", ")
        ended = bool(run) and run[-1].group().endswith(".") and not _abbreviated(run[-1])
        fits = _PART.fullmatch(token.group().rstrip(".") or ".") is not None
        inside = bool(run) and token.group() in _PARTICLES
        comma = bool(run) and text[run[-1].end() : token.start()] == ", "
        # "CHAN, Tai Man": a surname in capitals may have a comma behind it.
        if comma and not (
            len(run) == 1 and run[0].group().isupper() and _is_surname(run[0].group())
        ):
            apart = True
        if run and (apart or ended or not (fits or inside)):
            yield run
            run = []
        if fits or (inside and run):
            run.append(token)
    if run:
        yield run


def _abbreviated(token: re.Match[str]) -> bool:
    return len(token.group()) == 2 or _bare(token) in _TITLES


def _people(run: list[re.Match[str]], common: Collection[str]) -> Iterator[Span]:
    """The names in a run: after each title; else with a Chinese surname; else of words that are no words."""
    titles = [i for i, token in enumerate(run) if _bare(token) in _TITLES]
    for at, following in pairwise([*titles, len(run)]):
        if name := _trimmed(run[at + 1 : following][:_MOST]):
            yield _span(name, "person", "title")
    start = run[: titles[0]] if titles else run
    while start and _bare(start[0]) in _OPENERS:
        start = start[1:]
    if _is_chinese(start, common):
        yield _span(start, "person", "surname")
        return
    part: list[re.Match[str]] = []
    for token in [*start, None]:
        if token is not None and not _is_word(token, common):
            part.append(token)
            continue
        name = _trimmed(part)
        if _is_chinese(name, common):
            yield _span(name, "person", "surname")
        elif 2 <= len(name) < _MOST and _is_name(name):
            yield _span(name, "unknown", "capitals")
        part = []


def _is_word(token: re.Match[str], common: Collection[str]) -> bool:
    """Whether the token is a word of the language here, and no part of a name."""
    bare = _bare(token)
    if token.group() in _PARTICLES:
        return False
    return bare in common or bare in INSTITUTIONS or bare.endswith(("’s", "'s"))


def _trimmed(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Without particles at the ends; empty if fewer than two parts are left: too little to screen."""
    while tokens and tokens[-1].group() in _PARTICLES:
        tokens = tokens[:-1]
    while tokens and tokens[0].group() in _PARTICLES:
        tokens = tokens[1:]
    return tokens if len(tokens) > 1 else []


def _span(name: list[re.Match[str]], kind: Literal["person", "unknown"], rule: str) -> Span:
    last = name[-1]
    # A full stop after a whole word ends the sentence.
    end = last.end() - (last.group().endswith(".") and len(last.group()) > 2)
    return Span(name[0].start(), end, kind, rule)


def _is_chinese(name: list[re.Match[str]], common: Collection[str]) -> bool:
    """A surname at either end and two more syllables, or one and a given name that is no word."""
    if not 2 <= len(name) <= _MOST or _place(name):
        return False
    words = [_bare(token) for token in name]
    if INSTITUTIONS & set(words):
        return False
    for surname, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
        if not _is_surname(surname):
            continue
        pieces = [piece for word in rest for piece in word.split("-")]
        foreign = [piece for piece in pieces if not is_syllable(piece)]
        if not foreign and len(pieces) >= 2:
            return True
        if 0 < len(foreign) <= 2 and len(pieces) > len(foreign) and not set(foreign) & set(common):
            return True
    return False


def _is_surname(word: str) -> bool:
    word = word.lower().rstrip(".,")
    return word in _SURNAMES or syllable_share(word, "surname") > _SURNAME_SHARE


def _is_name(name: list[re.Match[str]]) -> bool:
    """Two whole words at least, one of them no abbreviation, all in capitals or none."""
    words = [
        _bare(token) for token in name if token.group() not in _PARTICLES and len(_bare(token)) > 1
    ]
    shouted = {token.group().isupper() for token in name if len(_bare(token)) > 1} - {False}
    mixed = bool(shouted) and not all(t.group().isupper() for t in name if t.group()[0].isupper())
    return len(words) > 1 and not mixed and not _place(name) and any(len(w) > 3 for w in words)


def _place(name: list[re.Match[str]]) -> bool:
    return " ".join(_bare(token) for token in name) in _PLACES
