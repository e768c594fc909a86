#!/bin/sh
# Ollama, for the loopback of one machine. Put deploy/proxy in front: it knows no keys. One instance
# for each tenant. Source: Ollama docs/faq.md and envconfig/config.go. Not run here.
set -eu
export OLLAMA_HOST="127.0.0.1:${PORT:-11434}"
export OLLAMA_CONTEXT_LENGTH="${CONTEXT:-32768}"
export OLLAMA_NUM_PARALLEL="${SLOTS:-1}" OLLAMA_KEEP_ALIVE=-1 OLLAMA_NOPRUNE=1
exec ollama serve
