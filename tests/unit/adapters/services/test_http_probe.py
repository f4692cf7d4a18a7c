import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services import http_probe
from hubctl.adapters.services.http_probe import UnsendableHeader, get
from hubctl.core.compose.stack import Address
from hubctl.core.probe import Answer, NoAnswer
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, routes, sends, serving

OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def taking_less_than(limit_s: float) -> Iterator[None]:
    started_at = time.monotonic()
    yield
    assert time.monotonic() - started_at < limit_s


def ask(script: Script, timeout_s: float = 5.0) -> Answer:
    with serving(script) as address:
        return get(address, "/", deadline=Deadline(timeout_s))


def failure(script: Script, timeout_s: float = 5.0) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        ask(script, timeout_s)
    return caught.value


def test_an_answer_has_status_headers_body_and_latency() -> None:
    answer = ask(sends(reply(200, {"status": True})))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"status": True}
    assert 0 < answer.latency_ms < 5000


@pytest.mark.parametrize(
    "wire",
    [
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n3\r\n 2]\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n[1, 2]",
        OK + b"\r\n[1, 2]",
        OK + b"Content-Length: nonsense\r\n\r\n[1, 2]",
        OK + b"Content-Length: 6\r\n\r\n[1, 2] and more than was announced",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 6\r\n\r\n[1, 2]",
    ],
    ids=["chunked", "HTTP/1.0", "ended by closing", "senseless length", "more than announced", "continue first"],
)
def test_every_form_of_body_is_read(wire: bytes) -> None:
    assert ask(sends(wire)).json() == [1, 2]


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    seen: list[str] = []
    redirect = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    answer = ask(routes({"/": redirect}, seen))
    assert (answer.status, answer.headers["location"], len(seen)) == (302, "/elsewhere", 1)


def test_proxy_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert ask(sends(reply(200, []))).status == 200


def test_ipv6_is_spoken_and_named_in_the_host_header() -> None:
    seen: list[str] = []
    try:
        with serving(routes({"/": reply(200, [])}, seen), host="::1") as address:
            assert get(address, "/", deadline=Deadline(5)).status == 200
    except OSError:
        pytest.skip("needs IPv6 on the loopback interface")
    assert f"Host: [::1]:{address.port}\r\n" in seen[0]


def test_a_name_with_several_addresses_reaches_the_one_that_listens() -> None:
    with serving(sends(reply(200, []))) as address:
        assert get(Address("localhost", address.port), "/", deadline=Deadline(5)).status == 200


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        (drops_at_once, "dropped", "closed the connection before it answered"),
        (sends(b""), "dropped", "closed the connection before it answered"),
        (sends(OK + b"Content-Length: 100\r\n\r\nhalf"), "dropped", "closed the connection half-way"),
        (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n64\r\nhalf"), "dropped", "closed the connection half-way"),
        (sends(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "garbage", "not HTTP"),
        (sends(b"\x00\xff\x16\x03\x01" * 20 + b"\n"), "garbage", "not HTTP"),
        (sends(b"HTTP/1.1 abc OK\r\n\r\n"), "garbage", "not HTTP"),
        (sends(OK + b"X-Huge: " + b"x" * 100_000 + b"\r\n\r\n"), "garbage", "not HTTP"),
        (sends(OK + b"X-Many: 1\r\n" * 1000 + b"\r\n"), "garbage", "not HTTP"),
        (floods(b"no line ever ends here "), "garbage", "not HTTP"),
    ],
)
def test_a_server_that_breaks_the_rules_is_told_in_plain_words(script: Script, kind: str, words: str) -> None:
    with taking_less_than(3):
        error = failure(script)
    assert error.kind == kind
    assert words in error.detail


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (never_answers, "accepted the connection and did not answer within 0.3 s"),
        (drips(b"H"), "did not finish its answer within 0.3 s"),
        (sends(OK, then=drips(b"X-Slow: 1\r\n")), "did not finish its answer"),
        (sends(OK + b"Content-Length: 1000\r\n\r\n", then=drips(b"x")), "did not finish its answer"),
        (sends(OK + b"Content-Length: 1000\r\n\r\nhalf", then=never_answers), "did not finish its answer"),
        (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n", then=drips(b"1\r\nx\r\n")), "did not finish its answer"),
        (floods(b"HTTP/1.1 100 Continue\r\n\r\n"), "did not finish its answer"),
    ],
)
def test_the_whole_request_ends_by_the_deadline(script: Script, words: str) -> None:
    with taking_less_than(1.5):
        error = failure(script, timeout_s=0.3)
    assert error.kind == "timeout"
    assert words in error.detail


