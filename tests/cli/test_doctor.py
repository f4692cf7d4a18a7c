"""`hubctl doctor` as scripts see it: its keys, exit codes, its page and its report."""

from pathlib import Path

from tests.conftest import Run
from tests.fakes import AWAY, FakeInside, FakeRuntime, instance, run_of, well

DIAGNOSIS = ["hub", "headline", "findings", "errors", "warnings", "hops", "elapsed_ms", "notes"]
FINDING = [
    *("rule", "severity", "file", "line", "column", "end_line", "end_column"),
    *("message", "effect", "fix", "fixable", "url", "hop", "follows_from"),
]
HOP = ["hop", "rule", "title", "state", "detail", "follows_from"]

STOPPED = [run_of("litellm", "gateway", instance(status="exited", exit_code=3)), well("redis", "cache")]


def test_doctor_has_these_keys(run: Run) -> None:
    ended = run("doctor", "--json", "--timeout", "2", runtime=FakeRuntime([STOPPED]))
    assert ended.exit_code == 1
    assert list(ended.document) == ["schema", "ok", "data"]
    assert list(ended.data) == DIAGNOSIS
    assert list(ended.data["findings"][0]) == FINDING
    assert list(ended.data["hops"][0]) == HOP
    assert ended.data["headline"] == "gateway container"


def test_the_page_ends_with_the_headline_and_shows_what_follows(run: Run) -> None:
    shown = run("doctor", "--timeout", "2", runtime=FakeRuntime([STOPPED])).stdout
    assert shown.splitlines()[-1] == "broken: the gateway's container"
    assert (
        "error DOC102: the gateway's container: litellm: exited (exit 3)\n   fix: `hubctl up`\n   so also: the" in shown
    )


def test_an_engine_that_is_away_is_broken_and_no_failure_of_doctor(run: Run) -> None:
    ended = run("doctor", "--json", "--timeout", "2", runtime=FakeRuntime([], engine=AWAY))
    assert (ended.exit_code, ended.data["headline"]) == (1, "engine")


def test_no_hub_could_not_be_done(run: Run, tmp_path: Path) -> None:
    ended = run("doctor", "--json", "--hub", str(tmp_path / "nowhere"))
    assert (ended.exit_code, ended.document["ok"]) == (4, False)


def test_a_report_is_written_beside_the_result_and_its_place_is_checked_first(run: Run, hub_folder: Path) -> None:
    runtime = FakeRuntime([STOPPED], insides={"redis": FakeInside()})
    assert run("doctor", "--timeout", "2", "--report", "new/report.md", runtime=runtime).exit_code == 1
    assert (hub_folder / "new/report.md").read_text().startswith("# hubctl doctor\n")
    refused = run("doctor", "--json", "--report", ".", runtime=FakeRuntime([STOPPED]))
    assert (refused.exit_code, refused.document["error"]["code"]) == (4, "bad_file")


def test_what_could_not_be_looked_at_is_not_passed_over(run: Run) -> None:
    shown = run("doctor", "--timeout", "2", runtime=FakeRuntime([[well("redis", "cache")]])).stdout
    assert shown.splitlines()[-1].startswith("nothing is broken; ")
    assert shown.splitlines()[-1].endswith(" could not be looked at")
