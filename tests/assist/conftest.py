"""What tests of answering share."""

from __future__ import annotations

import pytest

from lionrock.assist import evidence


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model called `measured` was: its odds alone decide, from even on. Every question is weighed."""
    calibration = dict.fromkeys(("bias", "above", "pick", "score", "typical"), 0.0)
    known = evidence.coefficients() | {
        "judge:measured": calibration | {"odds": 1.0, "threshold": 0.5}
    }
    monkeypatch.setattr("lionrock.assist.judge.coefficients", lambda: known)
    monkeypatch.setattr("lionrock.assist.ask.HOPELESS", 0.0)
