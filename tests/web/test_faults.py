"""A form's fields are read as they were typed, and what is wrong is said by field."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from lionrock.web.faults import Filled
from lionrock.web.i18n import translator

ENGLISH = translator("en")


def test_values_stay_as_they_were_typed() -> None:
    filled = Filled.of(FormData([("days", " 1 2\r\n"), ("on", "1")]))
    assert filled.values["days"] == " 1 2\n" and filled.text("days") == "1 2"
    assert filled.ticked("on") and not filled.ticked("off")
    assert list(Filled({"a": "\n x \n\ny"}).lines("a")) == [(2, "x"), (4, "y")]


@given(st.text(max_size=30))
def test_a_whole_number_is_within_its_bounds_or_a_fault(given: str) -> None:
    filled = Filled({"days": given})
    found = filled.whole("days", ENGLISH, 1, 60)
    assert (found is None) == (not given.split() or "days" in filled.faults)
    assert found is None or 1 <= found <= 60


@given(st.text(max_size=30) | st.sampled_from(["nan", "inf", "-0", "1e-400", "0.5", "1"]))
def test_a_share_lies_between_0_and_1_or_is_a_fault(given: str) -> None:
    filled = Filled({"threshold": given})
    found = filled.share("threshold", ENGLISH)
    assert (found is None) == (not given.split() or "threshold" in filled.faults)
    assert found is None or 0 < found < 1


def test_the_first_fault_of_a_field_counts() -> None:
    filled = Filled({"name": "x" * 11})
    filled.wrong("name", "first")
    assert filled.at_most("name", ENGLISH, 10) == "x" * 11
    assert filled.faults == {"name": "first"}
