"""A running hub whose OpenAI is a small program in a container beside it, and the ways to look at it from outside."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests import one_key_provider
from tests.gateway.embedded_hub import eventually
from tests.one_key_provider import GOOD_KEY
from tests.processes import Finished
from tests.real_hub import CONFIG, ENV, Files, RealHub, hub_at

ENABLE = ("provider", "enable", "openai", "--stdin", "--yes")
NAME = "provider"
PORT = 8080
BASE = f"http://{NAME}:{PORT}/v1"
# A model of that provider that is active from the start, for requests that are open for a while.
SLOW = f"""\
  - model_name: slow
    litellm_params: {{model: openai/slow, api_base: "{BASE}", api_key: {GOOD_KEY}, output_cost_per_token: 0}}
"""


@contextmanager
def paid_hub(root: Path) -> Iterator[RealHub]:
    """Run a hub and its provider until the block ends. The gateway's image has a name that no other hub uses."""
    with hub_at(root) as made:
        hub = RealHub(root, {**made.env, "LITELLM_IMAGE": f"{root.name}/litellm:test"})
        docker("tag", made.env["LITELLM_IMAGE"], hub.env["LITELLM_IMAGE"])
        with (root / ENV).open("a") as env:
            env.write(f"OPENAI_BASE_URL={BASE}\n")
        config = (root / CONFIG).read_text()
        (root / CONFIG).write_text(config.replace("model_list:\n", f"model_list:\n{SLOW}", 1))
        try:
            done = hub.hubctl("up", "--json")
            assert done.code == 0, done.out + done.err
            with _provider(f"{made.project}-{NAME}", f"{made.project}_default", hub.env["LITELLM_IMAGE"]):
                yield hub
        finally:
            hub.hubctl("down")
            docker("rmi", hub.env["LITELLM_IMAGE"])


@contextmanager
def _provider(name: str, network: str, image: str) -> Iterator[None]:
    mount = f"{one_key_provider.__file__}:/provider.py:ro"
    where = ["--name", name, "--network", network, "--network-alias", NAME, "--volume", mount]
    docker("run", "--detach", *where, "--entrypoint", "python3", image, "-u", "/provider.py", "0.0.0.0", str(PORT))
    try:
        yield
    finally:
        docker("rm", "--force", name)


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout.strip()


def enable(hub: RealHub, key: str = GOOD_KEY) -> Finished:
    return hub.hubctl(*ENABLE, "--json", stdin=key)


def restart(hub: RealHub, *words: str) -> Finished:
    return hub.hubctl("restart", *words, "--json")


def start(hub: RealHub, *words: str, prefix: Sequence[str] = (), stdin: str = "") -> subprocess.Popen[str]:
    """Start hubctl in a process group of its own, to be killed or disturbed on the way."""
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "hubctl", *words],
        cwd=hub.root,
        env={**hub.env, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None  # else `communicate` would write to it
    return process


def enabling(hub: RealHub, *prefix: str) -> subprocess.Popen[str]:
    return start(hub, *ENABLE, "--json", prefix=prefix, stdin=GOOD_KEY)


def effect(done: Finished) -> tuple[str, str]:
    change = done.document["data"]["change"]
    return change["effect"], change["reason"]


def proofs(done: Finished) -> dict[str, list[bool]]:
    """Every proof by its name; one that was given twice was given on the way back, too."""
    found: dict[str, list[bool]] = {}
    for each in done.document["data"]["proof"]:
        found.setdefault(each["check"], []).append(each["ok"])
    return found


def services(hub: RealHub) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.hubctl("status", "--json").data["services"]
    return found


def drift(hub: RealHub) -> list[tuple[str, str, str]]:
    return [(each["service"], one["kind"], one["name"]) for each in services(hub) for one in each["drift"]]


def starts(hub: RealHub, *, but: Sequence[str] = ()) -> dict[str, tuple[str, str]]:
    """Container and start of every service, except some."""
    return {
        each["service"]: (instance["id"], instance["started_at"])
        for each in services(hub)
        for instance in each["instances"]
        if each["service"] not in but
    }


def gateway(hub: RealHub) -> str:
    """The name of the gateway's container, as it is to be."""
    return f"{hub.project}-litellm-1"


def inspected(hub: RealHub) -> Any:
    """All that Docker knows of the gateway's container; nothing where there is none of that name."""
    done = subprocess.run(["docker", "inspect", gateway(hub)], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)[0] if done.returncode == 0 else {}


def environment(hub: RealHub) -> dict[str, str]:
    """The environment of the running gateway, as its process has it."""
    lines = docker("exec", gateway(hub), "cat", "/proc/1/environ").split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def containers(hub: RealHub) -> list[str]:
    """The names of all containers of the gateway, and what recreations left of it."""
    label = [f"label=com.docker.compose.project={hub.project}", "label=com.docker.compose.service=litellm"]
    return docker("ps", "--all", "--filter", label[0], "--filter", label[1], "--format", "{{.Names}}").splitlines()


def answers(hub: RealHub, model: str = "llama3.2:3b") -> bool:
    """Whether a model gives a real answer through the gateway."""
    return hub.hubctl("test-model", model, "--json").code == 0


def address(hub: RealHub) -> str:
    return f"http://127.0.0.1:{hub.env['LITELLM_PORT']}"


def authorization(hub: RealHub) -> dict[str, str]:
    lines = (hub.root / ENV).read_text().splitlines()
    (key,) = [line.partition("=")[2] for line in lines if line.startswith("LITELLM_MASTER_KEY=")]
    return {"Authorization": f"Bearer {key}"}


def listed(hub: RealHub) -> set[str] | None:
    """The names that the gateway lists; null where it does not answer."""
    try:
        answer = httpx.get(f"{address(hub)}/v1/models", headers=authorization(hub), timeout=5)
    except httpx.TransportError:
        return None
    return {each["id"] for each in answer.raise_for_status().json()["data"]}


def is_settled(hub: RealHub, files: Files) -> bool:
    """Whether nothing is left of a test: the files, what runs, no drift, one container of the usual name."""
    status = hub.hubctl("status", "--json").data  # a hub with any drift is degraded
    well = status["state"] == "healthy" and not status["notes"]
    return well and Files.of(hub) == files and containers(hub) == [gateway(hub)]


def settle(hub: RealHub, files: Files) -> None:
    """Make it so, whatever a test has left."""
    files.put_back(hub)
    hub.hubctl("undo", "--forget")
    restart(hub, "--force")
    if not is_settled(hub, files):
        shutil.rmtree(hub.root / ".hubctl" / "proven", ignore_errors=True)  # it may be what a test has proved
        files.put_back(hub)
        hub.hubctl("up")
        restart(hub, "--recreate", "--force")
        eventually(lambda: is_settled(hub, files))
