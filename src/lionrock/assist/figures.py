"""Figures of an answer that its sources do not hold."""

from __future__ import annotations

from fractions import Fraction

from lionrock.documents.figures import Figure, figures


def unsupported(claim: str, sources: str) -> set[Figure]:
    """Figures of `claim` that `sources` do not hold: the value is not there, or only with another unit."""
    have = figures(sources)
    values: dict[Fraction, set[str]] = {}
    for value, unit in have:
        values.setdefault(value, set()).add(unit)
    wrong = set()
    for figure in figures(claim):
        units = values.get(figure.value)
        if units is None or (
            figure.unit and units and figure.unit not in units and "" not in units
        ):
            wrong.add(figure)
    return wrong
