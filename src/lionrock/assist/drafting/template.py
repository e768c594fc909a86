"""What a template is, and reading one from its file: TOML between lines of +++, then the body.

The body is text with marks and nothing that runs: see `body`. A file from a stranger is bounded and
either is a template or is refused with the reason.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from lionrock.assist.drafting.body import Body, parsed
from lionrock.documents.language import Language
from lionrock.errors import InvalidInput

MOST_BYTES: Final = 64 * 2**10
TOO_LARGE: Final = f"A template is at most {MOST_BYTES // 2**10} KB of text."
MOST_FIELDS: Final = 60
NAME: Final = r"[a-z0-9]+(-[a-z0-9]+){0,9}"
_FENCE: Final = "+++"
_FRONT = re.compile(r"\+\+\+[ \t]*\n(?P<front>.*?)\n\+\+\+[ \t]*\n(?P<body>.*)", re.DOTALL)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Genre(StrEnum):
    """Called by its name in the catalogues, context "genre"."""

    CIRCULAR = "circular"
    CUSTOMER_LETTER = "customer-letter"
    FILE_NOTE = "file-note"
    MEMO = "memo"
    MINUTE = "minute"
    PRESS_LINE = "press-line"
    REPLY = "reply"


class FieldType(StrEnum):
    """What may be put in: see `values`."""

    AMOUNT = "amount"
    CHOICE = "choice"
    DATE = "date"
    HKID = "hkid"
    LINE = "line"
    REFERENCE = "reference"
    TEXT = "text"


class TemplateField(BaseModel):
    """`label` is what the blank shows where nothing was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: Words
    type: FieldType = FieldType.LINE
    required: bool = True
    choices: Annotated[list[Words], Field(max_length=30)] = []

    @model_validator(mode="after")
    def _choices_fit(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise ValueError("choices go with the type choice, and with no other")
        return self


class Front(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, StringConstraints(pattern=rf"^{NAME}$", max_length=60)]
    """What it is called by: "reply-to-citizen-en"."""
    title: Words
    genre: Genre
    language: Literal["en", "zh-Hant", "zh-Hans"]
    source: Annotated[str, StringConstraints(max_length=500)] = ""
    """The house rule or guide that it follows."""
    field: Annotated[list[TemplateField], Field(max_length=MOST_FIELDS)] = []


class Template(BaseModel):
    """A template that holds together: each field is declared once and stands in the body."""

    model_config = ConfigDict(frozen=True)
    front: Front
    body: Body
    text: str
    """The file."""

    @property
    def name(self) -> str:
        return self.front.name

    @property
    def language(self) -> Language:
        return self.front.language

    @property
    def fields(self) -> dict[str, TemplateField]:
        return {field.name: field for field in self.front.field}


def read(data: bytes) -> Template:
    """A template from the bytes of its file. Raises `InvalidInput` with what is wrong."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"A template is at most {MOST_BYTES // 2**10} KB of text.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InvalidInput("A template is text in UTF-8; this file is not.") from error
    _refuse_unseen(text)
    match = _FRONT.fullmatch(text.rstrip() + "\n")
    if match is None:
        raise InvalidInput(
            f"A template begins with its facts (TOML) between two lines of {_FENCE}, "
            "and its text follows."
        )
    template = Template(front=_front(match["front"]), body=parsed(match["body"]), text=text)
    _match_fields(template)
    return template


def _refuse_unseen(text: str) -> None:
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") and character not in "\n\t":
            raise InvalidInput(
                f"The template holds a character that is not seen (U+{ord(character):04X}). Take it out."
            )


def _front(toml: str) -> Front:
    try:
        return Front.model_validate(tomllib.loads(toml))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "nested too deeply"
        raise InvalidInput(f"The facts of the template are not TOML: {why}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the facts"
        raise InvalidInput(
            f"The facts of the template are not right at {place}: {first['msg']}."
        ) from error


def _match_fields(template: Template) -> None:
    declared = [field.name for field in template.front.field]
    twice = sorted({name for name in declared if declared.count(name) > 1})
    used = template.body.fields()
    unknown, unused = sorted(used - set(declared)), sorted(set(declared) - used)
    for names, what in (
        (twice, "declared twice"), (unknown, "in the text but not declared"),
        (unused, "declared but not in the text"),
    ):  # fmt: skip
        if names:
            raise InvalidInput(f"Fields {what}: {', '.join(names)}.")
