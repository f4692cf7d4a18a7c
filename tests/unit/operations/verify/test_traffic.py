"""Claims about requests in general: what makes each of them fail."""

import itertools
import time
from typing import Any

import pytest

from hubctl.core.compose.stack import LogLine
from hubctl.operations.verify import traffic
from hubctl.operations.verify.finding import Finding, Unproved
from tests.scripted_gateway import Asked, completion
from tests.servers import Script, drops_at_once, reply
from tests.verifying import hub


def test_requests_at_once_are_all_answered_each_for_itself() -> None:
    count = itertools.count()
    with hub(lambda _: completion(identity=f"chatcmpl-{next(count)}")) as found:
        finding = traffic.at_once(found)
    assert finding.state == "proved"
    assert "8 of 8 at once answered" in finding.evidence


def test_one_answer_for_several_and_a_refusal_among_them_fail() -> None:
    with hub(lambda _: completion(identity="same")) as mixing:
        finding = traffic.at_once(mixing)
    assert (finding.state, "only 1 different answers" in finding.evidence) == ("failed", True)
    count = itertools.count()

    def last_one_fails(_: Asked) -> bytes:
        number = next(count)
        return completion("overloaded", status=503) if number == 8 else completion(identity=str(number))

    with hub(last_one_fails) as overloaded:
        finding = traffic.at_once(overloaded)
    assert finding.state == "failed"
    assert "1 of 8 at once were not answered: HTTP 503: overloaded" in finding.evidence


def test_status_endpoints_are_timed() -> None:
    with hub() as found:
        finding = traffic.soon(found)
    assert finding.state == "proved"
    assert "/health/liveliness" in finding.evidence


@pytest.mark.parametrize("path", traffic.STATUS_PATHS)
def test_a_slow_a_refusing_and_a_silent_status_endpoint_fail(path: str) -> None:
    def slow(peer: Any) -> None:
        time.sleep(0.11)
        peer.sendall(reply(200, {}))

    answers: dict[str, bytes | Script] = {"limit is 100 ms": slow, "HTTP 503": reply(503, {}), "closed": drops_at_once}
    for words, answer in answers.items():
        with hub(others={path: answer}) as found:
            finding = traffic.soon(found)
        assert finding.state == "failed"
        assert path in finding.evidence
        assert words in finding.evidence


def judge_log(*, line: str, claim: Any, **environment: str) -> Finding:
    """What a claim says of a gateway that writes this line for each call: {target} and {prompt} are the call's."""
    log: list[LogLine] = []

    def chat(asked: Asked) -> bytes:
        log.append(LogLine("litellm", line.format(target=asked.target, prompt=asked.prompt)))
        return completion()

    with hub(chat, log=log, environment=environment) as found:
        try:
            finding: Finding = claim(found)
        except Unproved as early:
            finding = early.finding
    return finding


ACCESS = 'INFO:     127.0.0.1:1 - "POST {target} HTTP/1.1" 200 OK'


def test_the_access_line_of_the_call_is_shown() -> None:
    finding = judge_log(line=ACCESS, claim=traffic.logged)
    assert finding.state == "proved"
    assert 'INFO: 127.0.0.1:1 - "POST /v1/chat/completions?hubctl-verify=' in finding.evidence


def test_a_log_without_that_line_fails_unless_it_was_switched_off() -> None:
    other = 'INFO: "POST /v1/chat/completions HTTP/1.1" 200 OK'
    assert judge_log(line=other, claim=traffic.logged).state == "failed"
    assert judge_log(line=other, claim=traffic.logged, LITELLM_LOG="ERROR").state == "not_configured"


def test_a_log_with_the_prompt_in_it_fails() -> None:
    finding = judge_log(line=ACCESS + " {prompt}", claim=traffic.bodies_kept_out)
    assert finding.state == "failed"
    assert "it logs what users write" in finding.evidence


def test_a_log_without_the_prompt_passes_with_and_without_access_lines() -> None:
    with_line = judge_log(line=ACCESS, claim=traffic.bodies_kept_out)
    without = judge_log(line="nothing", claim=traffic.bodies_kept_out)
    assert (with_line.state, without.state) == ("proved", "proved")
    assert "access line" in with_line.evidence
    assert "2 s after the answer" in without.evidence


def test_without_a_model_that_answers_nothing_is_said_of_the_log() -> None:
    with hub(lambda _: completion("no", status=500)) as broken:
        for claim in (traffic.at_once, traffic.logged, traffic.bodies_kept_out):
            with pytest.raises(Unproved) as caught:
                claim(broken)
            assert caught.value.finding.state == "failed"
            assert "no free model answers; llama3.2:3b: HTTP 500" in caught.value.finding.evidence
