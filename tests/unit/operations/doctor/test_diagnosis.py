"""Doctor's judgement on a scripted hub: what is broken, what follows from it, and what could not be known."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from hubctl.adapters.files import hub_files
from hubctl.core.change.drift import Drift
from hubctl.core.compose.layout import Layout
from hubctl.core.compose.stack import Address, ServiceRun
from hubctl.core.probe import NoAnswer
from hubctl.core.secrecy import leaves
from hubctl.errors import BadFile, EngineRefused
from hubctl.operations import secrecy
from hubctl.operations.doctor import diagnosis, report
from hubctl.operations.doctor.diagnosis import Diagnosed, Diagnosis, Patient
from hubctl.operations.providers import credentials
from tests.fakes import AWAY, GATEWAY, FakeInside, FakeRuntime, instance, run_of, well
from tests.servers import Script, reply, routes, serving

NAMES = ["llama3.2:3b", "qwen2.5-coder:1.5b", "llama3", "coder"]
PULLED = {"models": [{"name": name, "size": 1} for name in NAMES[:2]]}
ROOM = {"disk_free": 50e9, "memory_free": 8e9, "memory_total": 16e9, "clock_s": 0.0}
SERVICES = {"litellm": "gateway", "ollama": "ollama", "redis": "cache", "openwebui": "ui", "db": "database"}
REDIS = "redis://redis:6379"
TAGS = "http://ollama:11434/api/tags"
LISTING = "http://litellm:4000/v1/models"
UNKNOWN_NAME = NoAnswer("unresolved", "the name 'redis' is not known there")
NO_PYTHON = EngineRefused("the image has no Python")


@dataclass
class Hub:
    """A hub whose parts a test replaces: services, answers of the gateway, and what is seen from inside."""

    layout: Layout
    views: dict[str, ServiceRun]
    answers: dict[str, bytes | Script]
    gateway: dict[str, object]
    ui: dict[str, object]
    more: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    networks: dict[str, frozenset[str]] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        return credentials.service_environment(self.layout.named(service), self.layout.variables)

    def diagnose(self, timeout_s: float = 6, **changed: Mapping[str, str]) -> Diagnosis:
        insides = {
            "litellm": FakeInside({**self.environment("litellm"), **changed.get("litellm", {})}, self.gateway),
            "openwebui": FakeInside({**self.environment("openwebui"), **changed.get("openwebui", {})}, self.ui),
        }
        for name, networks in self.networks.items():
            insides[name].networks = networks
        running = {name: inside for name, inside in insides.items() if self.views[name].instances}
        with serving(routes(self.answers)) as address:
            views = {**self.views}
            if views["litellm"].instances:
                views["litellm"] = replace(views["litellm"], address=address)
            runtime = FakeRuntime([list(views.values())], insides=running, **self.more)
            gateway = self.layout.service("gateway")
            keys = credentials.of_gateway(gateway, self.layout.variables)
            patient = Patient(self.layout, gateway, runtime, lambda: keys, lambda: self.told)
            return diagnosis.diagnose(patient, timeout_s=timeout_s)


@pytest.fixture
def hub(hub_folder: Path) -> Hub:
    listed = {"object": "list", "data": [{"id": name} for name in NAMES]}
    return Hub(
        layout=hub_files.load(hub_folder, {}, lambda _files: {}),
        views={name: well(name, role) for name, role in SERVICES.items()},  # type: ignore[arg-type]
        answers={**GATEWAY, "/v1/models": reply(200, listed), "/cache/ping": reply(200, {"status": "healthy"})},
        gateway={TAGS: PULLED, "redis": b"+PONG", "machine": {**ROOM, "clock_s": time.time()}},
        ui={LISTING: listed, "postgres": b"N", "machine": {**ROOM, "clock_s": time.time()}},
    )


def states(found: Diagnosis) -> dict[str, str]:
    return {hop.hop: hop.state for hop in found.hops}


def detail(found: Diagnosis, name: str) -> str:
    return next(hop.detail for hop in found.hops if hop.hop == name)


def live(found: Diagnosis) -> list[Diagnosed]:
    """What was found on the live path."""
    return [finding for finding in found.findings if finding.hop]


def error(found: Diagnosis) -> tuple[str, str]:
    """The one error: what it says, and what to do."""
    (only,) = (finding for finding in found.findings if finding.severity == "error")
    return only.message, only.fix


def test_a_whole_path_has_no_finding(hub: Hub) -> None:
    found = hub.diagnose()
    assert live(found) == []
    assert (found.headline, found.errors, found.warnings, found.exit_code) == (None, 0, 0, 0)
    assert set(states(found).values()) == {"well"}


def test_an_engine_that_is_away_explains_all_that_rests_on_it(hub: Hub) -> None:
    hub.more = {"engine": AWAY}
    hub.views = {name: run_of(name, view.role) for name, view in hub.views.items()}
    found = hub.diagnose()
    assert (found.headline, found.errors, found.exit_code) == ("engine", 1, 1)
    assert detail(found, "engine") == AWAY.detail
    unknown = "without the engine, no port is known to be this hub's"
    assert detail(found, "models").endswith(unknown)
    assert detail(found, "key").endswith(f"{unknown}, so hubctl cannot try its key")
    assert {name for name, state in states(found).items() if state == "well"} == {"change"}


def test_a_service_that_ended_is_named_with_how_and_what_follows(hub: Hub) -> None:
    hub.views["ollama"] = run_of("ollama", "ollama", instance("hub-ollama-1", status="exited", exit_code=137))
    hub.gateway[TAGS] = NoAnswer("unresolved", "the name 'ollama' is not known there")
    found = hub.diagnose()
    assert found.headline == "ollama container"
    assert error(found) == (
        "Ollama's container: ollama: exited (exit 137); exit 137 is a kill: by somebody, or for lack of memory",
        "`hubctl up`",
    )
    follow = {finding.hop: finding.severity for finding in found.findings if finding.follows_from == "ollama container"}
    assert follow == {"ollama": "info", "pulled": "info"}


def test_a_crash_loop_is_no_running_container(hub: Hub) -> None:
    hub.views["openwebui"] = run_of("openwebui", "ui", instance(restarts=4), address=Address("127.0.0.1", 1))
    found = hub.diagnose()
    assert found.headline == "ui container"
    assert "4 restarts" in error(found)[0]


def test_a_stopped_service_beyond_the_five_is_a_warning_and_no_headline(hub: Hub) -> None:
    hub.views["proxy"] = run_of("proxy", None, instance(status="exited", exit_code=1))
    found = hub.diagnose()
    assert (found.headline, found.errors, found.warnings, found.exit_code) == (None, 0, 1, 0)


def test_a_refused_key_says_whether_the_container_is_older_than_the_key(hub: Hub) -> None:
    hub.answers["/v1/models"] = reply(400, {"error": {"type": "no_db_connection"}})
    assert error(hub.diagnose())[1] == "set LITELLM_MASTER_KEY in the gateway's env file, then `hubctl restart`"
    drift = Drift("env", "LITELLM_MASTER_KEY", "LITELLM_MASTER_KEY was changed after ...: `hubctl restart`")
    hub.views["litellm"] = replace(hub.views["litellm"], drift=(drift,))
    found = hub.diagnose()
    assert found.headline == "key"
    assert error(found)[1] == "`hubctl restart`"
    assert states(found)["models"] == "unknown"
    assert states(found)["ui to gateway"] == "well"


def test_names_that_the_gateway_lacks_are_listed(hub: Hub) -> None:
    hub.answers["/v1/models"] = reply(200, {"data": [{"id": name} for name in NAMES[:3]]})
    found = hub.diagnose()
    assert error(found)[0] == "the models it lists: configured and not listed: coder"
    assert "hubctl logs" in error(found)[1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (NoAnswer("refused", "nothing listens on ollama:11434"), "seen from litellm: nothing listens on ollama:11434"),
        ({"models": "none"}, "did not answer like Ollama's /api/tags"),
        (500, "where JSON was due"),
    ],
)
def test_an_ollama_that_gives_the_gateway_no_list_is_broken_and_its_models_follow(
    hub: Hub, answer: object, words: str
) -> None:
    hub.gateway[TAGS] = answer
    found = hub.diagnose()
    assert found.headline == "ollama"
    assert words in error(found)[0]
    assert {finding.hop for finding in found.findings if finding.follows_from} == {"pulled"}


def test_what_cannot_be_asked_from_inside_is_unknown_and_no_error(hub: Hub) -> None:
    hub.gateway = {TAGS: NO_PYTHON, "redis": NO_PYTHON, "machine": NO_PYTHON}
    hub.ui = {LISTING: NO_PYTHON, "postgres": NO_PYTHON, "machine": NO_PYTHON}
    found = hub.diagnose()
    assert found.exit_code == 0
    unknown = {name for name, state in states(found).items() if state == "unknown"}
    assert unknown == {"ollama", "pulled", "ui to gateway", "ui to database", "disk", "memory", "clock"}
    assert {finding.severity for finding in live(found)} == {"info"}
    assert detail(found, "ollama") == "the image has no Python"


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (b"-WRONGPASS", "broken", "refuses the password of litellm"),
        (b"-NOAUTH", "broken", "wants a password litellm"),
        (b"-LOADING", "broken", "answers with an error"),
        (UNKNOWN_NAME, "broken", "the name 'redis' is not known there"),
        (b"+PONG", "broken", "LiteLLM cannot use it all the same"),
        (NO_PYTHON, "unknown", "no Python"),
    ],
)
def test_a_cache_that_fails_for_litellm_is_asked_from_its_side(
    hub: Hub, answer: object, state: str, words: str
) -> None:
    hub.answers["/cache/ping"] = reply(503, {"error": {"type": "cache_ping_error"}})
    hub.gateway["redis"] = answer
    found = hub.diagnose()
    assert states(found)["cache"] == state
    assert words in detail(found, "cache")


def test_a_redis_that_is_only_reached_over_an_old_connection_is_a_warning(hub: Hub) -> None:
    hub.gateway["redis"] = UNKNOWN_NAME
    found = hub.diagnose()
    assert (found.headline, found.errors, found.warnings) == (None, 0, 1)
    assert detail(found, "cache").endswith(
        "a new one would not: seen from litellm: the name 'redis' is not known there"
    )


def test_where_litellm_cannot_be_asked_a_ping_from_its_side_decides(hub: Hub) -> None:
    hub.answers["/v1/models"] = reply(401, {})
    found = hub.diagnose()
    assert found.headline == "key"
    assert (states(found)["cache"], detail(found, "cache")) == ("well", f"{REDIS}, by a PING from litellm")


def test_a_gateway_in_no_network_explains_all_that_it_does_not_reach(hub: Hub) -> None:
    hub.networks = {"litellm": frozenset()}
    hub.gateway = {**hub.gateway, TAGS: UNKNOWN_NAME, "redis": UNKNOWN_NAME}
    hub.answers["/cache/ping"] = reply(503, {})
    found = hub.diagnose()
    assert found.headline == "gateway network"
    assert error(found)[0] == "the gateway's network: litellm is in no network"
    assert {finding.hop for finding in live(found) if finding.follows_from} == {"ollama", "pulled", "cache"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_of_open_webui_that_the_gateway_refuses_is_told_by_its_variable(hub: Hub, status: int) -> None:
    hub.ui[LISTING] = status
    found = hub.diagnose()
    assert found.headline == "ui to gateway"
    assert "refuses the key in OPENAI_API_KEYS of openwebui" in error(found)[0]


def test_another_refusal_of_the_gateway_is_told_as_it_is(hub: Hub) -> None:
    hub.ui[LISTING] = 404
    assert "seen from openwebui: http://litellm:4000/v1/models answers HTTP 404" in error(hub.diagnose())[0]


def test_open_webui_without_a_key_is_told_so(hub: Hub) -> None:
    hub.ui[LISTING] = 401
    found = hub.diagnose(openwebui={"OPENAI_API_KEYS": ""})
    assert "wants a key, and OPENAI_API_KEYS has none" in error(found)[0]


def test_of_several_addresses_the_gateways_is_asked_with_the_key_of_its_place(hub: Hub) -> None:
    urls = {"OPENAI_API_BASE_URLS": "https://api.openai.com/v1;http://LiteLLM:4000/v1/", "OPENAI_API_KEYS": "sk-a;sk-b"}
    hub.ui["http://LiteLLM:4000/v1/models"] = 200
    found = hub.diagnose(openwebui=urls)
    assert states(found)["ui to gateway"] == "well"


def test_an_open_webui_that_names_no_gateway_is_unknown(hub: Hub) -> None:
    found = hub.diagnose(openwebui={"OPENAI_API_BASE_URLS": "http://me:secret1@other:4000/v1"})
    assert states(found)["ui to gateway"] == "unknown"
    assert "other:4000" in detail(found, "ui to gateway")
    assert "secret1" not in detail(found, "ui to gateway")


@pytest.mark.parametrize(
    "url", ["postgresql://me:pass/word@db/x", "postgresql://me:x@[db/x", "postgres://me:a?b#c@db:y/x"]
)
def test_an_address_of_the_database_that_cannot_be_read_is_unknown(hub: Hub, url: str) -> None:
    found = hub.diagnose(openwebui={"DATABASE_URL": url})
    assert states(found)["ui to database"] == "unknown"
    assert "DATABASE_URL of openwebui is not a valid address" in detail(found, "ui to database")


def test_an_address_of_the_gateway_that_cannot_be_read_is_unknown(hub: Hub) -> None:
    found = hub.diagnose(openwebui={"OPENAI_API_BASE_URLS": "http://[me:secret1@litellm/v1"})
    assert states(found)["ui to gateway"] == "unknown"
    assert "no valid address" in detail(found, "ui to gateway")


def test_an_open_webui_without_postgres_has_no_such_hop(hub: Hub) -> None:
    assert "ui to database" not in states(hub.diagnose(openwebui={"DATABASE_URL": "sqlite:////data/webui.db"}))


@pytest.mark.parametrize(
    ("room", "hop", "severity"),
    [
        ({"disk_free": 0.1e9}, "disk", "error"),
        ({"disk_free": 1e9}, "disk", "warning"),
        ({"memory_free": 0.5e9}, "memory", "warning"),
        ({"clock_s": time.time() - 3600}, "clock", "warning"),
        ({"clock_s": time.time() + 3600}, "clock", "warning"),
    ],
)
def test_little_room_and_a_clock_that_is_off_are_told(
    hub: Hub, room: dict[str, float], hop: str, severity: str
) -> None:
    hub.gateway["machine"] = {**ROOM, "clock_s": time.time(), **room}
    (finding,) = live(hub.diagnose())
    assert (finding.hop, finding.severity) == (hop, severity)


def test_drift_and_a_change_half_done_are_warnings_with_the_way_out(hub: Hub) -> None:
    hub.views["redis"] = replace(hub.views["redis"], drift=(Drift("image", "redis", "redis is another image"),))
    hub.told = ("a change stopped half way: env/litellm.env is new",)
    found = hub.diagnose()
    assert (found.errors, found.warnings) == (0, 2)
    assert [(each.hop, each.fix.split(",")[0]) for each in live(found)] == [
        ("files", "`hubctl restart redis`"),
        ("change", "`hubctl undo`"),
    ]


def test_whether_all_fits_the_files_is_only_said_where_compose_was_asked(hub: Hub) -> None:
    hub.more = {"drifts": [Drift("compose", "redis", "redis is described otherwise")]}
    assert states(hub.diagnose())["files"] == "broken"
    hub.views["db"] = run_of("db", "database", instance(status="exited", exit_code=0))
    assert states(hub.diagnose())["files"] == "unknown"


def test_what_is_wrong_in_the_files_comes_first_with_its_line(hub: Hub, hub_folder: Path) -> None:
    file = hub_folder / "conf/litellm/litellm_config.yaml"
    file.write_text(file.read_text().replace("os.environ/REDIS_HOST", "${REDIS_HOST}"))
    found = hub.diagnose()
    first = next(finding for finding in found.findings if finding.severity != "info")
    assert (first.rule, first.severity, first.file, first.hop) == ("HUB301", "error", file, None)
    assert first.line == file.read_text().split("${REDIS_HOST}")[0].count("\n") + 1
    assert found.exit_code == 1
    assert "HUB301" in report.page(found)


def test_what_is_not_known_of_a_change_is_said(hub: Hub) -> None:
    def told() -> tuple[str, ...]:
        raise BadFile("no config is mounted")

    gateway = hub.layout.service("gateway")
    keys = credentials.of_gateway(gateway, hub.layout.variables)
    patient = Patient(hub.layout, gateway, FakeRuntime(), lambda: keys, told)
    assert states(diagnosis.diagnose(patient, timeout_s=2))["change"] == "unknown"


class Hanging(FakeInside):
    """A place from which no answer comes in time."""

    def probe(self, probe: object, *, timeout_s: float) -> Any:
        time.sleep(3)


def test_what_hangs_beyond_the_limit_stays_unknown_and_the_limit_holds(hub: Hub) -> None:
    gateway = hub.layout.service("gateway")
    keys = credentials.of_gateway(gateway, hub.layout.variables)
    hanging = Hanging(hub.environment("litellm"))
    runtime = FakeRuntime([list(hub.views.values())], insides={"litellm": hanging, "openwebui": hanging})
    began = time.monotonic()
    found = diagnosis.diagnose(Patient(hub.layout, gateway, runtime, lambda: keys, lambda: ()), timeout_s=1)
    assert time.monotonic() - began < 1.5
    assert states(found)["ollama"] == states(found)["pulled"] == states(found)["disk"] == "unknown"


class Endless(Mapping[str, str]):
    """Variables that take longer to read than anybody waits."""

    def __iter__(self) -> Iterator[str]:
        time.sleep(3)
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getitem__(self, name: str) -> str:
        raise KeyError(name)


def test_files_that_take_too_long_to_read_leave_the_keys_untold(hub: Hub) -> None:
    layout = replace(hub.layout, variables=Endless())
    gateway = layout.service("gateway")
    patient = Patient(
        layout, gateway, FakeRuntime(), lambda: credentials.of_gateway(gateway, layout.variables), lambda: ()
    )
    began = time.monotonic()
    found = diagnosis.diagnose(patient, timeout_s=1)
    assert time.monotonic() - began < 2.8
    assert "keys not read from the hub's files within 0.3 s: services are asked without them" in found.notes


def test_no_secret_of_the_hub_is_in_the_diagnosis_or_the_ticket(hub: Hub, tmp_path: Path) -> None:
    secret = hub.environment("redis")["REDIS_PASSWORD"]
    key = hub.environment("litellm")["LITELLM_MASTER_KEY"]
    hub.gateway[TAGS] = NoAnswer("dropped", f"said {secret} and {key} and postgresql://a:b@db")
    mask = secrecy.masker(lambda: hub.layout, tmp_path, {})
    found = leaves.masked(hub.diagnose(), mask)
    report.write(tmp_path / "ticket.md", found)
    text = (tmp_path / "ticket.md").read_text()
    for shown in (text, str(found)):
        assert secret not in shown
        assert key not in shown
        assert "a:b@" not in shown
    assert "| gateway to Ollama | DOC106 | **broken** | seen from litellm: said … and … and postgresql://…@db |" in text


def test_the_ticket_is_one_table_whatever_a_log_holds(hub: Hub) -> None:
    hub.gateway[TAGS] = NoAnswer("dropped", "a | b\nc \x1b[31m")
    row = next(line for line in report.page(hub.diagnose()).splitlines() if "DOC106" in line and line.startswith("|"))
    assert row.count("|") - row.count("\\|") == 6
    assert "\x1b" not in row


@pytest.fixture(autouse=True)
def _no_output(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The operation prints nothing."""
    yield
    assert capsys.readouterr() == ("", "")
