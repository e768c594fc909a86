"""deploy/: manifests fit Kubernetes' own schema, flags are ones the engines' documents name, and the
proxy does what the check asks of it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from lionrock.gateway.conformance import Verdict
from lionrock.gateway.fields.kinds import EngineKind
from tests.gateway.conformance.running import findings, verdicts
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.kinds import CONTEXT
from tests.gateway.fakes.server import fake_engine

DEPLOY = Path(__file__).parents[3] / "deploy"
TEMPLATE = DEPLOY / "proxy" / "default.conf.template"
KINDS = ("llamacpp", "mindie", "ollama", "sglang", "vllm-ascend", "vllm-cuda")
KUBERNETES = "1.33"

_VLLM = """--served-model-name --host --port --max-model-len --scheduling-policy
    --enable-auto-tool-choice --tool-call-parser --disable-fastapi-docs --disable-uvicorn-access-log"""
FLAGS = {
    "vllm-cuda": _VLLM,
    "vllm-ascend": _VLLM,
    "sglang": """--model-path --served-model-name --host --port --context-length
        --enable-priority-scheduling --schedule-low-priority-values-first --enable-metrics
        --enable-cache-report --tool-call-parser""",
    "llamacpp": """--model --alias --host --port --api-key-file --ctx-size --parallel
        --no-kv-unified --no-cache-prompt --cache-ram --no-cache-idle-slots --ctx-checkpoints
        --no-slots --no-ui --metrics --offline --sse-ping-interval""",
    "mindie": "",
    "ollama": "",
}
"""As the documents named in each file list them; a flag that is not here was not looked up."""
CONFIG_KEYS = """Version ServerConfig BackendConfig ipAddress managementIpAddress port managementPort
    metricsPort allowAllZeroIpListening maxLinkNum httpsEnabled fullTextEnabled inferMode
    interCommTLSEnabled openAiSupport tokenTimeout e2eTimeout backendName modelInstanceNumber
    npuDeviceIds tokenizerProcessNumber multiNodesInferEnabled ModelDeployConfig maxSeqLen
    maxInputTokenLen truncation ModelConfig modelInstanceType modelName modelWeightPath worldSize
    cpuMemSize npuMemSize backendType trustRemoteCode ScheduleConfig templateType templateName
    cacheBlockSize maxPrefillBatchSize maxPrefillTokens maxBatchSize maxIterTimes"""
"""Of MindIE-LLM's own src/server/conf/config.json."""


def objects(kind: str) -> dict[str, Any]:
    """The manifest's objects by kind; of two ConfigMaps the last is the engine's own."""
    text = (DEPLOY / kind / "kubernetes.yaml").read_text("utf-8")
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


def pod(kind: str) -> Any:
    return objects(kind)["Deployment"]["spec"]["template"]["spec"]


def containers(kind: str) -> dict[str, Any]:
    return {one["name"]: one for one in pod(kind)["containers"]}


