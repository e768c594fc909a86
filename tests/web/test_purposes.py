from __future__ import annotations

import pytest

from lionrock.kernel import collections
from lionrock.kernel import purposes as kept
from lionrock.kernel.actors import Actor, Role
from tests.web.client import Client
from tests.web.conftest import House


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Handling complaints"), ("zh-HK", "處理投訴"), ("zh-CN", "处理投诉")],
)
async def test_a_purpose_is_called_in_the_readers_language(
    reader: Client, language: str, title: str
) -> None:
    assert title in (await reader.get("/admin/purposes", accept_language=language)).text


async def test_a_purpose_is_added_reworded_and_put_out_of_use(
    reader: Client, house: House, actor: Actor
) -> None:
    form = {"code": "fraud-review", "title_en": "Fraud review", "title_zh": "欺詐覆核"}
    assert (await reader.post("/admin/purposes/purpose", form)).status == 303
    assert (await reader.post("/admin/purposes/purpose", form)).status == 409
    changed = {"title_en": "Review of fraud", "title_zh": "欺詐覆核", "basis": "s. 58"}
    await reader.post("/admin/purposes/purpose/fraud-review", changed)
    known = {p.code: p for p in await kept.purposes(house.database, actor)}
    assert known["fraud-review"].title_en == "Review of fraud"
    assert not known["fraud-review"].active, "the box was not ticked"
    assert "out of use" in (await reader.get("/admin/purposes")).text


async def test_a_field_that_does_not_fit_is_named(reader: Client) -> None:
    form = {"code": "Fraud Review", "title_en": "x", "title_zh": "x"}
    answer = await reader.post("/admin/purposes/purpose", form)
    assert answer.status == 422 and "Code: this is not valid" in answer.text
    answer = await reader.post("/admin/purposes/purpose", {"code": "fraud", "title_en": "x"})
    assert "Title in Chinese: fill this in" in answer.text


async def test_a_retention_class_is_shown_in_years_with_its_source(reader: Client) -> None:
    text = (await reader.get("/admin/purposes")).text
    assert "5 years" in text and "Cap. 615, Schedule 2, section 20" in text
    form = {
        "code": "letters", "title_en": "Letters", "title_zh": "信件", "minimum_months": "6",
        "maximum_months": "18", "starts": "added", "automatic": "true",
    }  # fmt: skip
    assert (await reader.post("/admin/purposes/class", form)).status == 303
    text = (await reader.get("/admin/purposes")).text
    assert "6 months" in text and "18 months" in text and "erased by itself" in text


async def test_a_collection_is_made_and_restricted_with_the_form(
    reader: Client, house: House, actor: Actor
) -> None:
    form = {"name": "Customer files", "purposes": "customer-due-diligence",
            "retention_class": "aml-due-diligence", "restricted": "true",
            "access_roles": "analyst", "zero_retention": "true"}  # fmt: skip
    assert (await reader.post("/admin/purposes/collection", form)).status == 303
    made = {c.name: c for c in await collections.listing(house.database, actor)}["Customer files"]
    assert made.restricted and made.zero_retention and made.access_roles == [Role.ANALYST]
    page = (await reader.get("/admin/purposes")).text
    assert "Customer files" in page and "keeps nothing" in page
    answer = await reader.post(f"/admin/purposes/collection/{made.id}", form | {"purposes": "x"})
    assert answer.status == 422 and "There is no purpose" in answer.text


async def test_what_is_another_tenants_is_not_there(
    reader: Client, house: House, stranger: Actor
) -> None:
    wanted = collections.NewCollection(name="Theirs")
    theirs = await collections.create(house.database, stranger, wanted)
    assert (await reader.get(f"/admin/purposes/collection/{theirs}")).status == 404
    form = {"purposes": "general", "retention_class": "standard"}
    assert (await reader.post(f"/admin/purposes/collection/{theirs}", form)).status == 404
