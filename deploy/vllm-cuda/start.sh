#!/bin/sh
# vLLM on CUDA, for the loopback of one machine. Put deploy/proxy in front: no flag of vLLM's guards
# every path. Source of the flags: vLLM 0.33.0. Not run here: no GPU.
set -eu
: "${MODEL:?path of the weights}"
export HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1
exec vllm serve "$MODEL" \
    --served-model-name "${NAME:-model}" \
    --host 127.0.0.1 --port "${PORT:-8000}" \
    --max-model-len "${CONTEXT:-32768}" \
    --scheduling-policy priority \
    --enable-auto-tool-choice --tool-call-parser "${TOOL_PARSER:-hermes}" \
    --disable-fastapi-docs --disable-uvicorn-access-log
