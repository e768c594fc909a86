from __future__ import annotations

import pytest

from lionrock.screening.payments.codes import code_runs


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("7115 1129 2429", ("7115 1129 2429",)),
        ("CHAN TAI MAN 7115 1129 2429", ("7115 1129 2429",)),
        ("7115 1129 2429 ADD. 0022 0028", ("7115 1129 2429", "0022 0028")),
        ("50123 0224 1016", ("0224 1016",)),
        ("(0123) 2435 3883", ("2435 3883",)),
        ("0123-5188 0221", ()),
        ("FLAT 1204, 12 ROAD", ()),
        ("2026", ()),
    ],
)
def test_runs_of_commercial_codes_in_a_line(line: str, runs: tuple[str, ...]) -> None:
    assert code_runs([line]) == runs


def test_a_run_goes_on_in_the_next_line_when_its_own_is_full() -> None:
    lines = ["7115 1129 2429 0022 0028 0064 0100", "0336 0031"]
    assert code_runs(lines, width=35) == ("7115 1129 2429 0022 0028 0064 0100 0336 0031",)


def test_a_run_that_had_room_is_given_alone_and_with_the_next_line() -> None:
    assert code_runs(["7115 1129 2429", "0022 0028"], width=35) == (
        "7115 1129 2429",
        "0022 0028",
        "7115 1129 2429 0022 0028",
    )


def test_runs_without_end_are_not_joined_without_end() -> None:
    assert max(len(run) for run in code_runs(["7115 1129"] * 5000)) < 250
