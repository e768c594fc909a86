"""Findings in lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lionrock.gateway.conformance.verdicts import Finding, Verdict

_MARKS = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.NOT_APPLICABLE: "–",
    Verdict.COULD_NOT_TELL: "?",
}
_SAID = {Verdict.NOT_APPLICABLE: "not applicable: ", Verdict.COULD_NOT_TELL: "could not tell: "}


def line(finding: Finding) -> str:
    said = _SAID.get(finding.verdict, "")
    return f"{_MARKS[finding.verdict]} {finding.check:<18} {said}{finding.detail}"


def summary(findings: Iterable[Finding]) -> str:
    counted = Counter(finding.verdict for finding in findings)
    named = {Verdict.PASS: "passed", Verdict.FAIL: "failed"}
    return ", ".join(f"{counted[v]} {named.get(v, v.value)}" for v in Verdict)
