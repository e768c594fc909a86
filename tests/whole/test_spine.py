"""The main job with real parts: a document in, questions in three languages, answers with quotes."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import mkdtemp

import pytest

from lionrock.cli.main import run
from tests.conftest import SMALL_MODEL

POLICY = """# Record keeping

The bank keeps complaint files for six years after the complaint is closed.

# 備存紀錄

銀行須於投訴個案結束後保存投訴檔案六年。

# 訪客

訪客須於接待處登記，並全程由職員陪同。
"""


@pytest.mark.model
def test_the_small_model_answers_with_quotes_that_are_on_the_page(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_model_weights: Path,
    embedding_weights: Path,
) -> None:
    folder = Path(mkdtemp(prefix="lionrock-spine-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("LIONROCK_HOME", str(folder / "home"))
    monkeypatch.setenv("LIONROCK_MODEL", SMALL_MODEL)
    policy = tmp_path / "policy.md"
    policy.write_text(POLICY)
    assert run(["add", "--json", str(policy)]) == 0
    capsys.readouterr()
    for question, expected in [
        ("How long does the bank keep complaint files?", "six years"),
        ("銀行須保存投訴檔案多久？", "六年"),
        ("銀行啲投訴檔案要留幾耐？", "六年"),
    ]:
        assert run(["ask", "--json", question]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert not answer["refused"], question
        for citation in answer["citations"]:
            assert "".join(citation["quote"].split()) in "".join(POLICY.split())
            assert citation["boxes"]
        assert any(expected in c["quote"] for c in answer["citations"]), question
