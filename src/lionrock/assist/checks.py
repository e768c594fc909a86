"""What was checked of something that was made, and how it came out: shown beside it, kept with it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class CheckName(StrEnum):
    """Each is called by its name in the catalogues, context "check"."""

    CITED = "cited"
    DATES = "dates"
    DIRECTION = "direction"
    DUTY = "duty"
    FIGURES = "figures"
    LENGTH = "length"
    NAMES = "names"
    NEGATION = "negation"
    PLACEHOLDERS = "placeholders"
    REFERENCES = "references"
    SCHEMA = "schema"
    SCRIPT = "script"
    SUPPORT = "support"
    TERMS = "terms"


class Check(BaseModel):
    """`faults`: what failed, in the words of the texts ("31 days", "section 12"); empty where it held."""

    model_config = ConfigDict(frozen=True)
    name: CheckName
    faults: list[str] = []

    @property
    def held(self) -> bool:
        return not self.faults


def told(checks: list[Check]) -> str:
    """The failed ones in a line for terminals and files; "" where all held."""
    return "; ".join(f"{c.name}: {', '.join(c.faults)}" for c in checks if not c.held)
