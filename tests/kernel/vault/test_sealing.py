from __future__ import annotations

import os
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import SealBroken
from lionrock.kernel.vault.sealing import OVERHEAD, DataKey, encoded

TENANT, OTHER, ROW, OTHER_ROW = (UUID(int=n) for n in range(1, 5))
KEY, KEY_ID = os.urandom(32), os.urandom(8)
parts = st.lists(st.binary(max_size=6), max_size=4)


def key(tenant: UUID = TENANT, id: bytes = KEY_ID) -> DataKey:
    return DataKey(tenant, id, KEY)


@given(st.binary(max_size=3000), st.text(max_size=20), st.text(max_size=20))
def test_what_is_sealed_opens_where_it_was_sealed(data: bytes, row: str, column: str) -> None:
    sealed = key().seal("pages", row, column, data)
    assert len(sealed) == len(data) + OVERHEAD
    assert key().open("pages", row, column, sealed) == data


@given(st.text(max_size=200))
def test_text_of_any_script_comes_back(text: str) -> None:
    assert key().open_text("t", ROW, "c", key().seal_text("t", ROW, "c", text)) == text


def test_the_same_text_is_never_sealed_alike() -> None:
    assert key().seal("t", ROW, "c", b"same") != key().seal("t", ROW, "c", b"same")


@pytest.mark.parametrize(
    ("tenant", "table", "row", "column"),
    [
        (OTHER, "pages", ROW, "text"),
        (TENANT, "passages", ROW, "text"),
        (TENANT, "pages", OTHER_ROW, "text"),
        (TENANT, "pages", ROW, "layout"),
        (TENANT, "page", ROW, "stext"),
        (TENANT, "pages", f"{ROW.hex}/1", "text"),
    ],
)
def test_moved_to_another_tenant_table_row_or_column_it_does_not_open(
    tenant: UUID, table: str, row: UUID | str, column: str
) -> None:
    sealed = key().seal("pages", ROW, "text", "客戶陳大文".encode())
    with pytest.raises(SealBroken, match=rf"Column {column} of {table}, row .*moved") as refused:
        key(tenant).open(table, row, column, sealed)
    assert "陳大文" not in refused.value.detail


def test_a_change_of_any_bit_is_noticed() -> None:
    sealed = key().seal("pages", ROW, "text", b"HK$115")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(SealBroken):
            key().open("pages", ROW, "text", bytes(changed))


def test_bytes_of_another_key_are_told_as_such() -> None:
    sealed = key(id=b"12345678").seal("pages", ROW, "text", b"x")
    with pytest.raises(SealBroken, match=f"sealed with the key {b'12345678'.hex()}"):
        key().open("pages", ROW, "text", sealed)


@given(st.binary(max_size=60))
def test_what_was_never_sealed_is_refused(data: bytes) -> None:
    with pytest.raises(SealBroken):
        key().open("pages", ROW, "text", data)


def test_a_key_does_not_show_itself() -> None:
    assert KEY.hex() not in repr(key()) and not hasattr(key(), "__dict__")


@given(parts, parts)
def test_different_parts_are_never_encoded_alike(one: list[bytes], other: list[bytes]) -> None:
    assert (encoded(*one) == encoded(*other)) == (one == other)