@pytest.mark.parametrize("head", [b"Content-Length: 50000000\r\n\r\n", b"\r\n"])
def test_a_huge_body_is_cut_quickly(head: bytes) -> None:
    with taking_less_than(3):
        error = failure(sends(OK + head, then=floods(b"x" * 1_000_000, count=50)), timeout_s=10)
    assert (error.kind, error.detail) == ("too_large", "sent more than 2 MB")


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    with serving(sends(reply(200, b"1234"))) as address:
        assert get(address, "/", deadline=Deadline(5), limit_bytes=4).body == b"1234"


def test_a_server_that_does_not_accept_ends_by_the_deadline() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):  # fill the queue of connections that nobody accepts
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        with (
            taking_less_than(1.5),
            pytest.raises(NoAnswer, match=r"did not accept a connection within 0\.3 s") as caught,
        ):
            get(Address("127.0.0.1", listener.getsockname()[1]), "/", deadline=Deadline(0.3))
    assert caught.value.kind == "timeout"


def test_a_closed_port_is_refused() -> None:
    with serving(never_answers) as address:
        pass
    with pytest.raises(NoAnswer, match=f"nothing listens on {address}") as caught:
        get(address, "/", deadline=Deadline(5))
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "", "nul\0byte", "é" * 70])
def test_a_host_that_is_not_one_is_unresolved(host: str) -> None:
    with pytest.raises(NoAnswer, match="no address is known") as caught:
        get(Address(host, 80), "/", deadline=Deadline(5))
    assert caught.value.kind == "unresolved"


def test_a_deadline_that_has_passed_is_a_timeout() -> None:
    with serving(never_answers) as address, pytest.raises(NoAnswer) as caught:
        get(address, "/", deadline=Deadline(0))
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe\x00", b"<html></html>", b"[" * 200_000, b'{"a":' * 200_000, b"1" * 5000],
    ids=["empty", "cut", "not UTF-8", "HTML", "deep list", "deep object", "huge number"],
)
def test_a_body_that_is_no_json_is_garbage(body: bytes) -> None:
    answer = ask(sends(reply(200, body)))
    with pytest.raises(NoAnswer, match="where JSON was due") as caught:
        answer.json()
    assert caught.value.kind == "garbage"


@pytest.mark.parametrize(
    "value", ["a\r\nX-Evil: 1", "a\r\n folded", "a\n", "a\0", "\x1b[31m", "\x7f", "ключ", "\udc80"]
)
def test_a_header_value_that_cannot_be_sent_is_refused_unseen(value: str) -> None:
    seen: list[str] = []
    with serving(routes({}, seen)) as address, pytest.raises(UnsendableHeader) as caught:
        get(address, "/", deadline=Deadline(5), headers={"Authorization": value})
    assert seen == []
    assert value not in str(caught.value)


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (reply(404, b"<html>", "text/html"), "HTTP 404 with an HTML page"),
        (reply(500, b"oops", "text/plain"), "HTTP 500 with text"),
        (reply(200, [], "application/json; charset=utf-8"), "HTTP 200 with JSON"),
        (reply(200, b"\x89PNG", "image/png"), "HTTP 200 with data of some other kind"),
        (reply(204, b""), "HTTP 204 with nothing in it"),
    ],
)
def test_the_summary_says_what_answered(wire: bytes, words: str) -> None:
    assert ask(sends(wire)).summary() == words


def test_no_bytes_from_a_server_cause_anything_but_an_answer_or_no_answer() -> None:
    pieces = st.sampled_from([OK, b"\r\n", b"Content-Length: ", b"-1", b"Transfer-Encoding: chunked\r\n", b"\r\n\r\n0"])
    current = [b""]

    def script(peer: socket.socket) -> None:
        sends(current[0])(peer)

    with serving(script) as address:

        @settings(max_examples=150, deadline=None)
        @given(st.lists(pieces | st.binary(max_size=20), max_size=8).map(b"".join))
        def ask_anything(wire: bytes) -> None:
            current[0] = wire
            try:
                answer = get(address, "/", deadline=Deadline(5))
                answer.json()
            except NoAnswer as error:
                assert error.detail  # noqa: PT017 - either outcome is fine, as long as it is one of the two

        ask_anything()


def test_a_body_is_posted_as_json_and_without_one_it_is_a_get() -> None:
    seen: list[str] = []
    with serving(routes({"/": reply(200, {})}, seen)) as address:
        http_probe.ask(address, "/", deadline=Deadline(5), body={"a": 1}, headers={"X-Own": "yes"})
        http_probe.ask(address, "/", deadline=Deadline(5))
    posted, got = (request.partition("\r\n\r\n") for request in seen)
    assert posted[0].startswith("POST / ")
    assert "Content-Type: application/json" in posted[0]
    assert "X-Own: yes" in posted[0]
    assert posted[2] == '{"a": 1}'
    assert got[0].startswith("GET / ")
    assert got[2] == ""
