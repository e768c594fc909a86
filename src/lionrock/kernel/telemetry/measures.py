"""Everything that is counted while work goes on. Each is documented in docs/metrics.md.

Labels are names out of the operator's files (models, engines) and of this program (endpoints, outcomes,
reasons): never what a client sent, and never who.
"""

from __future__ import annotations

from typing import Final

from lionrock.errors import LionrockError
from lionrock.kernel.telemetry.tallies import Spread, Tally

_CALL: Final = ("endpoint", "model", "engine")
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_TOKENS: Final = (16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144)
_SECONDS_STEP, _TOKENS_STEP = 10.0, 1000.0


class Measures:
    """One for each process."""

    def __init__(self) -> None:
        gateway = "lionrock_gateway"
        self.calls = Tally(
            f"{gateway}_calls", "Calls that the ledger admitted, when they end.",
            (*_CALL, "outcome"),
        )  # fmt: skip
        self.refusals = Tally(
            f"{gateway}_refusals", "Calls that ended with an error, by its name.",
            ("reason", "limit"),
        )  # fmt: skip
        self.reranked = Tally(
            "lionrock_search_reranked", "Searches whose first passages a reranker ordered."
        )
        self.not_reranked = Tally(
            "lionrock_search_not_reranked",
            "Searches that a reranker should have ordered and did not.",
        )
        self.queue = Spread(
            f"{gateway}_queue_seconds", "From asking for a place until it was had.",
            _CALL, _SECONDS, _SECONDS_STEP,
        )  # fmt: skip
        self.first_byte = Spread(
            f"{gateway}_first_byte_seconds", "From admission to the first byte for the client.",
            _CALL, _SECONDS, _SECONDS_STEP,
        )  # fmt: skip
        self.seconds = Spread(
            f"{gateway}_call_seconds", "From admission to the end.", _CALL, _SECONDS, _SECONDS_STEP
        )
        self.tokens_in = Spread(
            f"{gateway}_tokens_in", "Tokens of a prompt, as charged.", _CALL, _TOKENS, _TOKENS_STEP
        )
        self.tokens_out = Spread(
            f"{gateway}_tokens_out",
            "Tokens of an answer, as charged.",
            _CALL,
            _TOKENS,
            _TOKENS_STEP,
        )
        self.group = Spread(
            "lionrock_ledger_group_size", "Admissions and settlements in one commit.",
            (), (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512), 1,
        )  # fmt: skip
        self.commit = Spread(
            "lionrock_ledger_commit_seconds", "One commit of the ledger.", (),
            (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5), 0.001,
        )  # fmt: skip

    @property
    def tallies(self) -> tuple[Tally, ...]:
        return self.calls, self.refusals, self.reranked, self.not_reranked

    @property
    def spreads(self) -> tuple[Spread, ...]:
        return (
            self.queue, self.first_byte, self.seconds, self.tokens_in, self.tokens_out, self.group,
            self.commit,
        )  # fmt: skip

    def refused(self, error: LionrockError) -> None:
        """Its name, and the kind of limit where it is one; none of its words."""
        self.refusals.add(error.code(), error.limit)

    def committed(self, size: int, seconds: float) -> None:
        self.group.see(size)
        self.commit.see(seconds)
