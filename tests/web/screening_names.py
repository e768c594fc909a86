"""What the pages of screening call by name: states, reasons, fields, numbers, sentences of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from lionrock.screening.alerts.models import Clearance, HitView
from lionrock.screening.alerts.queue import Order
from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.alerts.report_models import Indicator, Outcome, ReportingEntity
from lionrock.screening.alerts.states import AlertState
from lionrock.screening.documents.progress import Stage as DocumentStage
from lionrock.screening.entities import IdentifierKind, NameKind, Schema
from lionrock.screening.lists.fields import Field
from lionrock.screening.lists.kinds import ListKind
from lionrock.screening.names.syllables import SYSTEMS
from lionrock.screening.registry.columns import FIELDS as CUSTOMER_FIELDS
from lionrock.screening.tuning.facts import VariantKind
from lionrock.screening.tuning.progress import Stage
from lionrock.web.i18n import Key
from lionrock.web.screening_facts import FIELDS
from lionrock.web.screening_tuning import NUMBERS
from lionrock.web.screening_words import FEATURES
from lionrock.web.sections import SCREENING_SECTIONS

STEPS = (
    "raise", "assign", "give-back", "propose", "take-back", "lapse", "approve", "send-back", "escalate",
    "reopen", "withdraw",
)  # fmt: skip


def _choices(model: type, name: str) -> tuple[str, ...]:
    """Of a field that is one of several words, or None."""
    kinds = get_args(model.model_fields[name].annotation)  # type: ignore[attr-defined]
    return tuple(
        word for kind in kinds for word in get_args(kind) or (kind,) if isinstance(word, str)
    )


NAMED: Final[dict[str, tuple[str, ...]]] = {
    "screening": tuple(s.name for s in SCREENING_SECTIONS),
    "alert": tuple(AlertState),
    "disposition": tuple(Disposition),
    "reason": tuple(Reason),
    "order": get_args(Order),
    "step": STEPS,
    "subject": ("customer", "adhoc"),
    "gone": _choices(HitView, "gone_why"),
    "clearance-end": _choices(Clearance, "ended_why"),
    "indicator": tuple(Indicator),
    "outcome": _choices(Outcome, "outcome"),
    "entity": tuple(ReportingEntity.model_fields),
    "customer-field": CUSTOMER_FIELDS,
    "list-version": ("reading", "pending", "applied", "refused"),
    "list-kind": tuple(ListKind),
    "list-field": tuple(Field),
    "difference": ("added", "changed", "removed"),
    "batch": ("reading", "running", "done", "stopped"),
    "name-kind": tuple(k for k in NameKind if k is not NameKind.PRIMARY),
    "fact": FIELDS,
    "number": tuple(IdentifierKind),
    "thing": (*Schema, *(s.value.lower() for s in Schema)),
    "gender": ("male", "female"),
    "romanisation": tuple(SYSTEMS),
    "tuning-field": NUMBERS,
    "tuning-stage": tuple(Stage),
    "document-stage": tuple(DocumentStage),
    "variant": get_args(VariantKind),
    "evidence": tuple({sentence for own in FEATURES.values() for sentence in own}),
}
"""By context, as `docs/pages.md` lists them."""


def by_name() -> Iterator[Key]:
    for context, names in NAMED.items():
        yield from ((context, str(name)) for name in names)
