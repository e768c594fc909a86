"""The forms of the policy page: the tenant's own numbers, and a list's thresholds, as fields and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from lionrock.screening.alerts.policy import Policy
from lionrock.screening.registry.lists import TYPE, ScreeningList
from lionrock.web.faults import Filled
from lionrock.web.i18n import Translator

MOST_DAYS: Final = 60
MOST_CLEARANCE: Final = 1830
MOST_HOLIDAYS: Final = 400
MOST_TYPES: Final = 100
MOST_ROWS: Final = 2 * MOST_TYPES
EMPTY_ROWS: Final = 2
"""Rows for further types of customers, below those that are there."""


class Settings(BaseModel):
    """What can be set of a list."""

    name: str
    active: bool
    threshold: float | None
    type_thresholds: dict[str, float]

    @classmethod
    def of(cls, found: ScreeningList) -> Settings:
        return cls(
            name=found.name, active=found.active, threshold=found.threshold,
            type_thresholds=found.type_thresholds,
        )  # fmt: skip


def seen(settings: BaseModel) -> str:
    """Which state a form was made from: 16 hex digits."""
    return hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:16]


def number(value: float) -> str:
    """A threshold, two decimals at least and none lost."""
    return max(f"{value:.2f}", repr(value), key=len)


def policy_values(policy: Policy) -> dict[str, str]:
    """The fields of the form, as the policy has them."""
    ticked = {"self_assignment": "1"} if policy.self_assignment else {}
    lists = {list_field(k): str(v) for k, v in policy.list_working_days.items()}
    return lists | ticked | {
        "working_days": str(policy.working_days), "weak_working_days": str(policy.weak_working_days),
        "clearance_days": str(policy.clearance_days), "reporting_entity": policy.reporting_entity,
        "holidays": "\n".join(day.isoformat() for day in sorted(policy.holidays)),
    }  # fmt: skip


def list_field(list_id: UUID) -> str:
    return f"days-{list_id}"


def policy_of(
    sent: Filled, kept: Policy, lists: Sequence[ScreeningList], speak: Translator
) -> Policy:
    """The policy that the form asks for; where there are faults, one that is not to be used."""
    days = dict(kept.list_working_days)
    for one in lists:
        days.pop(one.id, None)
        own = sent.whole(list_field(one.id), speak, 0, MOST_DAYS)
        if own is not None:
            days[one.id] = own
    return Policy.model_construct(
        working_days=_needed(sent, "working_days", speak, 0, MOST_DAYS),
        weak_working_days=_needed(sent, "weak_working_days", speak, 0, MOST_DAYS),
        list_working_days=days, holidays=_holidays(sent, speak),
        clearance_days=_needed(sent, "clearance_days", speak, 1, MOST_CLEARANCE),
        self_assignment=sent.ticked("self_assignment"),
        reporting_entity=sent.at_most("reporting_entity", speak, 200),
    )  # fmt: skip


def _needed(sent: Filled, name: str, speak: Translator, least: int, most: int) -> int:
    if not sent.text(name):
        sent.wrong(name, speak.gettext("Fill this in."))
    return sent.whole(name, speak, least, most) or 0


def _holidays(sent: Filled, speak: Translator) -> list[date]:
    found = set()
    for line, text in sent.lines("holidays"):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            sent.wrong(
                "holidays",
                speak.gettext(
                    "Line %(line)s: “%(text)s” is no day. Write it as 2026-12-25.",
                    line=line, text=text[:40],
                ),
            )  # fmt: skip
    if len(found) > MOST_HOLIDAYS:
        most = speak.number(MOST_HOLIDAYS)
        sent.wrong("holidays", speak.gettext("At most %(most)s days are kept.", most=most))
    return sorted(found)


def list_values(settings: Settings) -> dict[str, str]:
    values = {"name": settings.name}
    values |= {"active": "1"} if settings.active else {}
    values["threshold"] = "" if settings.threshold is None else number(settings.threshold)
    for row, (type, own) in enumerate(sorted(settings.type_thresholds.items())):
        values |= {f"type-{row}": type, f"own-{row}": number(own)}
    return values


def rows(sent: Filled) -> range:
    """The rows of types that the form shows: up to the last that holds something, and some more."""
    held = [n for n in range(MOST_ROWS) if sent.text(f"type-{n}") or sent.text(f"own-{n}")]
    return range(max(held, default=-1) + 1 + EMPTY_ROWS)


def list_of(sent: Filled, speak: Translator) -> Settings:
    """The settings that the form asks for; where there are faults, some that are not to be used."""
    name = sent.at_most("name", speak, 100)
    if not name:
        sent.wrong("name", speak.gettext("Fill this in."))
    threshold, types = sent.share("threshold", speak), dict(_types(sent, speak))
    return Settings(
        name=name, active=sent.ticked("active"), threshold=threshold, type_thresholds=types
    )


def _types(sent: Filled, speak: Translator) -> Iterator[tuple[str, float]]:
    known = set()
    for row in rows(sent):
        type, given = sent.text(f"type-{row}"), sent.text(f"own-{row}")
        if not type and not given:
            continue
        own = sent.share(f"own-{row}", speak)
        if not TYPE.fullmatch(type):
            sent.wrong(
                f"type-{row}",
                speak.gettext("Small letters, digits and hyphens, at most 40, as in pep."),
            )
        elif type in known:
            sent.wrong(f"type-{row}", speak.gettext("This type stands here twice."))
        elif not given:
            sent.wrong(f"own-{row}", speak.gettext("Fill this in."))
        elif own is not None:
            known.add(type)
            yield type, own
