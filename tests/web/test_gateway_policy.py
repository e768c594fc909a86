"""The policy for calls on its page: shown, looked at before it is saved, never overwritten unseen."""

from __future__ import annotations

import pytest

from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.policies.service import Decided, PolicyService
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.test_sections import become

PATH = "/admin/gateway"
FORM = {f"guard-{kind}": "mask" for kind in Kind} | {"retention": "metadata", "version": "0"}
WANTED = FORM | {"guard-hkid": "refuse", "guard-name": "off", "retention": "none"}


@pytest.fixture
def policies(house: House) -> PolicyService:
    return PolicyService(house.database, lambda tenant: None)


async def test_what_everyone_starts_with_is_shown_as_that(reader: Client) -> None:
    text = (await reader.get(PATH, accept_language="en")).text
    assert "nobody has changed it" in text and "Hong Kong identity card number" in text
    assert text.count(">Masked<") == len(Kind) and "Those who run the installation" in text
    assert "No prompt and no answer of a new call is kept:" in text


async def test_a_change_is_shown_with_what_follows_and_then_saved(
    reader: Client, house: House, policies: PolicyService, actor: Actor
) -> None:
    form = (await reader.get(f"{PATH}/change", accept_language="en")).text
    assert form.count('value="mask" selected') == len(Kind)
    answer = await reader.post(f"{PATH}/change", WANTED | {"step": "review"}, accept_language="en")
    assert answer.status == 200 and answer.text.count("<del>") == 3
    assert (
        "is not sent to an engine outside" in answer.text
        and "neither member nor key" in answer.text
    )
    assert (await policies.get(actor)).version == 0
    answer = await reader.post(f"{PATH}/change", WANTED | {"step": "save"})
    assert (answer.status, answer.headers["location"]) == (303, PATH)
    assert house.gateway.forgotten == [actor.tenant_id]
    standing = await policies.get(actor)
    assert standing.policy.retention is Retention.NONE
    assert standing.policy.guards[Kind.HKID] is Action.REFUSE
    assert standing.policy.guards[Kind.NAME] is Action.OFF
    assert standing.policy.guards[Kind.CARD] is Action.MASK
    text = (await reader.get(PATH, accept_language="en")).text
    assert "set by" in text and ">Refused<" in text and ">Not looked for<" in text


async def test_what_someone_else_changed_meanwhile_is_not_overwritten_unseen(
    reader: Client, policies: PolicyService, actor: Actor
) -> None:
    await policies.change(actor, Decided(guards={Kind.EMAIL: Action.OFF}), 0)
    answer = await reader.post(f"{PATH}/change", WANTED | {"step": "save"}, accept_language="en")
    assert answer.status == 409 and "Someone changed it" in answer.text
    assert answer.text.count("<del>") == 4 and 'name="version" value="1"' in answer.text
    assert (await policies.get(actor)).version == 1
    again = await reader.post(f"{PATH}/change", WANTED | {"step": "save", "version": "1"})
    assert again.status == 303 and (await policies.get(actor)).version == 2


async def test_the_form_comes_back_as_it_was_filled(reader: Client) -> None:
    answer = await reader.post(f"{PATH}/change", WANTED | {"step": "edit"})
    assert answer.status == 200 and 'value="refuse" selected' in answer.text
    same = await reader.post(f"{PATH}/change", FORM | {"step": "review"}, accept_language="en")
    assert "Nothing changes" in same.text and 'value="save"' not in same.text


@pytest.mark.parametrize("changed", [{"guard-hkid": "burn"}, {"retention": ""}])
async def test_what_is_no_choice_is_said_beside_its_field_and_nothing_is_saved(
    reader: Client, policies: PolicyService, actor: Actor, changed: dict[str, str]
) -> None:
    sent = WANTED | {"step": "save"} | changed
    answer = await reader.post(f"{PATH}/change", sent, accept_language="en")
    assert answer.status == 422 and "Choose one." in answer.text and "aria-invalid" in answer.text
    assert (await policies.get(actor)).version == 0


async def test_who_may_only_look_sees_it_and_no_button(
    reader: Client, database: Database, actor: Actor
) -> None:
    await become(database, actor, Role.AUDITOR)
    answer = await reader.get(PATH)
    assert answer.status == 200 and f"{PATH}/change" not in answer.text
    assert (await reader.get(f"{PATH}/change")).status == 403
    assert (await reader.post(f"{PATH}/change", WANTED | {"step": "save"})).status == 403
