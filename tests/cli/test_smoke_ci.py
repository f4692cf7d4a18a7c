"""What CI sees of `hubctl test-model`: its JUnit file, annotations, summary and exit code, in text and JSON alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Properties, Skipped, TestCase

from hubctl.core.compose.stack import Address
from tests.conftest import Run, run_command
from tests.fakes import GATEWAY, FakeRuntime, instance, run_of
from tests.real_servers import free_port
from tests.servers import Script, reply, routes, serving

CONFIG = """\
model_list:
  - {model_name: good, litellm_params: {model: ollama/a}}
  - {model_name: paid, litellm_params: {model: openai/b}}
"""
REFUSED: dict[str, bytes | Script] = {
    "/v1/chat/completions": reply(500, {"error": {"message": "out of\nmemory: 100%"}})
}


def runtime_at(address: Address) -> FakeRuntime:
    return FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]])


@pytest.fixture
def hub(hub_folder: Path, run: Run) -> Path:
    (hub_folder / "conf/litellm/litellm_config.yaml").write_text(CONFIG)
    return hub_folder


@pytest.fixture
def gateway() -> Iterator[FakeRuntime]:
    with serving(routes(GATEWAY)) as address:
        yield runtime_at(address)


@pytest.fixture
def broken() -> Iterator[FakeRuntime]:
    with serving(routes({**GATEWAY, **REFUSED})) as address:
        yield runtime_at(address)


def cases(path: Path) -> list[TestCase]:
    return [case for suite in JUnitXml.fromfile(str(path)) for case in suite]


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["text", "json"])
def test_a_junit_file_has_a_case_for_each_model(hub: Path, gateway: FakeRuntime, option: tuple[str, ...]) -> None:
    ended = run_command("test-model", "--junit", "out/r.xml", *option, runtime=gateway)
    good, paid = cases(hub / "out/r.xml")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert (good.name, good.is_passed, good.system_out) == ("good", True, "Yes, I am here.")
    figures = {each.name: each.value for block in good.iterchildren(Properties) for each in block}  # type: ignore[no-untyped-call]
    assert (figures["http_status"], figures["completion_tokens"], figures["demo"]) == ("200", "7", "false")
    assert isinstance(paid.result[0], Skipped)


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["text", "json"])
def test_it_is_written_when_a_model_fails(hub: Path, broken: FakeRuntime, option: tuple[str, ...]) -> None:
    ended = run_command("test-model", "good", "nosuch", "--junit", "r.xml", *option, runtime=broken)
    good, nosuch = cases(hub / "r.xml")
    assert ended.exit_code == 1
    assert isinstance(good.result[0], Failure)
    assert good.result[0].message == "HTTP 500: out of memory: 100%"
    assert isinstance(nosuch.result[0], Failure)


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["text", "json"])
def test_it_is_written_when_there_is_no_verdict(hub: Path, option: tuple[str, ...]) -> None:
    away = runtime_at(Address("127.0.0.1", free_port()))
    ended = run_command("test-model", "--junit", "r.xml", *option, runtime=away)
    assert ended.exit_code == 4
    assert isinstance(cases(hub / "r.xml")[0].result[0], Error)


@pytest.mark.parametrize("words", [("paid", "--budget", "0"), ("--wait", "0.1")], ids=["money", "no gateway"])
def test_it_is_written_when_nothing_could_be_tested(hub: Path, words: tuple[str, ...]) -> None:
    infos = {"data": [{"model_name": "paid", "model_info": {"input_cost_per_token": 1, "output_cost_per_token": 1}}]}
    script = routes({"/model/info": reply(200, infos), "/health/liveliness": reply(503, {})})
    with serving(script) as address:
        ended = run_command("test-model", *words, "--junit", "r.xml", runtime=runtime_at(address))
    (case,) = cases(hub / "r.xml")
    assert ended.exit_code == 4
    assert isinstance(case.result[0], Error)
    assert case.result[0].message in ended.stderr.replace("\n  next: ", "; ").replace("error: ", "")


def test_a_hub_without_an_active_model_is_told_and_is_an_error_in_the_report(hub: Path, gateway: FakeRuntime) -> None:
    (hub / "conf/litellm/litellm_config.yaml").write_text("model_list: []\n")
    text = run_command("test-model", "--junit", "r.xml", runtime=gateway)
    document = run_command("test-model", "--json", runtime=gateway).document
    (case,) = cases(hub / "r.xml")
    assert (text.exit_code, document["ok"], document["data"]["results"]) == (4, False, [])
    assert text.stderr.startswith(
        "error: the config has no active model, so nothing was asked\n  next: `hubctl models`"
    )
    assert isinstance(case.result[0], Error)


def test_a_report_that_cannot_be_written_is_told_before_anything_is_asked(hub: Path) -> None:
    seen: list[str] = []
    with serving(routes(GATEWAY, seen)) as address:
        ended = run_command("test-model", "--junit", ".", runtime=runtime_at(address))
    assert (ended.exit_code, seen) == (4, [])
    assert "is a folder, not a file" in ended.stderr


@pytest.mark.parametrize(("name", "code"), [("good", 4), ("nosuch", 1)])
def test_a_report_that_cannot_be_written_in_the_end_keeps_no_answer_from_being_told(
    hub: Path, gateway: FakeRuntime, name: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(hub / "summary.md"))
    words = ("test-model", name, "--junit", "/dev/full")
    text, document = run_command(*words, runtime=gateway), run_command(*words, "--json", runtime=gateway).document
    assert (text.exit_code, name in text.stdout) == (code, True)
    assert "error: /dev/full cannot be written: No space left on device\n  next: " in text.stderr
    assert (document["ok"], document["error"]["code"]) == (False, "bad_file")
    assert document["data"]["results"][0]["model"] == name
    assert name in (hub / "summary.md").read_text()


ANNOTATION = "::error title=hubctl test-model good::HTTP 500: out of memory: 100%25\n"


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["text", "json"])
def test_annotations_go_to_stderr_so_that_stdout_stays_the_result(
    hub: Path, broken: FakeRuntime, option: tuple[str, ...]
) -> None:
    ended = run_command("test-model", "good", "--github", *option, runtime=broken)
    assert (ended.exit_code, ended.stderr) == (1, ANNOTATION)
    assert "::" not in ended.stdout
    assert not option or ended.data["failed"] == 1


def test_in_github_actions_they_come_by_themselves_with_a_summary(
    hub: Path, broken: FakeRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = hub / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert run_command("test-model", "good", runtime=broken).stderr == ANNOTATION
    before, title, *_ = summary.read_text().splitlines()
    assert (before, title) == ("before", "### hubctl test-model: 0 passed, 1 failed, 0 errors, 0 skipped")


def test_elsewhere_there_are_none(hub: Path, broken: FakeRuntime) -> None:
    assert run_command("test-model", "good", runtime=broken).stderr == ""


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--repeat", "0"), "--repeat"),
        (("--jobs", "65"), "--jobs"),
        (("--max-tokens", "0"), "--max-tokens"),
        (("--temperature", "3"), "--temperature"),
        (("--temperature", "nan"), "--temperature"),
        (("--retries", "-1"), "--retries"),
        (("--max-latency", "nan"), "--max-latency"),
        (("--wait", "0"), "--wait"),
        (("--budget", "much"), "--budget"),
    ],
)
def test_what_makes_no_sense_is_refused_as_usage(hub: Path, words: tuple[str, ...], problem: str) -> None:
    ended = run_command("test-model", *words)
    assert ended.exit_code == 2
    assert problem in ended.stderr


def test_models_tells_what_the_last_smoke_test_said(hub: Path, gateway: FakeRuntime) -> None:
    def usable() -> dict[str, tuple[str, str]]:
        rows = run_command("models", "--json", runtime=gateway).data["models"]
        return {row["name"]: (row["usable"], row["reason"]) for row in rows}

    never = ("unknown", "never tested: `hubctl test-model` does")
    assert usable() == {"good": never, "paid": never}
    run_command("test-model", runtime=gateway)
    assert usable() == {"good": ("yes", "answered just now"), "paid": never}
    assert "answered just now" in run_command("models", runtime=gateway).stdout
    (hub / "conf/litellm/litellm_config.yaml").write_text(CONFIG.replace("ollama/a", "ollama/b"))
    assert usable()["good"] == ("unknown", "tested just now, but its entry or key was changed since")


def test_an_entry_that_is_not_active_is_not_usable(hub: Path, gateway: FakeRuntime) -> None:
    (hub / "conf/litellm/litellm_config.yaml").write_text(
        "model_list:\n  # - model_name: spare\n  #   litellm_params: {model: ollama/a}\n  - model_name: broken\n"
        "router_settings: {model_group_alias: {lost: nowhere}}\n"
    )
    rows = run_command("models", "--json", runtime=gateway).data["models"]
    assert [(row["name"], row["usable"]) for row in rows] == [("spare", "no"), ("broken", "no"), ("lost", "no")]
    assert rows[2]["reason"].startswith("it is an alias of nowhere")
