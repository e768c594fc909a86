"""A tenant's classifiers: trained from its own examples, used, retired. Weights are sealed with its key."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, OrderedDict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID, uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lionrock.assist.sentiment import queries
from lionrock.assist.sentiment.apart import Measures, train_apart
from lionrock.assist.sentiment.classifier import LABELS, Classifier
from lionrock.assist.sentiment.examples import examples
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import Embedder

if TYPE_CHECKING:
    import asyncpg

MOST: Final = 20
MOST_BYTES: Final = 50 * 2**20
TOO_LARGE: Final = f"The file is larger than {MOST_BYTES >> 20} MB. Train on a part of it."
_TABLE: Final = "classifiers"
_IN_MEMORY: Final = 4


def _line(text: str) -> str:
    if not (found := " ".join(text.split())):
        raise ValueError("nothing was written")
    return found


Name = Annotated[str, AfterValidator(_line), Field(min_length=1, max_length=80)]


class Trained(BaseModel):
    """What is told of a classifier. `texts`: examples by label; `measured`: by head, on held-out folds."""

    model_config = ConfigDict(frozen=True)
    name: Name
    texts: dict[str, int]
    measured: Measures


class Kept(Trained):
    id: UUID
    sha256: str
    in_use: bool
    trained_at: datetime
    retired_at: datetime | None


class Listed(BaseModel):
    classifiers: list[Kept]


class Classifiers:
    def __init__(self, database: Database, vault: Vault, embedder: Embedder | None) -> None:
        self._database, self._vault, self._embedder = database, vault, embedder
        self._open: OrderedDict[tuple[UUID, UUID], Classifier] = OrderedDict()
        self._training = asyncio.Semaphore(1)

    async def every(self, actor: Actor) -> Listed:
        """The newest first, retired ones too."""
        require(actor, P.ASSIST_SENTIMENT_RUN)
        async with self._database.tenant_session(actor) as db:
            return Listed(classifiers=await self._listed(db, actor))

    async def train(self, actor: Actor, name: str, data: bytes) -> Kept:
        """From a file with the columns text and label; in use at once where none is. `InvalidInput` for a
        file that is none, `Conflict` for a name that is taken, beyond `MOST`, or where nothing is kept."""
        require(actor, P.ASSIST_CLASSIFIER_MANAGE)
        if actor.zero_retention:
            raise Conflict("This session keeps nothing, so no classifier is trained.")
        await self._free(actor, name)
        texts, labels = await asyncio.to_thread(examples, data)
        async with self._training:
            vectors = await self._embedder.passages(texts) if self._embedder else None
            space = self._embedder.name if self._embedder else ""
            weights, measured = await train_apart(texts, labels, vectors, space)
        counts = {label: n for label, n in zip(LABELS, _counts(labels), strict=True)}
        return await self._keep(actor, Trained(name=name, texts=counts, measured=measured), weights)

    async def use(self, actor: Actor, classifier: UUID) -> Kept:
        """From now on it reads where no other is named. `Conflict` for a retired one."""
        require(actor, P.ASSIST_CLASSIFIER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await self._standing(db, actor, classifier)
            await db.execute(queries.USE_NONE, actor.tenant_id)
            row = await db.fetchrow(queries.USE, actor.tenant_id, classifier)
            await record(db, actor, Event.ASSIST_CLASSIFIER_USE, classifier)
        return self._opened(actor, row)

    async def retire(self, actor: Actor, classifier: UUID) -> Kept:
        """Its weights are deleted; that it was, and what it measured, stays."""
        require(actor, P.ASSIST_CLASSIFIER_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await self._standing(db, actor, classifier)
            row = await db.fetchrow(queries.RETIRE, actor.tenant_id, classifier)
            await record(db, actor, Event.ASSIST_CLASSIFIER_RETIRE, classifier)
        self._open.pop((actor.tenant_id, classifier), None)
        return self._opened(actor, row)

    async def ready(self, actor: Actor, name: str = "") -> tuple[str, Classifier] | None:
        """The classifier of that name, else the one in use; None where none is. `NotFound` for a name
        that no classifier has."""
        require(actor, P.ASSIST_SENTIMENT_RUN)
        async with self._database.tenant_session(actor) as db:
            standing = [k for k in await self._listed(db, actor) if k.retired_at is None]
            kept = next((k for k in standing if (k.name == name if name else k.in_use)), None)
            if kept is None and name:
                known = ", ".join(k.name for k in standing) or "none"
                raise NotFound(f"There is no classifier {name}. There is: {known}.")
            if kept is None:
                return None
            found = self._open.get((actor.tenant_id, kept.id))
            row = None
            if found is None:
                row = await db.fetchrow(queries.WEIGHTS, actor.tenant_id, kept.id)
        if row is not None:
            found = await asyncio.to_thread(self._unsealed, actor, kept.id, row)
            self._open[actor.tenant_id, kept.id] = found
            if len(self._open) > _IN_MEMORY:
                self._open.popitem(last=False)
        assert found is not None
        return kept.name, found

    async def _free(self, actor: Actor, name: str) -> None:
        async with self._database.tenant_session(actor) as db:
            self._check(await self._listed(db, actor), name)

    def _check(self, every: list[Kept], name: str) -> None:
        standing = [k for k in every if k.retired_at is None]
        if any(k.name == name for k in standing):
            raise Conflict(
                f"There is a classifier {name} already. Retire it, or choose another name."
            )
        if len(standing) >= MOST:
            raise Conflict(f"There are {MOST} classifiers already. Retire one first.")

    async def _keep(self, actor: Actor, trained: Trained, weights: bytes) -> Kept:
        made, tenant = uuid4(), actor.tenant_id
        key = await asyncio.to_thread(self._vault.make, tenant)
        body = key.seal_text(_TABLE, made, "body", trained.model_dump_json())
        sealed = key.seal(_TABLE, made, "weights", weights)
        digest = hashlib.sha256(weights)
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.LOCK, tenant)
            every = await self._listed(db, actor)
            self._check(every, trained.name)
            row = await db.fetchrow(
                queries.INSERT, *(tenant, made, body, sealed, digest.digest(), actor.id)
            )
            if not any(k.in_use for k in every):
                row = await db.fetchrow(queries.USE, tenant, made)
            details = {"texts": sum(trained.texts.values()), "sha256": digest.hexdigest()}
            await record(db, actor, Event.ASSIST_CLASSIFIER_TRAIN, made, details)
        return self._opened(actor, row)

    async def _listed(self, db: asyncpg.Connection, actor: Actor) -> list[Kept]:
        rows = await db.fetch(queries.EVERY, actor.tenant_id)
        return [self._opened(actor, row) for row in rows]

    async def _standing(self, db: asyncpg.Connection, actor: Actor, classifier: UUID) -> None:
        await db.execute(queries.LOCK, actor.tenant_id)
        kept = {k.id: k for k in await self._listed(db, actor)}.get(classifier)
        if kept is None:
            raise NotFound(ABSENT)
        if kept.retired_at is not None:
            raise Conflict("This classifier is retired: its weights are gone. Train another.")

    def _opened(self, actor: Actor, row: asyncpg.Record) -> Kept:
        text = self._vault.key(actor.tenant_id).open_text(_TABLE, row["id"], "body", row["body"])
        facts = {k: row[k] for k in ("id", "sha256", "in_use", "trained_at", "retired_at")}
        return Kept(**Trained.model_validate_json(text).model_dump(), **facts)

    def _unsealed(self, actor: Actor, classifier: UUID, row: asyncpg.Record) -> Classifier:
        key = self._vault.key(actor.tenant_id)
        weights = key.open(_TABLE, classifier, "weights", row["weights"])
        if hashlib.sha256(weights).digest() != row["sha256"]:
            raise Conflict(
                "The classifier's weights are not those that were trained. Train it again."
            )
        return Classifier.unpacked(weights)


def _counts(labels: list[int]) -> list[int]:
    counted = Counter(labels)
    return [counted[place] for place in range(len(LABELS))]
