"""Drift of the embedded gateway: the files beside what the running process was started from."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hubctl.core.compose.stack import ServiceRun
from hubctl.core.gateway import embedded_run
from hubctl.progress import silent
from hubctl.runtimes import Runtime
from hubctl.runtimes.embedded.runtime import EmbeddedRuntime
from tests.gateway.embedded_hub import KEY, PASSWORD, HubFolder
from tests.real_servers import litellm

pytestmark = pytest.mark.gateway

SECRET = "sk-drift-0123456789"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubFolder]:
    litellm()
    folder = HubFolder.copied_to(tmp_path_factory.mktemp("drift"))
    runtime = folder.up()
    yield folder
    runtime.down(volumes=False, progress=silent)


@pytest.fixture
def runtime(folder: HubFolder) -> EmbeddedRuntime:
    """The gateway's runtime as the next command has it, without drift yet."""
    runtime = folder.runtime()
    assert runtime.drift("litellm") == ()
    return runtime


def gateway(runtime: Runtime) -> ServiceRun:
    return runtime.snapshot(timeout_s=5).services[0]


def seen(runtime: Runtime) -> list[tuple[str, str]]:
    """Kind and name, the same in the snapshot and when asked."""
    assert gateway(runtime).drift == runtime.drift("litellm")
    return [(each.kind, each.name) for each in gateway(runtime).drift]


def test_a_variable_set_changed_and_taken_out_is_named_until_the_gateway_starts_again(
    folder: HubFolder, runtime: EmbeddedRuntime
) -> None:
    env = folder.root / "env/litellm.env"
    text = env.read_text()
    env.write_text(f"{text}\nDRIFT_API_KEY={SECRET}\n".replace(PASSWORD, "another"))
    assert seen(runtime) == [("env", "DRIFT_API_KEY"), ("env", "REDIS_PASSWORD")]
    runtime.recreate("litellm", timeout_s=60, progress=silent)
    folder.wait(runtime)
    assert seen(runtime) == []
    env.write_text(text)
    assert [each.detail.split(" after ")[0] for each in gateway(runtime).drift] == [
        "DRIFT_API_KEY was taken out",
        "REDIS_PASSWORD was changed",
    ]
    runtime.restart("litellm", progress=silent)
    folder.wait(runtime)
    assert seen(runtime) == []


def test_a_changed_config_is_drift_and_a_touched_one_is_not(folder: HubFolder, runtime: EmbeddedRuntime) -> None:
    text = folder.config.read_text()
    folder.config.touch()
    assert seen(runtime) == []
    folder.config.write_text(f"{text}\n# changed\n")
    assert seen(runtime) == [("config", "litellm_config.yaml")]
    folder.config.write_text(text)
    assert seen(runtime) == []


def test_an_upgraded_package_is_drift_of_the_image(folder: HubFolder, runtime: EmbeddedRuntime) -> None:
    state = folder.state / "embedded/gateway.json"
    kept = state.read_text()
    run = embedded_run.parse(kept)
    assert run.origin is not None
    state.write_text(embedded_run.dump(replace(run, origin=replace(run.origin, version="1.0.0"))))
    assert seen(runtime) == [("image", "litellm")]
    assert gateway(runtime).instances[0].image == "litellm 1.0.0"
    state.write_text(kept)


def obstacles(runtime: EmbeddedRuntime) -> list[str]:
    return [each.message for each in runtime.obstacles("litellm")]


def test_an_env_file_that_is_gone_is_a_note_and_no_drift(folder: HubFolder, runtime: EmbeddedRuntime) -> None:
    env = folder.root / "env/litellm.env"
    away = env.rename(env.with_suffix(".away"))
    try:
        assert runtime.drift("litellm") == ()
        (note,) = [note for note in runtime.snapshot(timeout_s=5).notes if "unknown" in note]
        assert note == f"whether the environment of litellm is still right is unknown: {env} is missing"
        assert f"{env} is missing" in obstacles(runtime)
    finally:
        away.rename(env)


def test_what_would_stop_a_start_is_told_before(folder: HubFolder, runtime: EmbeddedRuntime) -> None:
    assert obstacles(runtime) == []
    away = folder.config.rename(folder.config.with_suffix(".away"))
    try:
        assert obstacles(runtime) == [f"{folder.config} is missing"]
    finally:
        away.rename(folder.config)


def test_no_value_is_kept_with_the_start(folder: HubFolder) -> None:
    text = (folder.state / "embedded/gateway.json").read_text()
    assert KEY not in text
    assert PASSWORD not in text
    assert set(json.loads(text)["origin"]["environment"]) >= {"LITELLM_MASTER_KEY", "REDIS_PASSWORD"}


def test_the_memory_of_an_earlier_hubctl_says_nothing_of_drift(folder: HubFolder, runtime: EmbeddedRuntime) -> None:
    state = folder.state / "embedded/gateway.json"
    kept = state.read_text()
    data = json.loads(kept)
    del data["origin"]
    state.write_text(json.dumps(data))
    folder.config.write_text(folder.config.read_text() + "\n")
    try:
        assert runtime.drift("litellm") == ()
    finally:
        folder.config.write_text(folder.config.read_text()[:-1])
        state.write_text(kept)


def test_a_gateway_that_has_ended_has_no_drift(folder: HubFolder, runtime: EmbeddedRuntime) -> None:
    runtime.down(volumes=False, progress=silent)
    folder.config.write_text(folder.config.read_text() + "\n")
    assert seen(runtime) == []
