"""What is put into a field: read by its type, and written in the form its language has.

Dates: "23 November 2026", 2026年11月23日. Amounts: HK$1,234.50, 1,234.50港元. An identity card number must
have its check digit right. What is not given stays open; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from lionrock.assist.drafting.template import FieldType, Template, TemplateField
from lionrock.documents.language import Language
from lionrock.errors import InvalidInput
from lionrock.kernel.hkid import normalised

_LONGEST: Final = {FieldType.TEXT: 4000}
_MOST: Final = 300
_MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)
_CHINESE_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_REFERENCE = re.compile(r"(?=.*\d)[\w ()\[\]/.,:#&–-]{1,80}")
_AMOUNT = re.compile(
    r"(?:HK\$|HKD|\$|港幣|港币)?\s*([\d,]+(?:\.\d{1,2})?)\s*(?:元|港元)?", re.IGNORECASE
)
_GIVEN = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(.*)", re.DOTALL)


def given(template: Template, lines: Sequence[str]) -> dict[str, str]:
    """The values of "field=value" lines, each checked and in its printed form.

    A line that begins with no name goes on with the value above. Raises `InvalidInput`: a field that the
    template does not have, one given twice, a value that is not of its type.
    """
    raw: dict[str, str] = {}
    last = ""
    for line in lines:
        match = _GIVEN.fullmatch(line.strip())
        if match:
            last = match[1]
            if last not in template.fields:
                known = ", ".join(template.fields) or "none"
                raise InvalidInput(f"The template has no field {last}. It has: {known}.")
            if last in raw:
                raise InvalidInput(f"The field {last} is given twice.")
            raw[last] = match[2].strip()
        elif last:
            raw[last] += f"\n{line.strip()}"
        else:
            raise InvalidInput("Give values as field=value, one a line.")
    return printed(template, raw)


def printed(template: Template, raw: Mapping[str, str]) -> dict[str, str]:
    """Each value in its printed form; an empty one is not given."""
    return {
        name: _value(template.fields[name], text.strip(), template.language)
        for name, text in raw.items()
        if text.strip()
    }


def blank(field: TemplateField, language: Language) -> str:
    """What stands where nothing was given."""
    return f"[{field.label}]" if language == "en" else f"【{field.label}】"


def _value(field: TemplateField, text: str, language: Language) -> str:
    name = f"{field.label} ({field.name})"
    if len(text) > _LONGEST.get(field.type, _MOST):
        raise InvalidInput(f"{name}: at most {_LONGEST.get(field.type, _MOST)} characters.")
    if field.type is FieldType.TEXT:
        return text
    if "\n" in text:
        raise InvalidInput(f"{name}: this field takes one line.")
    if field.type is FieldType.DATE:
        return in_words(_date(name, text), language)
    if field.type is FieldType.AMOUNT:
        return _amount(name, text, language)
    if field.type is FieldType.HKID:
        text = normalised(text)
    fits, wanted = {
        FieldType.HKID: (bool(text), "an identity card number with its check digit"),
        FieldType.REFERENCE: (
            bool(_REFERENCE.fullmatch(text)), "a reference with a number in it, as (3) in ABC 4/2/1",
        ),
        FieldType.CHOICE: (text in field.choices, f"one of: {'; '.join(field.choices)}"),
    }.get(field.type, (True, ""))  # fmt: skip
    if not fits:
        raise InvalidInput(f"{name}: this takes {wanted}.")
    return text


def _date(name: str, text: str) -> date:
    try:
        if match := _CHINESE_DATE.fullmatch(text):
            return date(*map(int, match.groups()))
        if text[:4].isdecimal():
            return date.fromisoformat(text)
        return datetime.strptime(text, "%d %B %Y").date()
    except ValueError as error:
        raise InvalidInput(
            f"{name}: this takes a date, as 2026-11-23, 23 November 2026 or 2026年11月23日."
        ) from error


def in_words(day: date, language: Language) -> str:
    """As a letter has it: no leading zeros, the month in words in English."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def _amount(name: str, text: str, language: Language) -> str:
    match = _AMOUNT.fullmatch(text)
    try:
        amount = Decimal((match[1] if match else "").replace(",", ""))
    except InvalidOperation as error:
        raise InvalidInput(
            f"{name}: this takes an amount in Hong Kong dollars, as 1234.50."
        ) from error
    figure = f"{amount:,.2f}".removesuffix(".00")
    return f"HK${figure}" if language == "en" else f"{figure}港元"
