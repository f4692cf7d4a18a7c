"""Drift in the status: a service can be well and still run from other files than those that are there."""

from pathlib import Path

from hubctl.core.change.drift import Drift, Fresh
from hubctl.core.compose.layout import EnvFile, Service
from hubctl.operations.providers import credentials
from tests.conftest import Run
from tests.fakes import FakeRuntime, instance, run_of, well

KEY = Drift("env", "OPENAI_API_KEY", "OPENAI_API_KEY was set after the container was created: `hubctl restart`")


def test_a_healthy_service_with_drift_makes_the_hub_degraded(run: Run) -> None:
    drifting = run_of("litellm", "gateway", instance(health="healthy"), drift=(KEY,))
    ended = run("status", "--json", runtime=FakeRuntime([[drifting, well("redis", "cache")]]))
    assert (ended.exit_code, ended.data["state"]) == (1, "degraded")
    gateway, cache = ended.data["services"]
    assert (gateway["state"], cache["drift"]) == ("healthy", [])
    assert gateway["drift"] == [{"kind": "env", "name": "OPENAI_API_KEY", "detail": KEY.detail}]


def test_each_drift_is_a_line_under_the_table(run: Run) -> None:
    config = Drift("config", "litellm_config.yaml", "litellm_config.yaml was changed")
    drifting = run_of("litellm", "gateway", instance(health="healthy"), drift=(KEY, config))
    shown = run("status", runtime=FakeRuntime([[drifting]])).stdout.splitlines()
    assert shown[-2:] == [f"drift  {KEY.detail}", f"drift  {config.detail}"]


def service(environment: dict[str, str | None], *env_files: EnvFile) -> Service:
    return Service(
        name="litellm",
        role="gateway",
        image=None,
        build=False,
        command=(),
        container_name=None,
        ports=(),
        env_files=env_files,
        environment=environment,
        mounts=(),
        depends_on=(),
        healthcheck=False,
        restart=None,
        replicas=1,
        profiles=(),
        network_mode=None,
    )


def test_names_that_stand_alone_are_unset_where_nothing_here_gives_them_a_value(tmp_path: Path) -> None:
    file = tmp_path / "litellm.env"
    file.write_text("A=1\nFROM_SHELL\nFROM_DOTENV\nALSO_BELOW\n")
    described = service({"OF_SHELL": None, "OF_DOTENV": None, "ALSO_BELOW": "2"}, EnvFile(file, required=True))
    variables = {"FROM_DOTENV": "3", "OF_DOTENV": "4"}
    assert credentials.fresh_environment(described, variables) == Fresh(
        {"A": "1", "FROM_DOTENV": "3", "OF_DOTENV": "4", "ALSO_BELOW": "2"}, frozenset({"FROM_SHELL", "OF_SHELL"})
    )
