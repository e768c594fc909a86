"""A client's request made ready for one kind of engine, or refused with the field and the reason."""

from __future__ import annotations

from lionrock.gateway.fields.chat import chat
from lionrock.gateway.fields.kinds import Caps, Endpoint, EngineKind, Json, Owned, wrong
from lionrock.gateway.fields.prepared import Prepared, Reply
from lionrock.gateway.fields.prompts import completion, embedding
from lionrock.gateway.fields.reading import write
from lionrock.gateway.fields.responses import as_chat, echo
from lionrock.gateway.fields.sizes import own, sized, streamed
from lionrock.gateway.fields.tables import sifted
from lionrock.gateway.fields.words import Mask, Words


def prepare(
    asked: Json,
    endpoint: Endpoint,
    kind: EngineKind,
    owned: Owned,
    caps: Caps,
    mask: Mask | None = None,
) -> Prepared:
    """Check and translate one request, of a body that `reading.read` has read; it is not changed.
    `docs/gateway-fields.md` says what becomes of each field.

    `mask` is given every text the model would see and returns the text to send. Schemas are shown
    to it and never rewritten.
    InvalidInput: the detail begins with the field in backquotes (`kinds.param` reads it), then why
    and what to do. TooLarge: a cap on bytes or counts. ValueError: `owned` is not fit to send.
    """
    model, words = model_in(asked), Words(mask)
    sent = sifted(asked, endpoint, kind)
    echoed, path, spoken = None, endpoint.path, False
    if endpoint is Endpoint.RESPONSES:
        echoed, path = echo(sent), Endpoint.CHAT.path
        sent = as_chat(sent, kind)
    prompts, most = 1, 0
    if endpoint is Endpoint.EMBEDDINGS:
        prompts = embedding(sent, caps, words)
    elif endpoint is Endpoint.COMPLETIONS:
        prompts = completion(sent, kind, caps, words)
    else:
        spoken = chat(sent, kind, caps, words)
    stream = wanted = False
    if endpoint is not Endpoint.EMBEDDINGS:
        called = "max_output_tokens" if endpoint is Endpoint.RESPONSES else "max_tokens"
        most = prompts * sized(sent, kind, caps, called)
        stream, wanted = streamed(sent, kind)
    own(sent, kind, owned, model)
    return Prepared(
        path=path,
        body=write(sent),
        model=model,
        stream=stream,
        max_output=most,
        texts=tuple(words.texts),
        images=words.images,
        reply=Reply(endpoint, owned.request_id, model, stream, wanted, spoken, echoed),
        prompts=prompts,
    )


def model_in(asked: Json) -> str:
    """The model that a request asks for: what to choose the engine by. InvalidInput: none."""
    model = asked.get("model")
    if type(model) is not str or not 0 < len(model) <= 256:
        raise wrong("model", "must be the name of a model. GET /v1/models lists them.")
    return model
