"""A tenant's policy in words and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.gateway.guards.kinds import ALL, Kind
from lionrock.gateway.guards.policy import Action, Policy, read


@given(st.dictionaries(st.sampled_from(Kind), st.sampled_from(Action)))
def test_a_policy_written_down_reads_back_as_it_was(actions: dict[Kind, Action]) -> None:
    policy = Policy(actions)
    again = read(policy.written())
    assert all(again.action(kind) is policy.action(kind) for kind in Kind)


def test_a_kind_that_is_not_named_is_masked() -> None:
    policy = read({"hkid": "refuse", "name": "off"})
    assert policy.kinds(Action.MASK) == ALL - {Kind.HKID, Kind.NAME}
    assert policy.kinds(Action.REFUSE) == {Kind.HKID} and not policy.off


def test_a_policy_may_look_for_nothing() -> None:
    assert read(dict.fromkeys(Kind, "off")).off


@pytest.mark.parametrize("written", [{"iris": "mask"}, {"hkid": "hide"}, {"HKID": "mask"}])
def test_words_that_name_no_kind_or_action_are_refused(written: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="use "):
        read(written)
