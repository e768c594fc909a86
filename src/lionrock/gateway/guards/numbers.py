"""Everything with digits, in one pass: each run of digits is read as what it can be, surest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lionrock.gateway.guards import checks, codes, labels, phones
from lionrock.gateway.guards.kinds import Finding, Kind
from lionrock.gateway.guards.runs import Run, Window, alone, coded, likely, possible, runs, windows

_LEAST: Final = 6
"""Digits below which a run is no number of a person's."""
_CARD_GROUPS: Final = frozenset({(4, 6, 5), (4, 6, 4), (6, 10), (6, 13), (4, 4, 4, 4, 3)})
_ACCOUNT_BARE: Final = frozenset({(3, 6, 3)})
_NONE: Final[frozenset[Kind]] = frozenset()


def find(text: str) -> Iterator[Finding]:
    """HKID, resident identity, card, IBAN, passport, account and telephone numbers of the folded `text`."""
    for run in runs(text, _LEAST):
        if run.start > 1 and text[run.start - 1].isalpha():
            found = codes.iban(text, run.start)
            if found:
                yield found
                continue
        if run.end - run.start >= _LEAST:
            yield from _run(text, run)
    yield from phones.international(text)


def _run(text: str, run: Run) -> Iterator[Finding]:
    announced = labels.before(text, _head(text, run.start))
    first = 0
    while first < len(run.groups):
        found = _group(text, run, first, announced)
        if found is None:
            first += 1
            continue
        yield found
        while first < len(run.groups) and run.groups[first][0] < found.end:
            first += 1


def _head(text: str, start: int) -> int:
    """Where the letters or the bracket before the digits at `start` begin: two letters at most."""
    at = start
    while at > 0 and start - at < 3 and text[at - 1] in "(+ ":
        at -= 1
    letters = at
    while (
        letters > 0
        and at - letters < 3
        and text[letters - 1].isascii()
        and text[letters - 1].isalpha()
    ):
        letters -= 1
    return letters if at - letters < 3 else at


def _group(text: str, run: Run, first: int, announced: frozenset[Kind]) -> Finding | None:
    start, end = run.groups[first]
    if end - start >= 5 and (found := codes.lettered(text, start, end - start, announced)):
        return found
    said = announced if first == 0 else _NONE
    for window in windows(text, run, first, possible if said else likely):
        kind = _kind(text, window, said)
        if kind:
            return Finding(kind, _opened(text, window), _closed(text, window, kind))
    if first == 0 and Kind.ACCOUNT in announced and end - start >= _LEAST:
        return Finding(Kind.ACCOUNT, start, end)
    return None


def _kind(text: str, window: Window, announced: frozenset[Kind]) -> Kind | None:
    """What the window is. The first group alone may stand right behind its label's letters."""
    if len(window.digits) == 17:
        return Kind.CN_ID if _with_x(text, window) else None
    if not alone(text, window.start, window.end, labelled=bool(announced)):
        return None
    digits = window.digits
    if len(digits) == 18 and checks.cn_id(digits):
        return Kind.CN_ID
    if _card_groups(window) and checks.card(digits) and (announced or not _set(text, window)):
        return Kind.CARD
    if Kind.HKID in announced and checks.cn_id_old(digits):
        return Kind.CN_ID
    if Kind.ACCOUNT in announced or _account(text, window):
        return Kind.ACCOUNT
    if Kind.CARD in announced and 13 <= len(digits) <= 19:
        return Kind.CARD
    return Kind.PHONE if phones.is_phone(text, window, Kind.PHONE in announced) else None


def _with_x(text: str, window: Window) -> bool:
    if text[window.end : window.end + 1] not in ("X", "x"):
        return False
    return alone(text, window.start, window.end + 1, labelled=True) and checks.cn_id(
        window.digits + "X"
    )


def _set(text: str, window: Window) -> bool:
    """Whether the number is some name's value, as in an address: "?story=2465002860389089"."""
    return text[window.start - 1 : window.start] == "="


def _card_groups(window: Window) -> bool:
    lengths = window.lengths
    fours = set(lengths[:-1]) <= {4} and lengths[-1] <= 4
    return len(lengths) == 1 or fours or lengths in _CARD_GROUPS


def _account(text: str, window: Window) -> bool:
    """The forms of Hong Kong's banks: bank code, branch, number; or 3-6-3 without the bank's code."""
    lengths = window.lengths
    if coded(text, window.start) or not window.hyphens:
        return False
    if lengths in _ACCOUNT_BARE and window.hyphens == 2:
        return True
    return window.digits[:3] in checks.BANKS and lengths[0] == 3 and _branched(window)


def _branched(window: Window) -> bool:
    return 10 <= len(window.digits) <= 17 and len(window.lengths) >= 2 and max(window.lengths) >= 5


def _opened(text: str, window: Window) -> int:
    """With the bracket or plus sign before it: "(852) 2345 6789"."""
    start = window.start
    closes = ")" in text[start : window.end] and "(" not in text[start : window.end]
    if start and text[start - 1] == "(" and closes:
        start -= 1
    if start and text[start - 1] == "+":
        start -= 1
    return start


def _closed(text: str, window: Window, kind: Kind) -> int:
    return window.end + (kind is Kind.CN_ID and len(window.digits) == 17)
