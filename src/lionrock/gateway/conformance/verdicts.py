"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """PASS and FAIL are about what was seen. NOT_APPLICABLE: the engine has no such thing, or the
    gateway does it in its place. COULD_NOT_TELL: it was asked, and the answer shows neither.
    """

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"
    COULD_NOT_TELL = "could not tell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`detail`: what was seen, and for a failure what to do; never text that the engine sent."""

    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `seconds`: how long the check took."""

    check: str
    verdict: Verdict
    detail: str
    seconds: float


class Fault(Exception):
    """The engine did what fails whichever check is under way; its text is the detail."""


def passed(detail: str) -> Outcome:
    return Outcome(Verdict.PASS, detail)


def failed(detail: str) -> Outcome:
    return Outcome(Verdict.FAIL, detail)


def inapplicable(detail: str) -> Outcome:
    return Outcome(Verdict.NOT_APPLICABLE, detail)


def unclear(detail: str) -> Outcome:
    return Outcome(Verdict.COULD_NOT_TELL, detail)
