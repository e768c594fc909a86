"""What an alert can turn out to be, and why: codes that are kept and counted, each with its meaning."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from lionrock.errors import InvalidInput


class Disposition(StrEnum):
    TRUE_MATCH = "true-match"
    """The subject is, or must be taken to be, who the list names."""
    FALSE_POSITIVE = "false-positive"
    """Someone else. Every pair of the alert is cleared, until something about it changes."""
    INCONCLUSIVE = "inconclusive"
    """It cannot be told with what can be known. Nothing is cleared."""


class Reason(StrEnum):
    """For a false positive only what a clearance is bound to (`digests.subject_digest`, the entry), so
    that none outlives what it rests on: no reason of addresses or positions."""

    DIFFERENT_BIRTH = "different-birth"
    DIFFERENT_NATIONALITY = "different-nationality"
    DIFFERENT_GENDER = "different-gender"
    DIFFERENT_IDENTIFIER = "different-identifier"
    DIFFERENT_KIND = "different-kind"
    DIFFERENT_NAME = "different-name"
    COMMON_NAME = "common-name"
    DECEASED = "deceased"
    SAME_IDENTIFIER = "same-identifier"
    SAME_PARTICULARS = "same-particulars"
    CONFIRMED_BY_SUBJECT = "confirmed-by-subject"
    CONFIRMED_BY_AUTHORITY = "confirmed-by-authority"
    NOT_ENOUGH_KNOWN = "not-enough-known"
    SUBJECT_UNREACHABLE = "subject-unreachable"
    NOTHING_LEFT = "nothing-left"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self][1]

    @property
    def disposition(self) -> Disposition:
        """What it is a reason for."""
        return _MEANINGS[self][0]


_T, _F, _I = Disposition.TRUE_MATCH, Disposition.FALSE_POSITIVE, Disposition.INCONCLUSIVE

_MEANINGS: Final[dict[Reason, tuple[Disposition, str]]] = {
    Reason.DIFFERENT_BIRTH: (_F, "Another date of birth, or of foundation, on reliable evidence."),
    Reason.DIFFERENT_NATIONALITY: (_F, "Another nationality or place of incorporation."),
    Reason.DIFFERENT_GENDER: (_F, "Another gender."),
    Reason.DIFFERENT_IDENTIFIER: (
        _F,
        "Another identity card, passport, registration, LEI or IMO number of the same kind and issuer.",
    ),
    Reason.DIFFERENT_KIND: (_F, "A person against a company or vessel, or the other way round."),
    Reason.DIFFERENT_NAME: (_F, "The full names, in their own script, are not the same name."),
    Reason.COMMON_NAME: (
        _F,
        "Only the name is alike, it is a common one, and everything else known speaks against.",
    ),
    Reason.DECEASED: (_F, "Who the list names is dead, on reliable evidence; the subject is not."),
    Reason.SAME_IDENTIFIER: (_T, "The same identifying number."),
    Reason.SAME_PARTICULARS: (_T, "Name, birth and further particulars are the same."),
    Reason.CONFIRMED_BY_SUBJECT: (_T, "The subject's own documents or words confirm it."),
    Reason.CONFIRMED_BY_AUTHORITY: (_T, "An authority, or the issuer of the list, confirms it."),
    Reason.NOT_ENOUGH_KNOWN: (_I, "Neither side holds enough to tell the two apart."),
    Reason.SUBJECT_UNREACHABLE: (
        _I,
        "What would tell them apart was asked for and not given, or asking might tip off.",
    ),
    Reason.NOTHING_LEFT: (
        _I,
        "The customer, the list or its threshold changed, and no hit is left.",
    ),
}


def check(disposition: Disposition, reason: Reason) -> None:
    """`InvalidInput` where the reason speaks for something else."""
    if reason.disposition is not disposition:
        raise InvalidInput(
            f"The reason {reason} is one for {reason.disposition}, not for {disposition}. "
            f"Choose one of: {', '.join(r for r in Reason if r.disposition is disposition)}."
        )
