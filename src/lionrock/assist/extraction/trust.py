"""How far a value can be trusted, by how it was found and how well its page was read."""

from __future__ import annotations

from typing import Final

from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.kinds import FREE
from lionrock.assist.extraction.rules import Candidate
from lionrock.assist.extraction.schemas import How, Sure

_DOUBTFUL_PAGE: Final = 0.9
"""Mean confidence of a recognised page below which its values count a step less."""
_STEPS: Final = (Sure.LOW, Sure.MEDIUM, Sure.HIGH)
_FOUND: Final = {How.BESIDE: 2, How.CELL: 2, How.BELOW: 1, How.FORM: 1, How.PLACE: 0, How.MODEL: 0}


def sure(field: Field, candidate: Candidate) -> Sure:
    """High: a label stands beside it and it is of its kind. Low: its place or a model alone tells it, it
    is not of its kind, or its check digit fails."""
    normal = candidate.normal
    if normal is None or normal.valid is False:
        return Sure.LOW
    step = _FOUND[candidate.how] if candidate.rows == 1 else 0
    if normal.valid:
        step += 1  # its own check digit speaks for it
    elif field.kind in FREE and candidate.how is How.BELOW:
        step -= 1
    confidence = candidate.sheet.confidence
    if confidence is not None and confidence < _DOUBTFUL_PAGE:
        step -= 1
    return _STEPS[max(0, min(step, len(_STEPS) - 1))]
