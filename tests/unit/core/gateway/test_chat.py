"""A chat completion on the wire: what a question sends, and what answers say, whole and in pieces."""

import json
from typing import Any

import pytest

from hubctl.core.gateway.chat import Chat, ChatStream, Question, read, refused


def event(body: object) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def delta(content: object = None, **more: Any) -> bytes:
    return event({"id": "chatcmpl-1", "model": "m", "choices": [{"index": 0, "delta": {"content": content}, **more}]})


def streamed(*pieces: bytes) -> ChatStream:
    """Feed the pieces, one a second."""
    stream = ChatStream()
    for second, piece in enumerate(pieces):
        stream.feed(piece, float(second))
    return stream


USAGE = event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}})
DONE = b"data: [DONE]\n\n"
WHOLE = delta("Hel") + delta("lo") + delta(None, finish_reason="stop") + USAGE + DONE


def test_a_question_asks_the_model_itself_and_for_the_usage_of_a_stream() -> None:
    assert Question("m", "hi").body == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 1024,
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache": {"no-cache": True, "no-store": True},
        "disable_fallbacks": True,
        "num_retries": 0,
    }


def test_a_question_can_take_the_way_that_clients_take() -> None:
    question = Question("m", "hi", "be short", 5, 0.0, stream=False, allow_cached=True, through_fallbacks=True)
    assert question.body == {
        "model": "m",
        "messages": [{"role": "system", "content": "be short"}, {"role": "user", "content": "hi"}],
        "max_tokens": 5,
        "temperature": 0.0,
    }


@pytest.mark.parametrize(("max_tokens", "limit_bytes"), [(1, 1_000_000), (1024, 1_024_000), (100_000, 100_000_000)])
def test_more_tokens_may_take_more_bytes(max_tokens: int, limit_bytes: int) -> None:
    assert Question("m", "hi", max_tokens=max_tokens).limit_bytes == limit_bytes


def test_a_stream_is_put_together_with_its_usage() -> None:
    stream = streamed(WHOLE)
    assert stream.chat == Chat("Hello", "", "stop", 3, 2, "chatcmpl-1", "m")
    assert stream.done


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_stream_may_come_in_any_pieces(size: int, ends: bytes) -> None:
    raw = WHOLE.replace(b"\n", ends)
    assert streamed(*(raw[at : at + size] for at in range(0, len(raw), size))).chat == streamed(WHOLE).chat


def test_the_first_text_is_the_first_visible_one() -> None:
    thinking = event({"choices": [{"delta": {"reasoning_content": "hm", "content": None}}]})
    stream = streamed(b": ping\n\n", delta(""), thinking, delta(" \n"), delta("Yes"), delta("!"))
    assert stream.first_text_s == 4.0
    assert stream.chat.text == " \nYes!"
    assert stream.chat.thought == "hm"


@pytest.mark.parametrize("raw", [b"", b": only comments\n\n", delta(""), USAGE, DONE, b"data: hello"])
def test_without_text_there_is_no_first_one(raw: bytes) -> None:
    assert streamed(raw).first_text_s is None


def test_each_chunk_may_carry_another_id() -> None:
    chunks = [event({"id": f"chatcmpl-{n}", "choices": [{"delta": {"content": str(n)}}]}) for n in range(3)]
    assert streamed(*chunks).chat == Chat("012", id="chatcmpl-0")


def test_an_error_in_the_middle_is_kept_beside_what_came_before() -> None:
    stream = streamed(delta("Hel"), event({"error": {"message": "boom", "code": "500"}}), DONE)
    assert (stream.chat.text, stream.chat.error, stream.done) == ("Hel", "boom", True)


@pytest.mark.parametrize("error", ["boom", {"message": "boom"}])
def test_an_error_has_its_message_wherever_it_stands(error: object) -> None:
    assert streamed(event({"error": error})).chat.error == "boom"
    assert read(json.dumps({"error": error}).encode()).error == "boom"
    assert refused(json.dumps({"error": error}).encode()).error == "boom"


def test_a_null_error_is_none() -> None:
    assert read(b'{"error": null, "choices": [{"message": {"content": "hi"}}]}') == Chat("hi")


def test_what_is_not_json_is_quoted_and_the_rest_still_read() -> None:
    stream = streamed(b"data: {broken\n\n", delta("hi"), DONE)
    assert (stream.chat.garbled, stream.chat.text) == ("{broken", "hi")


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000], ids=["empty", "html", "no text", "nested too deep"]
)
def test_a_body_that_is_not_json_is_quoted(raw: bytes) -> None:
    garbled = read(raw).garbled
    assert garbled == raw[:500].decode("utf-8", "replace")


def test_a_data_event_may_have_several_lines() -> None:
    assert streamed(b'data: {"choices":\ndata:[{"delta": {"content": "hi"}}]}\n\n').chat.text == "hi"


def test_a_whole_answer_is_read_with_its_usage() -> None:
    choice = {"message": {"content": "Yes", "reasoning_content": "hm"}, "finish_reason": "length"}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    body = {"id": "chatcmpl-1", "model": "m", "choices": [choice], "usage": usage}
    assert read(json.dumps(body).encode()) == Chat("Yes", "hm", "length", 3, 2, "chatcmpl-1", "m")


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        7,
        {},
        {"choices": None},
        {"choices": []},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"message": None, "delta": None}]},
        {"choices": [{"message": {"content": 5}, "delta": {"content": ["x"]}, "finish_reason": 3}]},
        {"choices": {}, "usage": [], "id": 5, "model": None},
        {"usage": {"completion_tokens": "many"}},
    ],
)
def test_json_of_any_other_shape_says_nothing(body: object) -> None:
    assert read(json.dumps(body).encode()) == Chat()
    assert streamed(event(body)).chat == Chat()


@pytest.mark.parametrize(
    ("raw", "error"),
    [(b"", ""), (b"Internal Server Error", "Internal Server Error"), (b'{"detail": "no"}', "{'detail': 'no'}")],
)
def test_a_refusal_without_an_error_in_it_is_quoted(raw: bytes, error: str) -> None:
    assert refused(raw) == Chat(error=error)


def test_a_listener_hears_the_text_of_a_stream_as_it_comes() -> None:
    heard: list[str] = []
    stream = ChatStream(heard.append)
    for piece in (WHOLE[:70], WHOLE[70:200], WHOLE[200:]):
        stream.feed(piece, 0.0)
    assert heard == ["Hel", "lo"]
    assert stream.chat.text == "Hello"
