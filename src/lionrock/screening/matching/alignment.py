"""The best way to lay two sequences beside each other, in order."""

from __future__ import annotations

from collections.abc import Sequence

Pairs = list[tuple[int | None, int | None]]


def align(
    weights: Sequence[Sequence[float]], gaps_a: Sequence[float], gaps_b: Sequence[float]
) -> tuple[float, Pairs]:
    """Maximum sum of `weights[i][j]` over pairs in order, and of the gaps of what stays alone.

    Needleman and Wunsch (1970). Returns the sum and the pairs; None stands opposite what is alone.
    """
    n, m = len(gaps_a), len(gaps_b)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n):
        best[i + 1][0] = best[i][0] + gaps_a[i]
    for j in range(m):
        best[0][j + 1] = best[0][j] + gaps_b[j]
    for i in range(n):
        row, above, weight, gap = best[i + 1], best[i], weights[i], gaps_a[i]
        for j in range(m):
            row[j + 1] = max(above[j] + weight[j], above[j + 1] + gap, row[j] + gaps_b[j])
    return best[n][m], _pairs(best, weights, gaps_a, n, m)


def _pairs(
    best: Sequence[Sequence[float]], weights: Sequence[Sequence[float]], gaps_a: Sequence[float],
    i: int, j: int,
) -> Pairs:  # fmt: skip
    found: Pairs = []
    while i or j:
        if i and j and best[i][j] == best[i - 1][j - 1] + weights[i - 1][j - 1]:
            i, j = i - 1, j - 1
            found.append((i, j))
        elif i and best[i][j] == best[i - 1][j] + gaps_a[i - 1]:
            i -= 1
            found.append((i, None))
        else:
            j -= 1
            found.append((None, j))
    return found[::-1]
