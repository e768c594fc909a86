"""The fields of a draft for a suspicious transaction report to the Joint Financial Intelligence Unit.

What to tell is from the HKMA's Guideline on AML/CFT (For Authorized Institutions), revised May 2023,
chapter 7: the property and what the knowledge or suspicion is based on (7.1; OSCO and DTROP s. 25A(1),
UNATMO s. 12(1)), urgency (7.21) and an intention to end the relationship (7.22). The JFIU takes reports
through its own system, STREAMS 2 (Law Society of Hong Kong, page on suspicious transaction reporting,
read in November 2026); its form is not reproduced: a person copies over, and files.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

NOTICE: Final = (
    "Draft, not a filing: nothing has been sent to the JFIU. It is not legal advice. Telling anyone"
    " what might prejudice an investigation is an offence: OSCO (Cap. 455) and DTROP (Cap. 405),"
    " s. 25A(5); UNATMO (Cap. 575), s. 12(5)."
)

Line = Annotated[str, Field(max_length=500)]
MOST_TEXT: Final = 20_000
Text = Annotated[str, Field(max_length=MOST_TEXT)]


class Indicator(StrEnum):
    NAME_MATCH = "name-match"
    IDENTIFIER_MATCH = "identifier-match"
    TERRORIST_PROPERTY = "terrorist-property"
    PROLIFERATION = "proliferation"
    OWNED_OR_CONTROLLED = "owned-or-controlled"
    UNUSUAL_TRANSACTION = "unusual-transaction"
    NO_EXPLANATION = "no-explanation"
    ADVERSE_INFORMATION = "adverse-information"
    OTHER = "other"

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS: Final = {
    Indicator.NAME_MATCH: "The name is like that of a listed person or entity.",
    Indicator.IDENTIFIER_MATCH: "An identifying number is that of a listed person or entity.",
    Indicator.TERRORIST_PROPERTY: "Property is suspected to be a terrorist's or for terrorist acts.",
    Indicator.PROLIFERATION: "A tie to the proliferation of weapons of mass destruction.",
    Indicator.OWNED_OR_CONTROLLED: "Owned or controlled by, or acting for, a listed person or entity.",
    Indicator.UNUSUAL_TRANSACTION: "A transaction does not fit what is known of the subject.",
    Indicator.NO_EXPLANATION: "The subject was asked and gave no satisfactory explanation.",
    Indicator.ADVERSE_INFORMATION: "Adverse information from elsewhere.",
    Indicator.OTHER: "As the narrative says.",
}


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReportingEntity(Part):
    name: Line = ""
    reference: Line = ""
    officer: Line = ""
    telephone: Line = ""
    email: Line = ""
    address: Line = ""


class ReportIdentifier(Part):
    kind: Line
    value: Line
    country: Line = ""


class ReportSubject(Part):
    role: Literal["main", "related"] = "main"
    kind: Line = ""
    names: list[Line] = Field(default=[], max_length=100)
    births: list[Line] = Field(default=[], max_length=20)
    gender: Line = ""
    countries: list[Line] = Field(default=[], max_length=20)
    identifiers: list[ReportIdentifier] = Field(default=[], max_length=50)
    addresses: list[Line] = Field(default=[], max_length=20)
    positions: list[Line] = Field(default=[], max_length=20)
    telephone: Line = ""


class Account(Part):
    institution: Line = ""
    number: Line
    kind: Line = ""
    opened: Line = ""
    closed: Line = ""
    balance: Line = ""
    """With its currency and day."""


class Draft(Part):
    reporting_entity: ReportingEntity = ReportingEntity()
    urgent: bool = False
    """Funds are about to move, or an account to close (7.21): the JFIU is told so."""
    relationship_ends: bool = False
    """The institution means to end the relationship (7.22)."""
    subjects: list[ReportSubject] = Field(default=[], max_length=50)
    accounts: list[Account] = Field(default=[], max_length=200)
    property: Text = ""
    """What is known or suspected to be proceeds, or terrorist property."""
    indicators: list[Indicator] = []
    narrative: Text = ""
    explanation: Text = ""
    """What the subject said, if asked. Asking must not tip off (5.13)."""
    earlier_reports: list[Line] = Field(default=[], max_length=100)


class Report(BaseModel):
    model_config = ConfigDict(frozen=True)
    notice: str = NOTICE
    id: UUID
    alert_id: UUID
    version: int
    draft: Draft
    outcome: Literal["reported", "not-reported"] | None
    outcome_words: str
    concluded_by: UUID | None
    concluded_at: datetime | None
    made_by: UUID
    made_at: datetime
    changed_by: UUID
    changed_at: datetime


class Outcome(Part):
    """What became of it. The institution's record of reports to its officer and to the JFIU, 7.29 and
    7.30: the date, who, the result, and where the papers are."""

    outcome: Literal["reported", "not-reported"]
    words: Annotated[str, Field(min_length=1, max_length=4000)]
    """Of a report: its reference and date. Of none: why there was no ground."""
