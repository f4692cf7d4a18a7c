"""Doctor on the real stack: each hop broken in turn, and the first broken one is named right every time."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.engine.relays import relayed
from tests.engine.test_drift import docker
from tests.engine.test_engines import elsewhere as elsewhere  # noqa: PLC0414 - a fixture
from tests.gateway import embedded_hub
from tests.real_hub import RealHub
from tests.real_servers import missing
from tests.sweeps import few

pytestmark = pytest.mark.engine

# LiteLLM takes half a minute on a machine that does other things too.
BOOT_S = 120
LIMIT_S = 12  # of what hangs; the engine alone needed five on a busy day
PORTS = {
    "redis": (6379, "cache"),
    "litellm": (4000, "gateway"),
    "ollama": (11434, "ollama"),
    "db": (5432, "ui to database"),
    "openwebui": (8080, "ui"),
}
DROP, RESET = ("DROP",), ("REJECT", "--reject-with", "tcp-reset")
Way = TypeVar("Way")


def doctor(hub: RealHub, *words: str) -> dict[str, Any]:
    """The document; its exit code and its count of errors have to agree."""
    done = hub.hubctl("doctor", "--json", *words)
    assert done.code == (1 if done.data["errors"] else 0), done.out + done.err
    found: dict[str, Any] = done.data
    return found


def hop(hub: RealHub, name: str) -> dict[str, Any]:
    """One hop as it is now."""
    (found,) = (each for each in doctor(hub)["hops"] if each["hop"] == name)
    return dict(found)


def container(hub: RealHub, service: str) -> str:
    return f"{hub.project}-{service}-1"


def eventually(hub: RealHub, is_so: Callable[[], bool]) -> None:
    """Wait until it is so by doctor, which is not asked while the gateway starts: both would want the processor."""
    embedded_hub.eventually(hub.is_alive, within_s=BOOT_S)
    embedded_hub.eventually(is_so, within_s=BOOT_S)


@pytest.fixture(scope="module")
def begun(hub: RealHub) -> RealHub:
    """The hub, with nothing broken."""
    eventually(hub, lambda: doctor(hub)["headline"] is None)
    return hub


@pytest.fixture
def well(begun: RealHub) -> Iterator[RealHub]:
    """The hub, with nothing broken before, and nothing broken after what the test has mended."""
    yield begun
    eventually(begun, lambda: begun.hubctl("status").code == 0 and doctor(begun)["headline"] is None)


@contextmanager
def undone(*words: str) -> Iterator[None]:
    """Take a fault back in the end, whatever the test says."""
    try:
        yield
    finally:
        docker(*words)


def network(hub: RealHub) -> str:
    found = json.loads(docker("inspect", container(hub, "redis")))[0]["NetworkSettings"]["Networks"]
    return str(next(iter(found)))


def test_a_healthy_hub_has_nothing_broken_and_every_hop_was_seen(well: RealHub) -> None:
    found = doctor(well)
    assert (found["errors"], found["warnings"]) == (0, 0)
    assert {each["severity"] for each in found["findings"]} <= {"info"}
    assert {each["state"] for each in found["hops"]} == {"well"}
    assert [each["rule"] for each in found["hops"]] == [
        "DOC101",
        *["DOC102"] * 5,
        *["DOC117"] * 5,
        *(f"DOC{number}" for number in range(103, 117)),
    ]
    assert found["elapsed_ms"] < 15_000


STOPPED = {
    "litellm": ("gateway container", {"gateway", "key", "models", "ollama", "pulled", "cache", "ui to gateway"}),
    "ollama": ("ollama container", {"ollama", "pulled"}),
    "redis": ("cache container", {"cache"}),
    "openwebui": ("ui container", {"ui", "ui to gateway", "ui to database"}),
    "db": ("database container", {"ui to database"}),
}


def pairs(ways: Sequence[Way]) -> list[tuple[Way, str]]:
    """Every way with every service; the first five have each service once, and each way at least once."""
    both = [(ways[(start + at) % len(ways)], service) for start in range(len(ways)) for at, service in enumerate(PORTS)]
    return few(len(PORTS), both)


@pytest.mark.parametrize(("fault", "service"), pairs(["pause", "stop", "kill"]))
def test_what_does_not_run_is_the_headline_and_what_rests_on_it_follows(
    well: RealHub, fault: str, service: str
) -> None:
    headline, follow = STOPPED[service]
    docker(fault, container(well, service))
    with undone("unpause" if fault == "pause" else "start", container(well, service)):
        found = doctor(well)
        assert found["headline"] == headline
        assert found["errors"] == 1
        assert {each["hop"] for each in found["hops"] if each["follows_from"] == headline} == follow
        (finding,) = (each for each in found["findings"] if each["severity"] == "error")
        assert finding["fix"]
        assert found["elapsed_ms"] < 16_000


@pytest.mark.parametrize(
    ("service", "headline", "follow"),
    [
        ("ollama", "ollama network", {"ollama", "pulled"}),
        ("redis", "cache network", {"cache"}),
        ("db", "database network", {"ui to database"}),
        ("litellm", "gateway network", {"gateway", "key", "models", "ollama", "pulled", "cache", "ui to gateway"}),
        ("openwebui", "ui network", {"ui", "ui to gateway", "ui to database"}),
    ],
)
def test_a_service_cut_off_from_the_network_is_named_and_all_that_it_breaks_follows(
    well: RealHub, service: str, headline: str, follow: set[str]
) -> None:
    name, at = container(well, service), network(well)
    docker("network", "disconnect", at, name)
    with undone("network", "connect", "--alias", service, at, name):
        found = doctor(well)
        assert (found["headline"], found["errors"]) == (headline, 1)
        assert {each["hop"] for each in found["hops"] if each["follows_from"] == headline} == follow


@pytest.mark.parametrize(
    ("service", "headline"),
    [("redis", "cache"), ("ollama", "ollama"), ("db", "ui to database"), ("litellm", "ui to gateway")],
)
def test_a_service_put_back_without_its_name_is_not_found_by_it_until_it_is_made_anew(
    well: RealHub, service: str, headline: str
) -> None:
    name, at = container(well, service), network(well)
    docker("network", "disconnect", at, name)
    lost = doctor(well)  # and connections that were open are lost
    docker("network", "connect", at, name)
    try:
        found = doctor(well)
    finally:
        command = f"docker compose -f compose.local.yml up -d --no-deps --force-recreate {service}"
        subprocess.run(command.split(), cwd=well.root, env=well.env, check=True, capture_output=True)
    assert str(lost["headline"]).endswith("network")
    assert (found["headline"], found["errors"]) == (headline, 1)
    (finding,) = (each for each in found["findings"] if each["severity"] == "error")
    assert f"the name '{service}' is not known there" in finding["message"]
    assert f"`{command}`" in finding["fix"]
    eventually(well, lambda: doctor(well)["headline"] is None)


@contextmanager
def changed(file: Path, old: str, new: str) -> Iterator[None]:
    """Change a file for a while; what runs is left as it is."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    try:
        yield
    finally:
        file.write_text(text)


