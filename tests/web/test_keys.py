from __future__ import annotations

import re

from lionrock.kernel import identity, service_keys
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.permissions import Permission as P
from tests.web.client import Client
from tests.web.conftest import House

FORM = {"name": "Statement loader", "scopes": "documents:document:add", "days": "90"}


async def test_a_new_keys_secret_is_on_the_answer_and_nowhere_after(
    reader: Client, house: House
) -> None:
    answer = await reader.post("/admin/keys", FORM)
    assert answer.status == 201 and "it will not be shown again" in answer.text
    assert answer.headers["cache-control"] == "no-store" and "location" not in answer.headers
    secret = re.search(r'id="secret">([^<]+)<', answer.text)
    assert secret
    actor = await identity.resolve(house.database, secret[1], ("key",))
    assert actor.kind is ActorKind.SERVICE and actor.scopes == {P.DOCUMENTS_DOCUMENT_ADD}
    for page in ("/admin/keys", "/admin/keys/new"):
        assert secret[1] not in (await reader.get(page)).text
    listed = (await reader.get("/admin/keys")).text
    assert "Statement loader" in listed and "in 90 days" in listed and "1 permission" in listed


async def test_permissions_are_grouped_and_told_in_plain_words(reader: Client) -> None:
    text = (await reader.get("/admin/keys/new", accept_language="en")).text
    assert re.search(r"<legend>Documents</legend>.*Add documents", text, re.S)
    assert 'value="approvals:proposal:decide"' not in text, "a key judges nothing"
    assert "加入文件" in (await reader.get("/admin/keys/new", accept_language="zh-HK")).text


async def test_a_machines_key_is_offered_what_a_machine_may_do(
    reader: Client, house: House, actor: Actor
) -> None:
    machine = await house.people.members.add_service(actor, "nightly")
    text = (await reader.get(f"/admin/keys/new?owner={machine}")).text
    assert 'value="documents:document:add"' in text and 'value="keys:key:create"' not in text
    answer = await reader.post("/admin/keys", FORM | {"owner": str(machine)})
    assert answer.status == 201
    (key,) = [k for k in await service_keys.listing(house.database, actor) if k.owner == machine]
    assert key.created_by == actor.id


async def test_a_form_that_does_not_fit_says_which_field(reader: Client) -> None:
    for changed, told in (
        ({"scopes": ""}, "The address or the form"),
        ({"addresses": "nowhere"}, "Networks: this is not valid"),
        ({"days": "400"}, "Ends after: this is not valid"),
        ({"name": " "}, "Name: this is not valid"),
        ({"purpose": "revenge"}, "revenge"),
    ):
        answer = await reader.post("/admin/keys", FORM | changed, hx_request="true")
        assert answer.status == 422 and told in answer.text, changed
        assert answer.headers["hx-reselect"] == ".notice", "whatever part the form asked for"


async def test_ending_a_key_asks_first_and_then_ends_it(
    reader: Client, house: House, actor: Actor
) -> None:
    await reader.post("/admin/keys", FORM)
    (key,) = [
        k for k in await service_keys.listing(house.database, actor) if k.name == FORM["name"]
    ]
    question = (await reader.get(f"/admin/keys/{key.id}/end")).text
    assert "End the key Statement loader?" in question
    await reader.post(f"/admin/keys/{key.id}/end")
    assert key.id not in {k.id for k in await service_keys.listing(house.database, actor)}
    assert (await reader.get(f"/admin/keys/{key.id}/end")).status == 404
