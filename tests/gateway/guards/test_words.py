"""E-mail, names, addresses: found in three languages, and not where words only look like them."""

from __future__ import annotations

import pytest

from lionrock.gateway.guards.finding import find
from lionrock.gateway.guards.kinds import Kind


def found(text: str, kind: Kind) -> list[str]:
    return [text[f.start : f.end] for f in find(text, {kind})]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("聯絡chan.tm@example.com的人", "chan.tm@example.com"),
        ("<a+b@mail.example.com.hk>.", "a+b@mail.example.com.hk"),
        ("寄ｃｈａｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ｃｈａｎ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
        ("'o'brien@example.org'", "o'brien@example.org"),
        ("see chan@example.com.", "chan@example.com"),
    ],
)
def test_an_email_address_is_found_without_what_stands_around_it(text: str, address: str) -> None:
    assert found(text, Kind.EMAIL) == [address]


@pytest.mark.parametrize("text", ["@name", "a@b", "x @ y.com", "a@b.1", "me@@example.com."])
def test_not_every_at_sign_is_an_address(text: str) -> None:
    assert found(text, Kind.EMAIL) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mr Chan Tai Man said", "Chan Tai Man"),
        ("for CHAN, Tai Man to sign", "CHAN, Tai Man"),
        ("Chan Tai-man's account", "Chan Tai-man"),
        ("wrote Tai Man Chan today", "Tai Man Chan"),
        ("by Wong Ka Yee Carrie.", "Wong Ka Yee Carrie"),
        ("with Peter Wong on", "Peter Wong"),
        ("met Li Xiaolong and", "Li Xiaolong"),
        ("when John Smith paid", "John Smith"),
        ("Dear Alice,", "Alice"),
        ("Name: Nguyen Peter", "Nguyen Peter"),
        ("Dr. Leung will", "Leung"),
        ("客戶Chan Tai Man的戶口", "Chan Tai Man"),
        ("陳大文先生", "陳大文"),
        ("陈大文女士", "陈大文"),
        ("姓名：歐陽志明", "歐陽志明"),
        ("客户：张伟。", "张伟"),
        ("姓名：葉問", "葉問"),
        ("請問陳大文的結餘", "陳大文"),
        ("Michael O'Brien signed", "Michael O'Brien"),
        ("林鄭月娥女士", "林鄭月娥"),
        ("Chan Tai Man (陳大文)", "陳大文"),
    ],
)
def test_a_name_is_found(text: str, name: str) -> None:
    assert name in found(text, Kind.NAME)


def test_a_name_given_once_with_its_title_is_found_again_without() -> None:
    assert found("陳大文先生來電。其後陳大文再來電。", Kind.NAME) == ["陳大文", "陳大文"]


@pytest.mark.parametrize(
    "text",
    [
        "Hong Kong Monetary Authority", "Bank of China (Hong Kong) Limited", "Wan Chai and Tai Po", "Peter Street",
        "The Mandatory Provident Fund Schemes Ordinance", "Grace Period", "Mark Six", "John Hopkins University",
        "客戶應填寫表格", "董事會主席", "前任主任", "向學生講解", "有關方面先生產後", "Yours sincerely",
        "Anti-Money Laundering", "SIN CHEUNG is a road", "參謀長聯席會議主席",
    ],
)  # fmt: skip
def test_words_that_look_like_names_are_none(text: str) -> None:
    assert found(text, Kind.NAME) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "Send it to Flat 12B, 3/F, Block 5, City Garden, 233 Electric Road, North Point, Hong Kong.",
            "Flat 12B, 3/F, Block 5, City Garden, 233 Electric Road, North Point, Hong Kong",
        ),
        ("lives at 10 Downing Street, London SW1A 2AA now", "10 Downing Street, London SW1A 2AA"),
        ("at Room 1203, 12/F, Kwong Wah Building", "Room 1203, 12/F, Kwong Wah Building"),
        ("住在香港九龍彌敦道100號金龍大廈12樓B室。", "香港九龍彌敦道100號金龍大廈12樓B室"),
        (
            "地址：广东省深圳市南山区科技园路12号3栋2单元501室",
            "广东省深圳市南山区科技园路12号3栋2单元501室",
        ),
        ("寄往沙田第一城12座8樓A室收", "沙田第一城12座8樓A室"),
        ("住皇后大道中九十九號", "皇后大道中九十九號"),
    ],
)
def test_an_address_is_found_whole(text: str, address: str) -> None:
    assert found(text, Kind.ADDRESS) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "the road to 5 stars",
        "3 Main points",
        "第12號法律公告",
        "Flat rates apply",
        "第3樓梯",
        "Room for growth",
    ],
)
def test_not_every_number_or_road_is_an_address(text: str) -> None:
    assert found(text, Kind.ADDRESS) == []
