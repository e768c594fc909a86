"""Whether a server speaks the protocol that the gateway needs: `lionrock engines check URL`.

Asks an engine over its own API and judges what comes back, one `Finding` a check. Reads and changes
nothing of this installation, and calls no route of the engine's that changes its state.
"""

from lionrock.gateway.conformance.report import line, summary
from lionrock.gateway.conformance.run import CHECKS, Target, check
from lionrock.gateway.conformance.verdicts import Finding, Verdict

__all__ = ["CHECKS", "Finding", "Target", "Verdict", "check", "line", "summary"]
