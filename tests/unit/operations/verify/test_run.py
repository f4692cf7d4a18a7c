"""All claims together: the document, what happens to the second gateway, one verify at a time, and the reports."""

import itertools
import json
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubctl.adapters.state.lock import hub_lock
from hubctl.core.compose.stack import Address, LogLine
from hubctl.errors import BadFile, Busy, EngineRefused, GatewayRefused, GatewayUnreachable
from hubctl.operations import verify
from hubctl.operations.stack.status import HubInfo
from hubctl.operations.verify import ClaimResult, Verification, report, routing
from hubctl.operations.verify.running import Running
from hubctl.runtimes import SecondGateway
from tests.fakes import FakeRuntime, instance, run_of
from tests.losing import lost_after
from tests.real_servers import free_port
from tests.scripted_gateway import Asked, completion, gateway, streamed
from tests.servers import drops_at_once, reply
from tests.verifying import running

CONFIG = """\
model_list:
  - {model_name: "llama3.2:3b", litellm_params: {model: "ollama_chat/llama3.2:3b"}}
router_settings: {num_retries: 1, model_group_alias: {llama3: "llama3.2:3b"}}
"""
NAMES = [each.id for each in verify.CLAIMS] + [each.claim.id for each in routing.CLAIMS]
USED = {"services_healthy", "models_listed", "models_complete", "models_stream", "aliases", "status_soon"}
USED |= {"parallel_requests", "call_logged", "bodies_not_logged", "retries"}


@contextmanager
def sound_hub(root: Path) -> Iterator[tuple[Running, FakeRuntime]]:
    """A hub of which everything is true; its second gateway is a scripted one, too."""
    count, log = itertools.count(), list[LogLine]()

    def chat(asked: Asked) -> bytes:
        log.append(LogLine("litellm", f'"POST {asked.target} HTTP/1.1" 200 OK'))
        by = {"x-litellm-model-name": "ollama_chat/llama3.2:3b"}
        return streamed("Yes") if asked.body.get("stream") else completion(identity=str(next(count)), headers=by)

    with gateway(chat) as address, gateway(lambda _: completion('{"retried": 2}')) as second:
        runtime = FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]], log=log)
        runtime.second = SecondGateway(second, "sk-x", lambda: False, list)
        yield running(address, CONFIG, runtime=runtime, root=root), runtime


def by_id(result: Verification) -> dict[str, ClaimResult]:
    return {claim.id: claim for claim in result.claims}


def test_a_sound_hub_proves_every_claim_that_it_makes(tmp_path: Path) -> None:
    progress: list[str] = []
    with sound_hub(tmp_path) as (hub, runtime):
        result = verify.run(hub, progress.append)
    assert [claim.id for claim in result.claims] == NAMES
    assert {claim.id for claim in result.claims if claim.ok} == USED
    assert {claim.id: claim.state for claim in result.claims if claim.ok is None} == dict.fromkeys(
        set(NAMES) - USED, "not_configured"
    )
    assert (result.proved, result.failed, result.not_configured) == (len(USED), 0, len(NAMES) - len(USED))
    assert result.exit_code == 0
    assert all(claim.evidence for claim in result.claims)
    assert by_id(result)["rate_limit"].evidence == "not configured: no active model has rpm or tpm"
    assert result.versions == {"hubctl": "0.1.0", "litellm": "1.106.2"}
    assert runtime.done[-2:] == ["second gateway like litellm", "second gateway removed"]
    assert progress[0] == "proving: every service but the gateway's cache is healthy"
    assert "proving: a call that fails is tried again" in progress


def test_one_failure_is_exit_1_and_leaves_the_others(tmp_path: Path) -> None:
    with sound_hub(tmp_path) as (hub, runtime):
        runtime.log = ()
        result = verify.run(hub)
    assert [claim.id for claim in result.claims if claim.ok is False] == ["call_logged"]
    assert (result.failed, result.exit_code) == (1, 1)


def test_a_second_gateway_that_does_not_come_fails_only_what_needs_it(tmp_path: Path) -> None:
    with sound_hub(tmp_path) as (hub, runtime):
        runtime.second = SecondGateway(Address("127.0.0.1", free_port()), "sk-x", lambda: True, lambda: ["no memory"])
        result = verify.run(hub)
    assert [claim.id for claim in result.claims if claim.ok is False] == ["retries"]
    assert by_id(result)["retries"].evidence == "the second gateway ended: no memory"
    assert runtime.done[-1] == "second gateway like litellm"


@pytest.mark.parametrize("requests", [9, 11, 20])
def test_a_gateway_that_is_lost_on_the_way_ends_it_and_leaves_what_was_proved(tmp_path: Path, requests: int) -> None:
    with lost_after(requests) as (address, loss):
        result = verify.run(running(address, CONFIG, root=tmp_path))
    assert loss.stolen == []
    assert [claim.id for claim in result.claims] == NAMES
    assert result.claims[0].ok is True
    assert result.claims[-1].evidence == verify.NOT_TRIED
    assert (result.exit_code, result.failure and result.failure.code) == (4, "gateway_lost")
    told = json.loads((tmp_path / ".hubctl" / verify.RESULT_FILE).read_text())
    assert (told["ok"], told["data"]["proved"]) == (False, result.proved)
    assert f"{address} is not known to be this hub's gateway any more" in told["error"]["message"]


