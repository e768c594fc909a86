"""Sentiment: its run, and classifiers over the API and on their page."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from lionrock.assist.sentiment.classifiers import Trained
from lionrock.kernel.permissions import Permission as P
from tests.assist.sentiment.material import labelled
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.world import Institution

_RUN: Final = P.ASSIST_SENTIMENT_RUN
_MANAGE: Final = P.ASSIST_CLASSIFIER_MANAGE


async def fresh(of: Institution) -> dict[str, str]:
    """A classifier as if one had been trained; nothing reads with it."""
    made, trained = uuid4(), Trained(name=uuid4().hex, texts={}, measured={})
    key = of.house.vault.key(of.actor.tenant_id)
    body = key.seal_text("classifiers", made, "body", trained.model_dump_json())
    async with of.house.database.tenant_session(of.actor) as db:
        await db.execute(
            "INSERT INTO classifiers (tenant_id, id, body, weights, sha256, trained_by)"
            " VALUES ($1, $2, $3, 'weights', sha256('weights'), $4)",
            *(of.actor.tenant_id, made, body, of.actor.id),
        )
    return {"classifier_id": str(made)}


def of_classifier(**parts: Any) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent(await fresh(of), **parts)

    return make


async def cleared(of: Institution) -> None:
    """Retire what stands: those of `fresh` read nothing, and there is room for so many."""
    async with of.house.database.tenant_session(of.actor) as db:
        await db.execute(
            "UPDATE classifiers SET weights = NULL, in_use = false, retired_at = now()"
            " WHERE tenant_id = $1 AND retired_at IS NULL",
            of.actor.tenant_id,
        )


async def examples(of: Institution) -> Sent:
    await cleared(of)
    return Sent(form={"name": uuid4().hex}, file=("examples.csv", labelled()))


async def a_document(of: Institution) -> Sent:
    await cleared(of)
    return Sent(json={"document": str(of.document)})


RECIPES: Final[dict[str, Recipe]] = {
    "GET /desk/classifiers": Recipe(request(), _RUN),
    "GET /v1/classifiers": Recipe(request(), _RUN),
    "POST /desk/classifiers": Recipe(examples, _MANAGE),
    "POST /desk/classifiers/{classifier_id}/retire": Recipe(of_classifier(form={}), _MANAGE),
    "POST /desk/classifiers/{classifier_id}/use": Recipe(of_classifier(form={}), _MANAGE),
    "POST /v1/classifiers": Recipe(examples, _MANAGE),
    "POST /v1/classifiers/{classifier_id}/retire": Recipe(of_classifier(), _MANAGE),
    "POST /v1/classifiers/{classifier_id}/use": Recipe(of_classifier(), _MANAGE),
    "POST /v1/sentiment": Recipe(a_document, _RUN),
}
