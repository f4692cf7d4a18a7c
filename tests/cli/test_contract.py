"""What scripts rely on: the keys of every document, exit codes, usage errors, and what the top level shows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

from hubctl import errors
from hubctl.cli import COMMANDS, GROUPS
from hubctl.core.compose.stack import Address, Instance, LogLine
from hubctl.errors import EngineUnavailable, HubError
from tests.conftest import Ended, Run
from tests.fakes import AWAY, GATEWAY, FakeRuntime, chat, docker_engine, instance, run_of, well
from tests.processes import hubctl, hubctl_at_once
from tests.real_servers import free_port
from tests.servers import reply, routes, serving

INSTANCE = ["id", "name", "node", "image", "status", "health", "restarts", "started_at", "pid", "exit_code"]
SERVICE = ["service", "role", "state", "detail", "url", "latency_ms", "version", "desired", "instances", "drift"]
STATUS = ["hub", "state", "engine", "elapsed_ms", "services", "notes", "way_up"]
MODEL = ["name", "state", "line", "provider", "target", "alias_of", "listed", "key", "pulled", "size_bytes", "demo"]
MODEL += ["retired", "usable", "reason"]
CHECK = ["model", "outcome", "reason", "http_status", "latency_s", "ttft_s", "completion_tokens", "tokens_per_s"]
CHECK += ["answered_by", "cached", "fallback", "retries", "cost_usd", "demo", "reply"]
CHECK += ["runs", "worst_latency_s", "worst_ttft_s"]
LATER = "2026-02-01T00:00:00Z"


@pytest.fixture
def gateway() -> Iterator[Address]:
    with serving(routes(GATEWAY)) as address:
        yield address


def keys(data: Any) -> list[str]:
    return list(data)


def test_status_has_these_keys(run: Run, gateway: Address) -> None:
    runtime = FakeRuntime([[run_of("litellm", "gateway", instance(), address=gateway)]])
    ended = run("status", "--json", runtime=runtime)
    assert keys(ended.document) == ["schema", "ok", "data"]
    assert ended.document["schema"] == 1
    assert keys(ended.data) == STATUS
    assert keys(ended.data["hub"]) == ["root", "project", "runtime"]
    assert keys(ended.data["engine"]) == ["state", "detail"]
    assert ended.data["way_up"] == {"command": "hubctl up", "refused": None, "first": None}
    (service,) = ended.data["services"]
    assert keys(service) == SERVICE
    assert keys(service["instances"][0]) == INSTANCE == [field.name for field in fields(Instance)]


def test_up_has_the_keys_of_status(run: Run) -> None:
    assert keys(run("up", "--json", runtime=FakeRuntime([[well()]])).data) == STATUS


def test_models_have_these_keys(run: Run, hub_folder: Path, gateway: Address) -> None:
    config = hub_folder / "conf/litellm/litellm_config.yaml"
    config.write_text(
        "model_list: [{model_name: a, litellm_params: {model: x/y, api_key: os.environ/OPENAI_API_KEY}}]\n"
    )
    runtime = FakeRuntime([[run_of("litellm", "gateway", instance(), address=gateway)]])
    data = run("models", "list", "--json", runtime=runtime).data
    assert keys(data) == ["config", "models", "notes"]
    assert keys(data["models"][0]) == MODEL
    assert data["models"][0]["key"] == {"variable": "OPENAI_API_KEY", "present": False}


def test_models_alone_is_models_list(run: Run, hub_folder: Path) -> None:
    runtime = FakeRuntime([[run_of("litellm", "gateway")]])
    assert run("models", "--json", runtime=runtime).data == run("models", "list", "--json", runtime=runtime).data
    config = str(hub_folder / "conf/litellm/litellm_config.yaml")
    assert run("models", "--config", config, "--json").data == run("models", "list", "--json", "--config", config).data


def test_test_model_has_these_keys(run: Run, gateway: Address) -> None:
    runtime = FakeRuntime([[run_of("litellm", "gateway", instance(), address=gateway)]])
    data = run("test-model", "llama3", "--json", runtime=runtime).data
    assert keys(data) == ["results", "passed", "failed", "errors", "skipped"]
    assert keys(data["results"][0]) == CHECK


def test_restart_has_these_keys(run: Run) -> None:
    data = run("restart", "--json", runtime=FakeRuntime([[well()], [well(started_at=LATER)]])).data
    assert keys(data) == ["change", "proof", "rolled_back", "notes", "cause", "way_back", "service"]
    assert keys(data["change"]) == ["id", "files", "effect", "reason"]
    assert [keys(proof) for proof in data["proof"]] == [["check", "ok", "detail"]] * 4


def test_init_has_these_keys(run: Run, tmp_path: Path) -> None:
    data = run("init", str(tmp_path / "new"), "--json").data
    assert keys(data) == ["root", "made", "kept", "notes", "next_command"]
    assert data["root"] == str(tmp_path / "new")


def test_down_has_these_keys(run: Run) -> None:
    assert run("down", "--json", runtime=FakeRuntime([[well()]])).data == {
        "was_running": True,
        "volumes_deleted": False,
        "notes": [],
    }


def test_undo_forget_has_these_keys(run: Run, hub_folder: Path) -> None:
    assert keys(run("undo", "--forget", "--json").data) == ["receipts", "rejected"]


def test_adopt_has_these_keys(run: Run) -> None:
    with serving(docker_engine([])) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", f"tcp://{engine}")
        for option in ("--dry-run", "--as-new"):
            data = run("adopt", option, "--yes", "--json").data
            assert keys(data) == ["root", "project", "containers", "volumes", "moved_from", "left", "notes"]


def test_a_dry_run_of_adopt_as_new_makes_no_name_up_and_tells_of_the_ports(run: Run, hub_folder: Path) -> None:
    with serving(docker_engine([])) as engine, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", f"tcp://{engine}")
        planned = run("adopt", "--as-new", "--dry-run", "--json").data
        assert planned["project"] is None
        assert "chosen when this runs without --dry-run" in run("adopt", "--as-new", "--dry-run").stdout
        done = run("adopt", "--as-new", "--yes", "--json").data
    assert f"COMPOSE_PROJECT_NAME={done['project']}\n" in (hub_folder / ".env").read_text()
    for told in (planned, done):
        assert "its ports stay as they were: 3000, 4000, 5432, 6379, 11435; " in told["notes"][0]
        assert f"set others in {hub_folder / '.env'} or {hub_folder / 'compose.local.yml'}" in told["notes"][0]


def test_logs_have_these_keys(run: Run) -> None:
    runtime = FakeRuntime(log=[LogLine("db", "one"), LogLine("db", "two")])
    assert run("logs", "db", "--json", "--tail", "1", runtime=runtime).data == {
        "lines": [{"service": "db", "text": "two"}]
    }
    followed = run("logs", "--follow", "--json", runtime=runtime).stdout.splitlines()
    assert [json.loads(line)["data"] for line in followed] == [
        {"service": "db", "text": "one"},
        {"service": "db", "text": "two"},
    ]


def test_an_error_has_these_keys(run: Run) -> None:
    runtime = FakeRuntime([[well()]], fault=EngineUnavailable("no engine", hint="start it"))
    ended = run("down", "--json", runtime=runtime)
    assert ended.document == {
        "schema": 1,
        "ok": False,
        "error": {"code": "engine_unavailable", "message": "no engine", "hint": "start it"},
    }


def test_every_kind_of_error_has_a_code_of_its_own() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)]
    codes = [kind.code for kind in kinds]
    assert len(kinds) > 10
    assert sorted(set(codes)) == sorted(codes)
    assert {kind.exit_code for kind in kinds} == {4}


Make = Callable[[Address], FakeRuntime]


def answering(address: Address) -> FakeRuntime:
    return FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]])


CASES = [
    pytest.param(("status",), lambda _: FakeRuntime([[well()]]), 0, id="status of a healthy hub"),
    pytest.param(("status",), lambda _: FakeRuntime([[run_of()]]), 1, id="status of a hub that is down"),
    pytest.param(("status",), lambda _: FakeRuntime([[run_of()]], engine=AWAY), 1, id="status without the engine"),
    pytest.param(("models",), answering, 0, id="models"),
    pytest.param(("test-model", "llama3"), answering, 0, id="a model that passes"),
    pytest.param(("test-model", "nosuch"), answering, 1, id="a model that fails"),
    pytest.param(
        ("test-model", "llama3"),
        lambda _: FakeRuntime([[run_of(address=Address("127.0.0.1", free_port()))]]),
        4,
        id="a model without a verdict",
    ),
    pytest.param(("test-model",), lambda _: FakeRuntime([[run_of()]]), 4, id="a gateway without a port"),
    pytest.param(("up",), lambda _: FakeRuntime([[well()]]), 0, id="up"),
    pytest.param(("up", "--timeout", "0.1"), lambda _: FakeRuntime([[run_of()]]), 4, id="up that is not ready"),
    pytest.param(("down",), lambda _: FakeRuntime([[well()]]), 0, id="down"),
    pytest.param(("down", "--volumes"), lambda _: FakeRuntime([[well()]]), 4, id="down with volumes, unasked"),
    pytest.param(("down", "--volumes", "--yes"), lambda _: FakeRuntime([[well()]]), 0, id="down with volumes"),
    pytest.param(("logs",), lambda _: FakeRuntime(), 0, id="logs"),
    pytest.param(("restart",), lambda _: FakeRuntime([[well()], [well(started_at=LATER)]]), 0, id="restart"),
    pytest.param(("restart",), lambda _: FakeRuntime([[well()]]), 4, id="restart that did not happen"),
    pytest.param(("restart", "nosuch"), lambda _: FakeRuntime([[well()]]), 4, id="restart of nothing"),
    pytest.param(("models", "--config", "gone.yaml"), lambda _: FakeRuntime(), 4, id="a missing config"),
    pytest.param(("init", "new"), lambda _: FakeRuntime(), 0, id="init"),
]


@pytest.mark.parametrize(("words", "runtime", "code"), CASES)
def test_exit_codes_are_the_same_in_text_and_json(
    run: Run, gateway: Address, words: tuple[str, ...], runtime: Make, code: int
) -> None:
    text, document = run(*words, runtime=runtime(gateway)), run(*words, "--json", runtime=runtime(gateway))
    assert (text.exit_code, document.exit_code) == (code, code)
    assert document.stderr == ""
    assert "Traceback" not in text.stdout + text.stderr
    if not document.document["ok"]:
        assert code == 4
        assert bool(text.stdout) == ("data" in document.document)
        assert text.stderr.startswith(f"error: {document.document['error']['message'].splitlines()[0]}")
    else:
        assert text.stderr == ""


def test_declined_volumes_are_not_deleted(run: Run) -> None:
    runtime = FakeRuntime([[well()]])
    ended: Ended = run("down", "--volumes", runtime=runtime, stdin="y\n")
    assert (ended.exit_code, runtime.done) == (4, [])
    assert run("down", "--volumes", "--yes", runtime=runtime).exit_code == 0
    assert runtime.done == ["down, volumes too"]


def test_options_reach_the_runtime(run: Run) -> None:
    runtime = FakeRuntime([[well()]])
    run("up", "--timeout", "7", runtime=runtime)
    run("logs", "litellm", "--tail", "3", "--since", "10m", runtime=runtime)
    run("restart", "db", "--timeout", "1", runtime=FakeRuntime([[well()]]))
    assert runtime.done == ["prepare", "up within 7", "logs litellm follow=False tail=3 since='10m'"]


def test_a_budget_reaches_the_test(run: Run, hub_folder: Path) -> None:
    config = hub_folder / "conf/litellm/litellm_config.yaml"
    config.write_text("model_list: [{model_name: gpt, litellm_params: {model: openai/x}}]\n")
    info = {"input_cost_per_token": 0.01, "output_cost_per_token": 0.01}
    answers = {
        **GATEWAY,
        "/model/info": reply(200, {"data": [{"model_name": "gpt", "model_info": info}]}),
        "/v1/chat/completions": chat(),
    }
    with serving(routes(answers)) as address:
        runtime = answering(address)
        assert run("test-model", "gpt", "--json", runtime=runtime).document["error"]["code"] == "budget_exceeded"
        assert run("test-model", "gpt", "--json", "--budget", "15", runtime=runtime).data["passed"] == 1
        assert run("test-model", "gpt", "--json", "--budget", "none", runtime=runtime).data["passed"] == 1
        assert run("test-model", "--json", runtime=runtime).data["skipped"] == 1
        assert run("test-model", "--json", "--paid", "--budget", "15", runtime=runtime).data["passed"] == 1


USAGE = [
    (("nosuch",), "No such command 'nosuch'"),
    (("statsu",), "Did you mean 'status'"),
    (("models", "nosuch"), "No such command 'nosuch'"),
    (("status", "--nosuch"), "No such option: --nosuch"),
    (("status", "--timeout", "abc"), "'abc' is not a valid float"),
    (("status", "--timeout", "0"), "--timeout"),
    (("status", "--timeout", "inf"), "--timeout"),
    (("status", "--timeout", "nan"), "--timeout"),
    (("status", "--watch", "--interval", "inf"), "--interval"),
    (("up", "--demo"), "--demo goes with --embedded"),
    (("test-model", "--budget", "much"), "'much' is neither a number of USD, 0 or more, nor none"),
    (("test-model", "--budget", "nan"), "'nan' is neither a number of USD, 0 or more, nor none"),
    (("test-model", "--budget", "-1"), "'-1' is neither a number of USD, 0 or more, nor none"),
    (("logs", "--tail", "-1"), "--tail"),
    (("init", "a", "b"), "unexpected extra argument"),
]


@pytest.mark.process
@pytest.mark.parametrize(("words", "message"), USAGE, ids=[" ".join(words) for words, _ in USAGE])
def test_a_usage_error_is_exit_2_and_a_document_under_json(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    text, document = hubctl_at_once(words, (*words, "--json"), cwd=tmp_path)
    assert (text.code, document.code) == (2, 2)
    assert (text.out, document.err) == ("", "")
    assert text.err.startswith("error: ")
    assert message in text.err
    assert message in document.document["error"]["message"]
    assert (document.document["ok"], document.document["error"]["code"]) == (False, "usage")


@pytest.mark.process
def test_hubctl_alone_shows_its_help(tmp_path: Path) -> None:
    alone, asked = hubctl_at_once((), ("--help",), cwd=tmp_path)
    assert (alone.code, asked.code, alone.err) == (0, 0, "")
    assert alone.out.rstrip() == asked.out.rstrip()
    for name, (_, text) in COMMANDS.items():
        assert f"  {name}  " in alone.out
        assert text in " ".join(alone.out.split())


@pytest.mark.process
def test_help_lists_each_command_once_and_under_its_group(tmp_path: Path) -> None:
    shown = hubctl("--help", cwd=tmp_path).out
    for title, commands in GROUPS.items():
        lines = shown.partition(f"\n{title}:\n")[2].partition("\n\n")[0].splitlines()
        assert [line.split()[0] for line in lines if line[2:3].strip()] == list(commands)
    assert sum(len(commands) for commands in GROUPS.values()) == len(COMMANDS)


def loaded(name: str) -> Any:
    module = import_module(f"hubctl.commands.{COMMANDS[name][0]}")
    group = typer.main.get_group(module.app)
    return group.commands[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    assert loaded(name).help.splitlines()[0] == COMMANDS[name][1]


def test_the_table_of_commands_is_complete() -> None:
    modules = {module for module, _ in COMMANDS.values()}
    defined = {
        name
        for module in modules
        for name in typer.main.get_group(import_module(f"hubctl.commands.{module}").app).commands
    }
    assert defined == set(COMMANDS)


def leaves(command: Any) -> list[Any]:
    return (
        [leaf for child in command.commands.values() for leaf in leaves(child)]
        if hasattr(command, "commands")
        else [command]
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_common_options(name: str) -> None:
    for command in leaves(loaded(name)):
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--json", "--hub", "--service"} <= options


@pytest.mark.process
def test_without_a_hub_every_command_that_needs_one_says_so(tmp_path: Path) -> None:
    named = {name: (name,) for name in COMMANDS if name != "init"} | {"config": ("config", "check")}
    for ended in hubctl_at_once(*((*words, "--json") for words in named.values()), cwd=tmp_path):
        assert (ended.code, ended.document["error"]["code"]) == (4, "hub_not_found")


@pytest.mark.process
def test_without_an_engine_status_and_models_are_documents_and_the_rest_one_message(hub_folder: Path) -> None:
    names = ["status", "models", "up", "down", "logs", "restart"]
    status, models, *others = hubctl_at_once(*((name, "--json") for name in names), cwd=hub_folder)
    assert (status.code, status.document["data"]["engine"]["state"]) == (1, "unreachable")
    unknown = "what the gateway lists is unknown: without its engine no port is known to be this hub's: "
    assert models.document["data"]["notes"][0].startswith(unknown)
    for ended in others:
        assert (ended.code, ended.document["error"]["code"]) == (4, "engine_unavailable")
        assert (
            "this-test-must-not-touch-the-engine.sock: its socket does not exist" in ended.document["error"]["message"]
        )


def test_no_secret_of_the_hub_is_in_any_output(run: Run, hub_folder: Path, gateway: Address) -> None:
    secrets = {
        value
        for path in (hub_folder / "env").glob("*.env")
        for line in path.read_text().splitlines()
        if (value := line.partition("=")[2])
        and any(word in line for word in ("KEY=", "KEYS=", "PASSWORD=", "URL="))
        and len(value) > 40
    }
    assert len(secrets) == 5
    for words in [("status",), ("models",), ("test-model",), ("up",), ("restart",), ("init", ".")]:
        for option in ([], ["--json"]):
            ended = run(*words, *option, runtime=answering(gateway))
            assert not [secret for secret in secrets if secret in ended.stdout + ended.stderr]
