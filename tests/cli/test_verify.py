"""`hubctl verify` on the command line: keys, exit codes, usage errors, the report, and no secret in any of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubctl.core.compose.stack import Address, LogLine
from hubctl.runtimes import SecondGateway
from tests.conftest import Ended, Run
from tests.fakes import FakeRuntime, instance, run_of
from tests.real_servers import free_port
from tests.scripted_gateway import Asked, completion, gateway, streamed

KEYS = ["hub", "checked_at", "versions", "demo", "claims", "proved", "failed", "not_configured", "elapsed_s"]
CLAIM = ["id", "claim", "ok", "state", "evidence", "elapsed_s"]
CONFIG = 'model_list: [{model_name: "llama3.2:3b", litellm_params: {model: "ollama_chat/llama3.2:3b"}}]\n'


LOG: list[LogLine] = []


@pytest.fixture
def address(hub_folder: Path) -> Iterator[Address]:
    """A gateway that is well but for one thing: all its answers have the same id."""
    LOG.clear()
    (hub_folder / "conf/litellm/litellm_config.yaml").write_text(CONFIG)

    def chat(asked: Asked) -> bytes:
        LOG.append(LogLine("litellm", asked.target))
        return streamed("Yes") if asked.body.get("stream") else completion()

    with gateway(chat) as found:
        yield found


def runtime(address: Address) -> FakeRuntime:
    return FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]], log=LOG)


def states(ended: Ended) -> dict[str, Any]:
    return {claim["id"]: claim["state"] for claim in ended.data["claims"]}


def test_verify_has_these_keys(run: Run, address: Address) -> None:
    ended = run("verify", "--json", runtime=runtime(address))
    assert list(ended.data) == KEYS
    assert list(ended.data["hub"]) == ["root", "project", "runtime"]
    assert all(list(claim) == CLAIM for claim in ended.data["claims"])
    for claim in ended.data["claims"]:
        assert claim["ok"] == {"proved": True, "failed": False, "not_configured": None}[claim["state"]]
        assert claim["evidence"].startswith("not configured: ") == (claim["ok"] is None)


def test_a_demo_is_called_one(run: Run, address: Address) -> None:
    demo = runtime(address)
    demo.demo = frozenset({"llama3.2:3b"})
    assert run("verify", "--json", runtime=demo).data["demo"] == ["llama3.2:3b"]
    assert "demo: the answers of llama3.2:3b are canned" in run("verify", runtime=demo).stdout


def test_a_failed_claim_is_exit_1_in_text_and_json(run: Run, address: Address) -> None:
    text, document = run("verify", runtime=runtime(address)), run("verify", "--json", runtime=runtime(address))
    assert (text.exit_code, document.exit_code) == (1, 1)
    assert [name for name, state in states(document).items() if state == "failed"] == ["parallel_requests"]
    assert "1 failed" in text.stdout
    assert text.stderr == document.stderr == ""


def test_a_report_is_written_beside_the_answer(run: Run, hub_folder: Path, address: Address) -> None:
    for name in ("r.md", "r.json"):
        assert run("verify", "--report", name, runtime=runtime(address)).exit_code == 1
    assert (hub_folder / "r.md").read_text().startswith("# hubctl verify\n")
    assert list(json.loads((hub_folder / "r.json").read_text())["data"]) == KEYS


@pytest.mark.parametrize("name", ["r.txt", "r", "r.MD"])
def test_another_ending_is_a_usage_error_before_anything_is_asked(run: Run, hub_folder: Path, name: str) -> None:
    ended = run("verify", "--report", name, runtime=FakeRuntime())
    assert ended.exit_code == 2
    assert [kept.name for kept in (hub_folder / ".hubctl").iterdir()] == ["lock"]


def test_a_report_that_cannot_be_written_is_said_before_anything_is_asked(
    run: Run, hub_folder: Path, address: Address
) -> None:
    ended = run("verify", "--report", "compose.local.yml/r.md", "--json", runtime=runtime(address))
    assert (ended.exit_code, ended.document["error"]["code"]) == (4, "bad_file")
    assert "compose.local.yml/r.md cannot be written" in ended.document["error"]["message"]
    assert [kept.name for kept in (hub_folder / ".hubctl").iterdir()] == ["lock"]


def test_a_gateway_that_is_away_is_exit_4(run: Run) -> None:
    ended = run("verify", "--json", runtime=runtime(Address("127.0.0.1", free_port())))
    assert (ended.exit_code, ended.document["error"]["code"]) == (4, "gateway_unreachable")


def test_no_secret_of_the_hub_is_in_what_is_said_written_or_kept(run: Run, hub_folder: Path, address: Address) -> None:
    secrets = [
        line.partition("=")[2]
        for file in (hub_folder / "env").glob("*.env")
        for line in file.read_text().splitlines()
        if len(line.partition("=")[2]) > 40
    ]
    assert len(secrets) >= 5
    with gateway(lambda _: completion("{}")) as second:
        fake = runtime(address)
        fake.second = SecondGateway(second, "sk-second-0123456789", lambda: False, list)
        text = run("verify", "--report", "r.md", runtime=fake)
    written = [text.stdout, text.stderr, (hub_folder / "r.md").read_text()]
    written.append((hub_folder / ".hubctl/verify.json").read_text())
    for secret in (*secrets, "sk-second-0123456789"):
        assert not [each for each in written if secret in each]
