"""The reasons that are documented are those there are."""

from __future__ import annotations

import re
from pathlib import Path

from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.reasons import Reason

PAGE = (Path(__file__).parents[3] / "docs" / "screening-alerts.md").read_text("utf-8")


def test_every_reason_is_documented_as_it_is_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-z]+[ a-z]*) \| ([A-Z].+) \|$", PAGE, re.MULTILINE)
    documented = {name: (to, meaning) for name, to, meaning in rows}
    assert documented == {r.value: (r.disposition.replace("-", " "), r.meaning) for r in Reason}


def test_every_setting_is_documented_with_what_it_starts_with() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    assert {name for name in rows if name not in set(Reason)} == set(Policy.model_fields)
    for name in ("working_days", "weak_working_days", "clearance_days"):
        assert int(rows[name]) == getattr(Policy(), name)
