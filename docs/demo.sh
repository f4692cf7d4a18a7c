#!/bin/sh
# The tour of `make demo`: a hub in a temporary folder, without Docker. Ends by itself and leaves nothing running.
set -eu

folder=$(mktemp -d)
trap 'hubctl down --hub "$folder/hub" >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

# A port that is free right now, so that a hub that runs on this machine is not in the way.
LITELLM_PORT=$(python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
export LITELLM_PORT

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

show hubctl init "$folder/hub"
cd "$folder/hub"
show hubctl up --embedded --demo
show hubctl status
show hubctl models
show hubctl test-model
show hubctl down

cat <<'END'

That was a hub: the real LiteLLM proxy, with canned answers for the local models (demo). To keep one running:

    . .venv/bin/activate
    hubctl init my-hub && cd my-hub
    hubctl up --embedded --demo     # without Docker
    hubctl up                       # or the whole stack with Docker
END