class Stuck(FakeRuntime):
    """A runtime that cannot remove its second gateway."""

    @contextmanager
    def second_gateway(self, service: str, config: str, *, progress: object) -> Iterator[SecondGateway]:
        assert self.second
        yield self.second
        raise EngineRefused("the second gateway could not be removed")


def test_one_that_stays_behind_is_an_error(tmp_path: Path) -> None:
    with sound_hub(tmp_path) as (hub, runtime):
        stuck = Stuck(runtime.views, log=runtime.log, second=runtime.second)
        with pytest.raises(EngineRefused, match="could not be removed"):
            verify.run(running(hub.gateway.address, CONFIG, runtime=stuck, root=tmp_path))


def test_without_a_use_for_it_there_is_no_second_gateway(tmp_path: Path) -> None:
    with sound_hub(tmp_path) as (hub, runtime):
        plain = CONFIG.replace("num_retries: 1, ", "")
        verify.run(running(hub.gateway.address, plain, runtime=runtime, root=tmp_path))
    assert not [what for what in runtime.done if "second" in what]


def test_the_last_result_is_kept_for_its_user_alone(tmp_path: Path) -> None:
    with sound_hub(tmp_path) as (hub, _):
        result = verify.run(hub)
    kept = tmp_path / ".hubctl" / "verify.json"
    data = json.loads(kept.read_text())["data"]
    assert data["checked_at"] == result.checked_at
    assert [claim["id"] for claim in data["claims"]] == NAMES
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_there_is_one_verify_of_a_hub_at_a_time(tmp_path: Path) -> None:
    (tmp_path / ".hubctl").mkdir()
    with (
        sound_hub(tmp_path) as (hub, runtime),
        hub_lock(tmp_path / ".hubctl" / "verify.lock", "verify"),
        pytest.raises(Busy, match="another hubctl is at work on this hub: `hubctl verify`"),
    ):
        verify.run(hub)
    assert runtime.done == []
    with sound_hub(tmp_path) as (hub, _):
        assert verify.run(hub).exit_code == 0


def test_without_a_gateway_nothing_is_proved_or_remembered(tmp_path: Path) -> None:
    gone = running(Address("127.0.0.1", free_port()), root=tmp_path)
    with pytest.raises(GatewayUnreachable, match="so nothing can be proved"):
        verify.run(gone)
    with (
        gateway(others={"/v1/models": reply(401, {})}) as address,
        pytest.raises(GatewayRefused, match="refuses the key"),
    ):
        verify.run(running(address, root=tmp_path))
    assert not (tmp_path / ".hubctl" / "verify.json").exists()


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / ".hubctl").write_text("in the way")
    with sound_hub(tmp_path) as (hub, _), pytest.raises(BadFile, match=r"\.hubctl"):
        verify.run(hub)


def test_an_endpoint_that_breaks_is_a_failed_claim_and_no_crash(tmp_path: Path) -> None:
    with gateway(others={"/v1/models": drops_at_once}) as address:
        hub = running(address, CONFIG.replace("num_retries: 1, ", ""), root=tmp_path)
        result = verify.run(hub)
    assert by_id(result)["models_listed"].ok is False
    assert by_id(result)["status_soon"].ok is False


ODD = "saw `x` | <b>y</b>\nand\\more\x1b[2J"


def result_with(*claims: ClaimResult) -> Verification:
    hub = HubInfo(Path("/srv/my_hub"), "my|hub", "compose")
    return Verification(hub, "2026-11-24T19:00:00+00:00", {"hubctl": "0.1.0"}, ("a_b",), claims, 1, 1, 0, 2.5)


SEEN = result_with(
    ClaimResult("a", "it | works", ok=True, state="proved", evidence=ODD, elapsed_s=0.1),
    ClaimResult("b", "it breaks", ok=False, state="failed", evidence="*no*", elapsed_s=1.25),
    ClaimResult("c", "it is there", ok=None, state="not_configured", evidence="not configured: unused", elapsed_s=0.0),
)


def test_the_markdown_is_a_table_whatever_the_evidence_holds() -> None:
    text = report.markdown(SEEN)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0] == "| claim | result | evidence | s |"
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [5] * 5
    assert rows[2] == (
        "| it \\| works | proved | saw \\`x\\` \\| \\<b\\>y\\</b\\> and\\\\more\N{REPLACEMENT CHARACTER}\\[2J | 0.10 |"
    )
    assert rows[3] == "| it breaks | **failed** | \\*no\\* | 1.25 |"
    assert rows[4] == "| it is there | not configured | unused | 0.00 |"
    for words in (
        "- hub: /srv/my\\_hub",
        "- project: my\\|hub",
        "- runtime: compose",
        "- versions: hubctl 0.1.0",
        "- demo: the answers of a\\_b are",
    ):
        assert words in text
    assert "- result: 1 proved, 1 failed, 0 not configured" in text


def test_the_json_report_is_the_document(tmp_path: Path) -> None:
    report.write(SEEN, tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["data"]["claims"][1]["ok"] is False
    report.write(SEEN, tmp_path / "r.md")
    assert (tmp_path / "r.md").read_text() == report.markdown(SEEN)


def test_a_report_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"nowhere/r\.md cannot be written: No such file"):
        report.write(SEEN, tmp_path / "nowhere" / "r.md")
