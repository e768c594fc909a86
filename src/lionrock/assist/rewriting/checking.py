"""Does a rewritten sentence say what the original said, no more and no less? No model is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lionrock.assist import support
from lionrock.assist.checks import Check, CheckName
from lionrock.assist.summaries.checking import direction, other_script
from lionrock.assist.summaries.names import unfounded_names
from lionrock.assist.summaries.readings import unfounded_dates, unfounded_figures
from lionrock.documents.language import Language
from lionrock.kernel.capabilities import RunContext

_ACRONYM = re.compile(r"\b[A-Z]{2,}[A-Za-z]*\b|《[^》]+》")
_DUTY = re.compile(
    r"\b(?:must|shall|required|have to|has to)\b|須|须|必須|必须|應當|应当", re.IGNORECASE
)
_MAY = re.compile(r"\b(?:may|can|could|might|optional)\b|可以|可|或會|或会|得以", re.IGNORECASE)
_ROOM = 60
"""Characters that any sentence may grow by; a long one may double."""


async def checked(run: RunContext, text: str, original: str, language: Language) -> list[Check]:
    """Every check: figures, dates and acronyms kept and none added, names, denial, duty, script, meaning."""
    both = ((text, original), (original, text))
    found = [
        Check(name=CheckName.FIGURES, faults=_all(unfounded_figures(a, b) for a, b in both)),
        Check(name=CheckName.DATES, faults=_all(unfounded_dates(a, b) for a, b in both)),
        Check(
            name=CheckName.NAMES, faults=[*unfounded_names(text, original), *_lost(text, original)]
        ),
        Check(name=CheckName.NEGATION, faults=_turned(text, original)),
        Check(name=CheckName.SCRIPT, faults=other_script(text, language)),
        Check(name=CheckName.LENGTH, faults=_grown(text, original)),
    ]
    faults = [] if any(not c.held for c in found) or await _near(run, text, original) else [text]
    return [*found, Check(name=CheckName.SUPPORT, faults=faults)]


def _all(found: Iterable[list[str]]) -> list[str]:
    return list(dict.fromkeys(fault for faults in found for fault in faults))


def _lost(text: str, original: str) -> list[str]:
    return [name for name in _ACRONYM.findall(original) if name not in text]


def _turned(text: str, original: str) -> list[str]:
    """Denied and affirmed, duty and leave, up and down, the other way round."""
    held = support.negation_holds(text, original, "") and support.negation_holds(original, text, "")
    duty = bool(_DUTY.search(original)) and not _DUTY.search(text) and bool(_MAY.search(text))
    leave = bool(_DUTY.search(text)) and not _DUTY.search(original)
    return [*([] if held and not duty and not leave else [text]), *direction(text, original)]


def _grown(text: str, original: str) -> list[str]:
    return [text] if len(text) > max(2 * len(original), len(original) + _ROOM) else []


async def _near(run: RunContext, text: str, original: str) -> bool:
    embedder = run.search.embedder
    if embedder is None:
        return support.words_hold(text, original, "")
    pair = await embedder.passages([text, original], urgent=True)
    return float(pair[0] @ pair[1]) >= support.LEAST_SIMILARITY
