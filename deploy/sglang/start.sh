#!/bin/sh
# SGLang, for the loopback of one machine. Put deploy/proxy in front: its key leaves /metrics and
# /health_generate open. Source of the flags: SGLang docs/advanced_features/server_arguments.md.
# Not run here: no GPU.
set -eu
: "${MODEL:?path of the weights}"
export HF_HUB_OFFLINE=1
exec python3 -m sglang.launch_server \
    --model-path "$MODEL" --served-model-name "${NAME:-model}" \
    --host 127.0.0.1 --port "${PORT:-30000}" \
    --context-length "${CONTEXT:-32768}" \
    --enable-priority-scheduling --schedule-low-priority-values-first \
    --enable-metrics --enable-cache-report \
    --tool-call-parser "${TOOL_PARSER:-qwen25}"
