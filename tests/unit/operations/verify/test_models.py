"""Claims about services and models: when each is proved, and what makes it fail."""

import pytest

from hubctl.core.compose.stack import Address
from hubctl.operations.verify import models
from hubctl.operations.verify.finding import Unproved
from tests.fakes import AWAY, FakeRuntime, instance, run_of, well
from tests.real_servers import free_port
from tests.scripted_gateway import Asked, completion, streamed
from tests.servers import drops_at_once, reply
from tests.verifying import CONFIG, PAID_ONLY, hub, running

CACHED = CONFIG + "litellm_settings: {cache: true, cache_params: {host: redis}}\n"
NOWHERE = Address("127.0.0.1", 1)


def test_services_that_are_all_well_are_named() -> None:
    runtime = FakeRuntime([[well(), well("db", "database")]])
    finding = models.healthy(running(NOWHERE, runtime=runtime))
    assert (finding.state, finding.evidence) == ("proved", "2 of 2 healthy: litellm, db")


def test_a_service_that_is_not_well_is_named_with_its_state() -> None:
    runtime = FakeRuntime([[well(), run_of("db", "database", instance("db", status="exited", exit_code=1))]])
    finding = models.healthy(running(NOWHERE, runtime=runtime))
    assert (finding.state, finding.evidence) == ("failed", "db is stopped: exited (exit 1)")


def test_an_engine_that_is_away_is_a_failure() -> None:
    finding = models.healthy(running(NOWHERE, runtime=FakeRuntime([[well()]], engine=AWAY)))
    assert finding.state == "failed"
    assert finding.evidence.startswith("no Docker engine")


@pytest.mark.parametrize(
    ("config", "state"),
    [
        (CACHED, "proved"),
        (CONFIG, "failed"),
        (CACHED.replace("host: redis", "host: redis, mode: default_off"), "failed"),
    ],
)
def test_a_sick_redis_is_left_to_the_claim_about_the_cache_only_where_there_is_one(config: str, state: str) -> None:
    runtime = FakeRuntime([[well(), run_of("redis", "cache", instance("redis", status="paused"))]])
    finding = models.healthy(running(NOWHERE, config, runtime=runtime))
    assert finding.state == state
    assert ("judged by the claim about the cache" in finding.evidence) == (state == "proved")


def test_every_active_model_and_alias_must_be_listed() -> None:
    def listing(*names: str) -> dict[str, bytes]:
        return {"/v1/models": reply(200, {"data": [{"id": name} for name in names]})}

    with hub(others=listing("llama3.2:3b", "gpt", "llama3")) as whole:
        assert models.listed(whole).evidence == "3 of 3 in /v1/models: llama3.2:3b, gpt, llama3"
    with hub(others=listing("llama3.2:3b")) as dropped:
        finding = models.listed(dropped)
    assert (finding.state, finding.evidence) == ("failed", "2 of 3 not in /v1/models: gpt, llama3")


def test_hidden_aliases_and_patterns_need_not_be_listed() -> None:
    config = 'model_list: [{model_name: "ollama/*", litellm_params: {model: "ollama/*"}}]\n'
    config += 'router_settings: {model_group_alias: {x: {model: "ollama/*", hidden: true}}}'
    with hub(config=config) as only_patterns:
        assert models.listed(only_patterns).state == "not_configured"


def test_only_free_models_are_asked_each_whole_and_streamed() -> None:
    asked: list[Asked] = []

    def chat(each: Asked) -> bytes:
        asked.append(each)
        return streamed("Yes", ".") if each.body.get("stream") else completion()

    with hub(chat) as found:
        whole, stream = models.complete(found), models.stream(found)
    assert (whole.state, stream.state) == ("proved", "proved")
    assert whole.evidence.startswith("llama3.2:3b: HTTP 200, 3 tokens in 0.")
    assert "first text after 0." in stream.evidence
    assert [(each.model, each.body.get("stream", False)) for each in asked] == [
        ("llama3.2:3b", False),
        ("llama3.2:3b", True),
    ]


def test_a_canned_answer_is_called_a_demo() -> None:
    with hub(demo=frozenset({"llama3.2:3b"})) as demo:
        assert models.complete(demo).evidence.endswith("demo: the answer is canned")


def test_a_hub_of_paid_models_alone_is_not_asked() -> None:
    def chat(_: Asked) -> bytes:
        raise AssertionError("a paid model was asked")

    with hub(chat, PAID_ONLY) as paid:
        for claim in (models.complete, models.stream):
            with pytest.raises(Unproved) as caught:
                claim(paid)
            assert caught.value.finding.state == "not_configured"
        assert models.aliases(paid).state == "not_configured"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (completion("model 'llama3.2:3b' not found", status=404), "Ollama has not pulled llama3.2:3b"),
        (completion("  "), "no text"),
        (completion("", status=500), "HTTP 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "what is no chat completion"),
        (b"", "no usable answer"),
    ],
)
def test_a_model_without_a_whole_answer_fails(answer: bytes, words: str) -> None:
    with hub(lambda _: answer) as broken:
        for claim in (models.complete, models.stream):
            finding = claim(broken)
            assert finding.state == "failed"
            assert finding.evidence.startswith("llama3.2:3b: ")
            assert words in finding.evidence


def test_a_stream_in_one_piece_and_one_that_breaks_off_fail() -> None:
    with hub(lambda _: completion()) as in_one_piece:
        assert "in one piece" in models.stream(in_one_piece).evidence
        assert models.stream(in_one_piece).state == "failed"
    with hub(lambda _: streamed("Yes", ends=False)) as broken:
        assert "broke off" in models.stream(broken).evidence
        assert models.stream(broken).state == "failed"


def test_an_alias_must_be_answered_by_an_entry_of_its_model() -> None:
    by = {"x-litellm-model-name": "ollama_chat/llama3.2:3b"}
    with hub(lambda _: completion(headers=by)) as right:
        assert models.aliases(right).evidence == "llama3 was answered by ollama_chat/llama3.2:3b (= llama3.2:3b)"
        assert models.aliases(right).state == "proved"
    with hub(lambda _: completion(headers={"x-litellm-model-name": "ollama_chat/other"})) as wrong:
        finding = models.aliases(wrong)
    assert finding.state == "failed"
    assert finding.evidence.startswith(
        "llama3: ollama_chat/other answered, but the config says ollama_chat/llama3.2:3b"
    )
    with hub(lambda _: completion("There are no healthy deployments for this model", status=400)) as refused:
        assert models.aliases(refused).state == "failed"
    with hub(lambda _: completion()) as silent:
        assert "nobody says by which model" in models.aliases(silent).evidence


def test_an_alias_of_nothing_fails_and_no_alias_is_not_configured() -> None:
    with hub(config=CONFIG.replace('{llama3: "llama3.2:3b"}', "{lost: gone}")) as lost:
        finding = models.aliases(lost)
    assert (finding.state, finding.evidence) == (
        "failed",
        "lost: it is an alias of gone, which is no active model; see `hubctl models`",
    )
    with hub(config=CONFIG.replace('{llama3: "llama3.2:3b"}', "{}")) as plain:
        assert models.aliases(plain).state == "not_configured"


def test_a_gateway_that_is_gone_fails_for_each_model() -> None:
    gone = running(Address("127.0.0.1", free_port()))
    assert models.complete(gone).state == "failed"
    assert models.aliases(gone).state == "failed"
    with hub(others={"/v1/models": drops_at_once}) as dropping, pytest.raises(Exception, match="no answer"):
        models.listed(dropping)
