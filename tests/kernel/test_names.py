from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from lionrock.kernel.names import Name

names = TypeAdapter(Name)


@pytest.mark.parametrize("given", ["a", " 投訴 2026 ", "x" * 80])
def test_a_name_is_kept_without_blanks_around_it(given: str) -> None:
    assert names.validate_python(given) == given.strip()


@pytest.mark.parametrize("given", ["", " ", "a\nb", "a\u202eb", "\x00", "x" * 81])
def test_more_than_one_line_or_what_cannot_be_seen_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        names.validate_python(given)


def test_the_schema_tells_how_long_it_may_be() -> None:
    assert names.json_schema() == {"type": "string", "minLength": 1, "maxLength": 80}
