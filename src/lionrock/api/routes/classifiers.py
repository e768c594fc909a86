"""Classifiers of sentiment over HTTP: list, train from a file, put in use, retire."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile

from lionrock.api.deps import ActorDep
from lionrock.assist.sentiment.classifiers import (
    MOST_BYTES,
    TOO_LARGE,
    Classifiers,
    Kept,
    Listed,
    Name,
)
from lionrock.doors import Bounded, content, house
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P

routes = APIRouter(tags=["assist"], route_class=Bounded)


@routes.get("/classifiers")
async def list_classifiers(request: Request, actor: ActorDep) -> Listed:
    """The newest first, retired ones too, with what each measured on held-out folds."""
    return await kept(request).every(actor)


@routes.post("/classifiers", status_code=201)
async def train_classifier(
    request: Request,
    actor: ActorDep,
    name: Annotated[Name, Form()],
    file: Annotated[UploadFile, File()],
) -> Kept:
    """Train one from a CSV or XLSX file with the columns text and label."""
    require(actor, P.ASSIST_CLASSIFIER_MANAGE)
    return await kept(request).train(actor, name, await content(file, MOST_BYTES, TOO_LARGE))


@routes.post("/classifiers/{classifier_id}/use")
async def use_classifier(request: Request, actor: ActorDep, classifier_id: UUID) -> Kept:
    """Let it read from now on."""
    return await kept(request).use(actor, classifier_id)


@routes.post("/classifiers/{classifier_id}/retire")
async def retire_classifier(request: Request, actor: ActorDep, classifier_id: UUID) -> Kept:
    """Delete its weights."""
    return await kept(request).retire(actor, classifier_id)


def kept(request: Request) -> Classifiers:
    return house(request).of(Classifiers)