@contextmanager
def running_with(hub: RealHub, env_file: str, old: str, new: str) -> Iterator[None]:
    """Run the hub with another line in an env file for a while, whatever the test finds."""
    try:
        with changed(hub.root / env_file, old, new):
            hub.compose("up", "--detach")
            yield
    finally:
        hub.compose("up", "--detach")


def value(file: Path, name: str) -> str:
    """The value of a variable in an env file."""
    return next(line for line in file.read_text().splitlines() if line.startswith(f"{name}=")).partition("=")[2]


def error(found: dict[str, Any]) -> dict[str, Any]:
    """The one hop that is broken by itself, as a finding."""
    (only,) = (each for each in found["findings"] if each["severity"] == "error" and each["hop"])
    return dict(only)


def test_a_wrong_redis_password_is_told_from_a_redis_that_is_away(well: RealHub) -> None:
    secret = value(well.root / "env/litellm.env", "REDIS_PASSWORD")
    with running_with(well, "env/litellm.env", f"REDIS_PASSWORD={secret}", "REDIS_PASSWORD=wrong-in-a-test"):
        eventually(well, lambda: hop(well, "gateway")["state"] == "well")
        found = doctor(well)
    assert found["headline"] == "cache"
    assert "refuses the password of litellm" in error(found)["message"]
    assert "REDIS_PASSWORD" in error(found)["fix"]
    assert secret not in json.dumps(found)


def test_a_wrong_key_in_open_webui_is_the_only_hop_broken_and_the_ticket_holds_no_secret(
    well: RealHub, tmp_path: Path
) -> None:
    report = tmp_path / "report.md"
    with running_with(well, "env/openwebui.env", "OPENAI_API_KEYS=sk-", "OPENAI_API_KEYS=sk-wrong-"):
        eventually(well, lambda: hop(well, "ui")["state"] == "well")
        found = doctor(well)
        assert well.hubctl("doctor", "--report", report).code == 1
        values = [line.partition("=")[::2] for file in (well.root / "env").glob("*.env") for line in lines(file)]
    assert found["headline"] == "ui to gateway"
    assert "refuses the key in OPENAI_API_KEYS of openwebui" in error(found)["message"]
    assert [each["rule"] for each in found["findings"] if each["severity"] == "error"] == ["HUB326", "DOC110"]
    assert "| Open WebUI to gateway | DOC110 | **broken** |" in report.read_text()
    secrets = [text for name, text in values if name.endswith(("KEY", "KEYS", "PASSWORD")) and text]
    assert len(secrets) >= 5
    assert not [secret for secret in secrets if secret in report.read_text() + json.dumps(found)]


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def test_a_master_key_that_the_running_gateway_does_not_have_is_broken_for_hubctl_alone(well: RealHub) -> None:
    with changed(well.root / "env/litellm.env", "LITELLM_MASTER_KEY=sk-", "LITELLM_MASTER_KEY=sk-x"):
        found = doctor(well)
    states = {each["hop"]: each["state"] for each in found["hops"]}
    assert found["headline"] == "key"
    assert states["ui to gateway"] == states["ollama"] == states["cache"] == "well"
    assert states["files"] == "broken"
    assert "LITELLM_MASTER_KEY was changed after the container was created" in error(found)["message"]
    assert error(found)["fix"] == "`hubctl restart`"


