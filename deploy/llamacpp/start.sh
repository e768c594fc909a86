#!/bin/sh
# llama.cpp's own server, on a unix socket that only this user can enter. The gateway reaches it as
# unix:$SOCKET. Source of the flags: llama.cpp tools/server/README.md as of November 2026.
# Not run here: the embedded engine, of the same code with the same settings, was.
set -eu
: "${MODEL:?path of a .gguf file}"
: "${KEY_FILE:?path of a file that holds the key}"
: "${SOCKET:?path ending in .sock, in a directory of mode 0700}"
# It reads configuration files before its arguments: one could give it another key, or have it log prompts.
config=/etc/llama.cpp/config.ini
if [ -e "$config" ]; then
    echo "$config would be read before these settings: remove it first." >&2
    exit 1
fi
export XDG_CONFIG_HOME=/dev/null
exec llama-server \
    --model "$MODEL" --alias "${NAME:-model}" \
    --host "$SOCKET" --api-key-file "$KEY_FILE" \
    --ctx-size "${CONTEXT_OF_ALL_SLOTS:-32768}" --parallel "${SLOTS:-4}" --no-kv-unified \
    --no-cache-prompt --cache-ram 0 --no-cache-idle-slots --ctx-checkpoints 0 \
    --no-slots --no-ui --offline --sse-ping-interval 10
