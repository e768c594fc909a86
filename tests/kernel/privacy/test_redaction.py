from __future__ import annotations

import pytest

from lionrock.kernel.privacy.redaction import MARK, Redactor
from tests.kernel.privacy.making import CHAN, LEE

HIS = "陳大文 (CHAN, Tai-man, A123456(3)), 9123 4567, taiman.chan@example.com"


def test_the_persons_own_data_stays() -> None:
    assert Redactor(CHAN, LEE).redacted(HIS) == HIS


@pytest.mark.parametrize("form", ["李美玲", "李 美 玲", "LEE Mei-ling", "Mei Ling LEE", "Z683365(A)", "z683365",
                                  "6012-3456", "meiling@example.org"])  # fmt: skip
def test_somebody_who_is_known_is_blacked_out_in_every_form(form: str) -> None:
    text = f"{HIS}; with {form} at the counter"
    assert Redactor(CHAN, LEE).redacted(text) == f"{HIS}; with {MARK * 3} at the counter"


@pytest.mark.parametrize("form", ["Z683365(A)", "Z683365(9)", "6012 3456", "meiling@example.org", "K12345678",
                                  "4111 1111 1111 1111", "李美玲女士", "Ms Lee Mei Ling", "WONG Siu-ming"])  # fmt: skip
def test_what_looks_like_somebodys_is_blacked_out_though_nobody_knows_them(form: str) -> None:
    redacted = Redactor(CHAN).redacted(f"{HIS} / {form} /")
    assert redacted.startswith(HIS)
    assert MARK in redacted
    assert not any(len(word) > 2 and word in redacted[len(HIS) :] for word in form.split())


def test_whom_the_reviewer_names_is_blacked_out_and_what_they_keep_stays() -> None:
    text = "陳大文 met 阿明 on 6012 3456"
    assert Redactor(CHAN, named=["阿明"], keep=["6012 3456"]).redacted(text) == (
        f"陳大文 met {MARK * 3} on 6012 3456"
    )


def test_a_longer_name_that_holds_his_is_not_spared_by_it() -> None:
    from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind

    other = [Identifier(kind=IdentifierKind.NAME, value="Chan Tai Man Peter")]
    redacted = Redactor(CHAN, other).redacted("signed by Chan Tai Man Peter")
    assert "Peter" not in redacted


def test_the_length_of_what_is_gone_is_not_told() -> None:
    short, long = (Redactor(CHAN, named=[n]).redacted(f"by {n}.") for n in ("Bo", "Bartholomew"))
    assert short == long


def test_a_finished_text_that_still_names_somebody_known_is_caught() -> None:
    redactor = Redactor(CHAN, LEE)
    assert redactor.leaks(f"{HIS} and 李美玲")
    assert not redactor.leaks(HIS)
