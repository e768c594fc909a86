#!/bin/sh
# MindIE on Huawei Ascend, inside its image, with deploy/mindie/config.json. Put deploy/proxy in front:
# it knows no keys. Source: MindIE 2.3 pages mindie_service0004 and 0285. Not run here: no NPU.
set -eu
: "${MIES_INSTALL_PATH:?set by the environment script of MindIE}"
: "${MIES_CONFIG_JSON_PATH:?path of config.json}"
export MIES_CONFIG_JSON_PATH
# The service writes kernel files where it is started, which must not be its bin directory.
cd "$MIES_INSTALL_PATH"
exec ./bin/mindieservice_daemon