def test_there_is_a_folder_for_each_kind_and_no_other() -> None:
    assert {p.name for p in DEPLOY.iterdir() if p.is_dir()} == {*KINDS, "proxy"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_object_fits_the_schema_of_kubernetes(kind: str) -> None:
    for one in yaml.safe_load_all((DEPLOY / kind / "kubernetes.yaml").read_text("utf-8")):
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_a_field_that_kubernetes_does_not_know_is_seen() -> None:
    wrong = objects("vllm-cuda")["Deployment"]
    wrong["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_proxy_is_reached_and_only_by_the_gateway(kind: str) -> None:
    found = objects(kind)
    assert "ports" not in containers(kind)["engine"]
    assert found["Service"]["spec"]["type"] == "ClusterIP"
    assert [p["targetPort"] for p in found["Service"]["spec"]["ports"]] == ["http"]
    policy = found["NetworkPolicy"]["spec"]
    assert policy["egress"] == []
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    callers = [s["podSelector"]["matchLabels"] for s in policy["ingress"][0]["from"]]
    assert callers == [{"app.kubernetes.io/name": "lionrock"}]
    labels = found["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"] == labels == found["Service"]["spec"]["selector"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_listens_on_loopback_where_the_proxy_looks_for_it(kind: str) -> None:
    engine = " ".join(map(str, (containers(kind)["engine"].get("args") or [])))
    told = {e["name"]: e.get("value", "") for e in containers(kind)["proxy"]["env"]}
    address = told["ENGINE_ADDRESS"]
    host, _, port = address.partition(":")
    listens = {
        "ollama": str(containers("ollama")["engine"].get("env")),
        "mindie": str(objects("mindie")),
    }.get(kind, engine)
    assert host == "127.0.0.1"
    assert host in listens
    assert port in listens
    assert "0.0.0.0" not in engine


@pytest.mark.parametrize("kind", KINDS)
def test_containers_have_no_rights_they_do_not_need_and_no_key_in_the_open(kind: str) -> None:
    spec = pod(kind)
    assert spec["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostIPC", "hostPID"} & spec.keys()
    for one in spec["containers"]:
        assert one["securityContext"]["allowPrivilegeEscalation"] is False
        assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "limits" in one["resources"]
        assert ":latest" not in one["image"]
    (key,) = (e for e in containers(kind)["proxy"]["env"] if e["name"] == "ENGINE_KEY")
    assert key["valueFrom"]["secretKeyRef"]["key"] == "key"
    assert "Secret" not in objects(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_each_manifest_holds_the_proxy_as_it_is_in_its_folder(kind: str) -> None:
    first = next(yaml.safe_load_all((DEPLOY / kind / "kubernetes.yaml").read_text("utf-8")))
    assert first["data"]["default.conf.template"].rstrip() == TEMPLATE.read_text("utf-8").rstrip()


@pytest.mark.parametrize("kind", KINDS)
def test_no_flag_is_used_that_the_engines_documents_do_not_name(kind: str) -> None:
    engine = containers(kind)["engine"]
    words = [*engine["command"], *(engine.get("args") or [])]
    script = (DEPLOY / kind / "start.sh").read_text("utf-8")
    code = "\n".join(line for line in script.splitlines() if not line.startswith("#"))
    used = {w for w in words if w.startswith("--")} | set(re.findall(r"(?<=\s)--[a-z-]+", code))
    assert used <= set(FLAGS[kind].split())
    assert used or not FLAGS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_start_commands_are_shell(kind: str) -> None:
    script = DEPLOY / kind / "start.sh"
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(script)], check=True)


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_names_its_source_and_what_was_not_run(kind: str) -> None:
    manifest = (DEPLOY / kind / "kubernetes.yaml").read_text("utf-8")
    script = (DEPLOY / kind / "start.sh").read_text("utf-8")
    assert "not run on a cluster" in manifest
    assert re.search(r"^# .*Source", script, re.MULTILINE)
    assert re.search(r"Not run\b", script)


def test_mindies_settings_are_known_to_it_and_are_those_of_the_manifest() -> None:
    config = json.loads((DEPLOY / "mindie" / "config.json").read_text("utf-8"))
    assert set(_keys(config)) <= set(CONFIG_KEYS.split())
    assert json.loads(objects("mindie")["ConfigMap"]["data"]["config.json"]) == config


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


@pytest.fixture
def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.skip("no nginx on this machine: apt-get install nginx-light")
    return found


@pytest.mark.parametrize("kind", [EngineKind.VLLM, EngineKind.OLLAMA])
async def test_behind_the_proxy_an_engine_without_a_key_passes_all_that_applies(
    kind: EngineKind, nginx: str, tmp_path: Path
) -> None:
    socket, key = tmp_path / "proxy.sock", "0a1b" * 8
    async with fake_engine(kind, Ill.KEY_IGNORED, behind_proxy=False) as fake:
        address = fake.url.removeprefix("http://")
        said = {
            "PROXY_LISTEN": f"unix:{socket}", "ENGINE_ADDRESS": address,
            "ENGINE_HEALTH": f"{address}/health", "ENGINE_KEY": key,
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(nginx, "-c", configured(tmp_path, said))
        try:
            while not socket.exists():
                assert process.returncode is None, "nginx did not start"
                await asyncio.sleep(0.02)
            context = CONTEXT if kind is EngineKind.VLLM else None
            fake.url = f"unix:{socket}"
            found = await findings(fake, kind=kind, key=key, context=context)
            wrong = await findings(fake, kind=kind, key=key.upper(), context=context)
        finally:
            process.terminate()
            await process.wait()
    assert verdicts(found, Verdict.FAIL) == set(), found
    assert found["auth"].verdict is Verdict.PASS
    assert found["cancel"].verdict is Verdict.PASS
    assert wrong["models"].verdict is Verdict.FAIL


def configured(folder: Path, said: dict[str, str]) -> Path:
    """A configuration of nginx with the template filled in as the image's envsubst does it."""
    server = TEMPLATE.read_text("utf-8")
    for name, value in said.items():
        server = server.replace(f"${{{name}}}", value)
    assert "${" not in server
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;\n"
        f"events {{}}\nhttp {{\n{places}{server}}}\n"
    )
    return file
