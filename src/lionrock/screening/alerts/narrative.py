"""What a report draft begins with: the case in plain sentences, from what was kept and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from lionrock.kernel.privacy.clock import HONG_KONG
from lionrock.screening.alerts.models import Case, HitView, Step
from lionrock.screening.alerts.reasons import Reason
from lionrock.screening.alerts.report_models import (
    MOST_TEXT,
    Draft,
    Indicator,
    ReportIdentifier,
    ReportingEntity,
    ReportSubject,
)
from lionrock.screening.entities import Birth, Entity

_TOLD: Final = {
    "propose": "{who} proposed on {when}: {what}",
    "approve": "{who} decided on {when}, as proposed: {what}",
    "send-back": "{who} sent the proposal back on {when}.",
    "take-back": "{who} took the proposal back on {when}.",
    "lapse": "The proposal lapsed on {when}: the alert had changed, or nobody had decided in time.",
    "escalate": "{who} took the alert to the reporting officer on {when}.",
    "reopen": "The alert was opened again on {when}.",
}
_CUT: Final = "\n\n[Cut here: the case says more than a draft holds. Read on in the case.]"


def draft_of(case: Case, entity: str, names: Mapping[UUID, str]) -> Draft:
    """A first draft. `entity` is the institution's name, `names` those of members by id."""
    kept = [h.evidence for h in case.hits if h.gone_at is None and h.evidence]
    subjects = [_subject(kept[0].subject)] if kept else []
    indicators = [Indicator.NAME_MATCH]
    if case.alert.reason is Reason.SAME_IDENTIFIER:
        indicators.append(Indicator.IDENTIFIER_MATCH)
    return Draft(
        reporting_entity=ReportingEntity(name=entity, reference=str(case.alert.id)),
        subjects=subjects,
        indicators=indicators,
        narrative=narrative(case, names),
    )


def narrative(case: Case, names: Mapping[UUID, str]) -> str:
    """What matched, what contradicts, who proposed and who decided."""
    standing = [h for h in case.hits if h.gone_at is None]
    raised = _day(case.alert.raised_at)
    parts = [
        f"On {raised} screening raised an alert on {case.alert.name or 'the subject'}. "
        f"It stands on {len(standing)} entr{'y' if len(standing) == 1 else 'ies'} of lists."
    ]
    parts += [_hit(number, hit) for number, hit in enumerate(standing, 1)]
    parts += [told for step in case.steps if (told := _step(step, names))]
    whole = "\n\n".join(parts)
    return whole if len(whole) <= MOST_TEXT else whole[: MOST_TEXT - len(_CUT)] + _CUT


def _hit(number: int, hit: HitView) -> str:
    if hit.evidence is None:
        return f"{number}. The evidence has been erased."
    e = hit.evidence
    lines = [
        f"{number}. {e.listed.caption}, entry {e.listed.id} of the list {e.list_name} (version "
        f"{hit.list_version}), against {e.subject.caption}. Score {hit.score:.2f}."
    ]
    lines += [f"   For: {x.words}" for x in e.match.evidence if x.weight > 0]
    against = [f"   Against: {x.words}" for x in e.match.evidence if x.weight < 0]
    return "\n".join(lines + (against or ["   Against: nothing that was compared."]))


def _step(step: Step, names: Mapping[UUID, str]) -> str:
    pattern = _TOLD.get(step.kind)
    if pattern is None:
        return ""
    what = ""
    if step.disposition and step.reason:
        what = f"{step.disposition.replace('-', ' ')}. {step.reason.meaning}"
    who = names.get(step.made_by) or f"Member {step.made_by}"
    told = pattern.format(who=who, when=_day(step.made_at), what=what)
    return f"{told}\n   {step.note}" if step.note else told


def _subject(entity: Entity) -> ReportSubject:
    return ReportSubject(
        kind=entity.schema.value,
        names=[n.text[:500] for n in entity.names][:100],
        births=[_birth(b) for b in entity.births][:20],
        gender=entity.gender,
        countries=list(entity.countries)[:20],
        identifiers=[
            ReportIdentifier(kind=i.kind.value, value=i.value[:500], country=i.country)
            for i in entity.identifiers
        ][:50],
        addresses=[a.text[:500] for a in entity.addresses][:20],
        positions=[p[:500] for p in entity.positions][:20],
    )


def _birth(birth: Birth) -> str:
    about = "about " if birth.approximate else ""
    if birth.earliest == birth.latest:
        return about + _date(birth.earliest)
    return f"{about}{_date(birth.earliest)} to {_date(birth.latest)}"


def _day(moment: datetime) -> str:
    return _date(moment.astimezone(HONG_KONG).date())


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