def test_a_master_key_changed_in_one_place_alone_is_found_where_it_hurts(well: RealHub) -> None:
    with running_with(well, "env/litellm.env", "LITELLM_MASTER_KEY=sk-", "LITELLM_MASTER_KEY=sk-x"):
        eventually(well, lambda: hop(well, "key")["state"] == "well")
        found = doctor(well)
    assert found["headline"] == error(found)["hop"] == "ui to gateway"


def test_a_model_that_ollama_does_not_have_any_more_is_named_with_the_way_to_get_it(well: RealHub) -> None:
    with running_with(well, "env/ollama.env", "OLLAMA_KEEP_ALIVE=10m", "FAKE_MODELS=llama3.2:3b"):
        # Compose makes anew what depends on it, too.
        eventually(well, lambda: hop(well, "models")["state"] == hop(well, "ollama")["state"] == "well")
        found = doctor(well)
    assert found["headline"] == "pulled"
    assert error(found)["message"].endswith("Ollama does not have qwen2.5-coder:1.5b")
    assert error(found)["fix"] == "`hubctl models pull qwen2.5-coder:1.5b`"


def test_a_model_of_the_config_that_the_gateway_has_not_read_is_named(well: RealHub) -> None:
    more = "    coder: qwen2.5-coder:1.5b\n    code2: qwen"
    with changed(well.root / "conf/litellm/litellm_config.yaml", "    coder: qwen", more):
        found = doctor(well)
    assert well.hubctl("restart").code == 0  # the file was written after its start, which nobody took note of
    assert found["headline"] == "models"
    assert "configured and not listed: code2" in error(found)["message"]
    assert error(found)["fix"] == "`hubctl restart`"


@pytest.mark.parametrize(
    ("rule", "service"), pairs([DROP, RESET]), ids=lambda given: given if given in PORTS else given[0]
)
def test_a_firewall_in_front_of_a_service_is_found_from_the_side_of_who_needs_it(
    well: RealHub, rule: tuple[str, ...], service: str
) -> None:
    port, headline = PORTS[service]
    if shutil.which("iptables") is None or shutil.which("nsenter") is None:
        missing("iptables and nsenter", "apt-get install iptables util-linux")
    pid = json.loads(docker("inspect", container(well, service)))[0]["State"]["Pid"]
    words = ["-p", "tcp", "--dport", str(port), "!", "-i", "lo", "-j", *rule]

    def iptables(action: str) -> None:
        subprocess.run(["nsenter", "-t", str(pid), "-n", "iptables", action, "INPUT", *words], check=True)

    iptables("-A")
    try:
        found = doctor(well)
        assert found["headline"] == headline
        assert found["elapsed_ms"] < 16_000
    finally:
        iptables("-D")


def test_the_limit_holds_whatever_hangs_and_what_is_not_known_is_not_called_well(well: RealHub) -> None:
    docker("pause", container(well, "ollama"), container(well, "redis"))
    with undone("unpause", container(well, "ollama"), container(well, "redis")):
        found = doctor(well, "--timeout", str(LIMIT_S))
        assert found["elapsed_ms"] < (LIMIT_S + 3) * 1000
        states = {each["hop"]: each["state"] for each in found["hops"]}
        assert found["headline"] == "ollama container"
        assert states["cache"] != "well"


def test_nothing_is_changed_and_no_model_is_called(well: RealHub) -> None:
    mine = ("--filter", f"label=com.docker.compose.project={well.project}")  # other tests run beside this one
    before = docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.CreatedAt}}", *mine)
    files = {path: path.read_bytes() for path in well.root.rglob("*") if path.is_file()}
    log = docker("logs", container(well, "ollama"))
    doctor(well)
    assert docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.CreatedAt}}", *mine) == before
    assert {path: path.read_bytes() for path in well.root.rglob("*") if path.is_file()} == files
    assert "/api/chat" not in docker("logs", container(well, "ollama")).removeprefix(log)
    assert "could not" not in docker("logs", "--tail", "5", container(well, "db"))


def test_from_another_machine_it_sees_as_far_as_the_engine_lets_it(well: RealHub, elsewhere: str) -> None:
    eventually(well, lambda: doctor(well)["warnings"] == 0 and hop(well, "files")["state"] == "well")
    with relayed(elsewhere) as address:
        there = RealHub(well.root, {**well.env, "DOCKER_HOST": f"tcp://{address}"})
        found = doctor(there)
    states = {each["hop"]: each["state"] for each in found["hops"]}
    assert found["headline"] is None
    assert {name for name, state in states.items() if state == "unknown"} == {"key", "models", "files"}
    assert states["gateway"] == states["ollama"] == states["cache"] == states["ui to gateway"] == "well"
