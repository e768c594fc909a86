from __future__ import annotations

import pytest

from lionrock.gateway.pool.circuit import FAILURES, LONGEST_PAUSE_SECONDS, Circuit, Outcome
from lionrock.gateway.pool.circuit import CircuitState as State


def broken(now: float = 0.0) -> Circuit:
    """Opened at `now` for one second."""
    circuit = Circuit(lambda: 0.5)
    for _ in range(FAILURES):
        circuit.begin(now)
        circuit.end(Outcome.BAD, now)
    return circuit


def test_it_opens_after_failures_in_a_row_and_says_so_once() -> None:
    circuit = Circuit()
    opened = [circuit.end(Outcome.BAD, 0.0) for _ in range(FAILURES + 2)]
    assert opened == [False] * (FAILURES - 1) + [True, False, False]
    assert circuit.state is State.OPEN and not circuit.lets(0.5)


def test_a_success_between_failures_starts_the_count_again() -> None:
    circuit = Circuit()
    for outcome in [Outcome.BAD, Outcome.BAD, Outcome.GOOD, Outcome.BAD, Outcome.BAD]:
        circuit.end(outcome, 0.0)
    assert circuit.state is State.CLOSED


def test_clients_that_leave_neither_open_nor_mend_it() -> None:
    circuit = Circuit()
    for outcome in [Outcome.BAD, Outcome.NEITHER, Outcome.BAD, Outcome.NEITHER, Outcome.BAD]:
        circuit.end(outcome, 0.0)
    assert circuit.state is State.OPEN


def test_after_the_pause_one_request_tries_it() -> None:
    circuit = broken()
    assert not circuit.lets(0.99)
    assert circuit.lets(1.0)
    circuit.begin(1.0)
    assert circuit.state is State.HALF_OPEN and not circuit.lets(5.0)


def test_a_trial_that_succeeds_closes_it() -> None:
    circuit = broken()
    circuit.begin(1.0)
    assert not circuit.end(Outcome.GOOD, 2.0)
    assert circuit.state is State.CLOSED and circuit.lets(2.0)


def test_a_trial_that_fails_opens_it_for_twice_as_long_up_to_a_limit() -> None:
    circuit, now, pauses = broken(), 1.0, []
    for _ in range(8):
        circuit.begin(now)
        assert circuit.end(Outcome.BAD, now)
        pauses.append(circuit.until - now)
        now = circuit.until
    assert pauses == pytest.approx([2, 4, 8, 16, 32, 60, 60, 60])


def test_a_trial_that_proves_nothing_lets_another_try() -> None:
    circuit = broken()
    circuit.begin(1.0)
    circuit.end(Outcome.NEITHER, 2.0)
    assert circuit.state is State.HALF_OPEN and circuit.lets(2.0)


def test_a_sign_of_life_ends_the_pause_early_and_never_prolongs_it() -> None:
    circuit = broken()
    circuit.hasten(0.2)
    assert circuit.lets(0.2)
    circuit.hasten(9.0)
    assert circuit.until == 0.2


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_pauses_differ_by_a_tenth(chance: float) -> None:
    circuit = Circuit(lambda: chance)
    for _ in range(FAILURES):
        circuit.end(Outcome.BAD, 0.0)
    assert 0.9 <= circuit.until <= 1.1 and circuit.until != 1.0
    assert circuit.until <= LONGEST_PAUSE_SECONDS
