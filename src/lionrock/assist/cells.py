"""Which cells of a quoted table row the answer states."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lionrock.documents.citations import Citation
from lionrock.documents.figures import figures
from lionrock.documents.tables import is_figure


def stated(citation: Citation, sentences: Sequence[str]) -> Citation:
    """The citation, those of its cells marked whose figure one of the sentences states."""
    if not citation.cells:
        return citation
    said = {figure.value for sentence in sentences for figure in figures(sentence)}
    cells = [
        cell.model_copy(update={"stated": _is_said(cell.text, said)}) for cell in citation.cells
    ]
    return citation.model_copy(update={"cells": cells})


def _is_said(text: str, said: set[Fraction]) -> bool:
    return is_figure(text) and any(figure.value in said for figure in figures(text))
