#!/bin/sh
# vllm-ascend on Huawei Ascend, inside its image, for the loopback of one machine. Put deploy/proxy in
# front: no flag guards every path. Source: vllm-ascend v0.13.0, quick start. Not run here: no NPU.
#
# The image, as the quick start runs it (one chip):
#   docker run --rm --shm-size=1g --device /dev/davinci0 --device /dev/davinci_manager \
#     --device /dev/devmm_svm --device /dev/hisi_hdc \
#     -v /usr/local/dcmi:/usr/local/dcmi -v /usr/local/bin/npu-smi:/usr/local/bin/npu-smi \
#     -v /usr/local/Ascend/driver/lib64/:/usr/local/Ascend/driver/lib64/ \
#     -v /usr/local/Ascend/driver/version.info:/usr/local/Ascend/driver/version.info \
#     -v /etc/ascend_install.info:/etc/ascend_install.info \
#     quay.io/ascend/vllm-ascend:v0.13.0 bash
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
