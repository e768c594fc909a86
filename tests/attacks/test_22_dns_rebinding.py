"""Attack 22: a name that leads outside when it is checked and inside when it is connected to."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.addresses import Address
from tests.attacks.taken_apart import missing


class Rebinding:
    """Answers with the next address each time it is asked."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    def __call__(self, name: str) -> list[Address]:
        return [ip_address(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])]


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:10.0.0.7"]
)
def test_an_address_that_was_not_the_checked_one_is_not_connected_to(inside: str) -> None:
    egress = Egress(["models.example"], resolver=Rebinding("8.8.8.8", inside))
    assert egress.resolve("models.example", 443) == [ip_address("8.8.8.8")]
    with pytest.raises(EgressRefused):
        egress.resolve("models.example", 443)
    if not ip_address(inside).is_loopback:  # loopback is this machine's own, and always open
        with pytest.raises(EgressRefused):
            egress.connecting(ip_address(inside), 443)


def test_pins_and_lookups_are_taken_apart_in_their_room() -> None:
    assert missing(
        "kernel/egress/test_guard",
        "an_address_may_be_connected_to_only_after_a_listed_name_led_there",
        "no_way_out_of_the_standard_library", "no_way_out_of_the_event_loop",
    ) == []  # fmt: skip
    assert missing(
        "kernel/egress/test_policy", "of_a_mixed_answer_only_the_allowed_addresses_are_used",
        "localhost_that_leads_elsewhere_is_refused",
    ) == []  # fmt: skip
