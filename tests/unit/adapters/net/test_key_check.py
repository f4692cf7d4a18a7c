"""What a provider's answer says of a key, against real servers that play what each provider documents."""

import json
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hubctl.adapters.net import key_check
from hubctl.adapters.net.key_check import KeyCheck
from hubctl.core.compose.stack import Address
from hubctl.core.providers.catalog import PROVIDERS, Provider
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, requested, serving

KEY = "sk-test-0123456789abcdefWXYZ"
BY_NAME = {provider.name: provider for provider in PROVIDERS}
OPENAI = BY_NAME["openai"]
LISTS = {"object": "list", "data": [{"id": "a"}]}
GOOD: dict[str, object] = {
    **dict.fromkeys(BY_NAME, LISTS),
    "google": {"models": [{"name": "models/a"}]},
    "openrouter": {"data": {"label": "sk-or-v1-…", "usage": 0}},
    "cohere": {"valid": True, "organization_id": "x"},
    "together": [{"id": "a"}],
}
REFUSED: dict[str, tuple[int, object]] = {
    "openai": (401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
    "anthropic": (401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
    "google": (400, {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}),
    "groq": (401, {"error": {"message": "Invalid API Key"}}),
    "mistral": (401, {"message": "Unauthorized"}),
    "deepseek": (401, {"error": {"message": "Authentication Fails"}}),
    "openrouter": (401, {"error": {"message": "User not found.", "code": 401}}),
    "xai": (400, {"code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***yz."}),
    "cohere": (401, {"message": "invalid api token"}),
    "together": (401, {"error": {"message": "Invalid API key provided"}}),
}


def check(
    provider: Provider, script: Script | bytes, *, timeout_s: float = 5.0, shell: Mapping[str, str] | None = None
) -> KeyCheck:
    with serving(answers(script) if isinstance(script, bytes) else script) as address:
        base = f"http://{address}"
        return key_check.check(provider, KEY, shell=shell or {}, timeout_s=timeout_s, base_url=base)


def answers(whole: bytes) -> Script:
    def script(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(whole)

    return script


def needs_key(good: bytes, seen: list[str] | None = None, refusal: bytes = reply(401, {"error": "no key"})) -> Script:
    """Answer well to the key alone."""

    def script(peer: socket.socket) -> None:
        request = requested(peer)
        if seen is not None:
            seen.append(request)
        peer.sendall(good if KEY in request else refusal)

    return script


@pytest.mark.parametrize("provider", PROVIDERS, ids=BY_NAME)
def test_a_documented_good_answer_makes_a_key_valid(provider: Provider) -> None:
    refusal = reply(*REFUSED[provider.name])
    assert check(provider, needs_key(reply(200, GOOD[provider.name]), refusal=refusal)).state == "valid"


@pytest.mark.parametrize("provider", PROVIDERS, ids=BY_NAME)
def test_a_server_that_answers_anybody_proves_nothing(provider: Provider) -> None:
    verdict = check(provider, reply(200, GOOD[provider.name]))
    assert verdict.state == "unverified"
    assert verdict.detail.endswith("answers anybody, with or without a key")


def test_a_server_that_is_silent_without_a_key_proves_nothing() -> None:
    def script(peer: socket.socket) -> None:
        if KEY in requested(peer):
            peer.sendall(reply(200, LISTS))
        else:
            never_answers(peer)

    verdict = check(OPENAI, script, timeout_s=0.5)
    assert verdict.state == "unverified"
    assert verdict.detail.startswith("whether it needs a key at all is unknown: no ")


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("openai", 401, "You have insufficient permissions for this operation. Missing scopes: api.model.read."),
        ("openai", 401, "IP not authorized"),
        ("google", 400, "User location is not supported for the API use."),
        ("google", 403, "Requests from this IP address are blocked."),
        ("xai", 400, "Client specified an invalid argument"),
        ("xai", 403, "Your team is blocked."),
    ],
)
def test_a_refusal_that_is_about_something_else_leaves_the_key_unverified(name: str, status: int, message: str) -> None:
    verdict = check(BY_NAME[name], reply(status, {"error": {"message": message}}))
    assert verdict.state == "unverified"
    assert message in verdict.detail


def test_a_key_that_google_has_blocked_for_good_is_invalid() -> None:
    words = "Your API key was reported as leaked. Please use another API key."
    assert check(BY_NAME["google"], reply(403, {"error": {"message": words}})) == KeyCheck("invalid", words)


@pytest.mark.parametrize("provider", PROVIDERS, ids=BY_NAME)
def test_a_documented_refusal_makes_a_key_invalid_in_the_providers_words(provider: Provider) -> None:
    status, body = REFUSED[provider.name]
    verdict = check(provider, reply(status, body))
    assert verdict.state == "invalid"
    assert verdict.detail in json.dumps(body)


def test_cohere_may_say_200_and_mean_no() -> None:
    assert check(BY_NAME["cohere"], reply(200, {"valid": False})).state == "invalid"
    assert check(OPENAI, reply(200, {"data": False})).state == "unverified"


@pytest.mark.parametrize("provider", PROVIDERS, ids=BY_NAME)
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(402, {"error": {"message": "Insufficient Balance"}}), "no money left (Insufficient Balance)"),
        (reply(403, {"error": {"message": "Country not supported"}}), "another reason than a wrong key"),
        (reply(429, {"error": {"message": "Slow down"}}), "asked too often"),
        (reply(500, {"error": {"message": "oops"}}), "trouble of its own (oops)"),
        (reply(503, b"<html>down</html>", "text/html"), "not JSON"),
        (reply(404, {"detail": "Not Found"}), "not an answer that its API is documented to give (Not Found)"),
        (reply(400, {"error": {"message": "Bad Request"}}), "HTTP 400"),
        (reply(200, b"<html>Please log in</html>", "text/html"), "a proxy or a login page"),
        (reply(401, b"<html>Proxy login</html>", "text/html"), "a proxy or a login page"),
        (reply(200, {"hello": "world"}), "not an answer that its API is documented to give"),
        (reply(200, b"{", "application/json"), "not JSON"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: https://login.example.com/x\r\nContent-Length: 0\r\n\r\n",
            "sent on to login.example.com",
        ),
    ],
    ids=[
        "402",
        "403",
        "429",
        "500",
        "503 html",
        "404",
        "400",
        "login page",
        "401 html",
        "public",
        "broken",
        "redirect",
    ],
)
def test_whatever_else_is_answered_proves_nothing(provider: Provider, answer: bytes, words: str) -> None:
    verdict = check(provider, answer)
    assert verdict.state == "unverified"
    assert words in verdict.detail


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (never_answers, "within 0.5 s"),
        (drips(b"x"), ""),
        (drops_at_once, "cannot be asked"),
        (floods(b"x" * 65536), ""),
    ],
    ids=["never answers", "drips", "drops", "floods"],
)
def test_a_server_that_misbehaves_proves_nothing_and_holds_nobody(script: Script, words: str) -> None:
    began = time.monotonic()
    verdict = check(OPENAI, script, timeout_s=0.5)
    assert verdict.state == "unverified"
    assert words in verdict.detail
    assert time.monotonic() - began < 5


def test_an_answer_without_an_end_is_bounded() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"

    def endless(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(head)
        floods(b"[" * 65536)(peer)

    assert check(OPENAI, endless, timeout_s=20).state == "unverified"


@pytest.mark.parametrize("key", ["", " sk-x", "sk-x ", "a b", "sk-é", "a\tb", "a\nb"])
def test_a_key_that_no_header_can_carry_is_invalid_without_a_call(key: str) -> None:
    assert key_check.check(OPENAI, key, shell={}, timeout_s=1, base_url="http://127.0.0.1:1").state == "invalid"


@pytest.mark.parametrize("provider", PROVIDERS, ids=BY_NAME)
def test_the_key_travels_in_the_right_header_and_nowhere_else(provider: Provider) -> None:
    seen: list[str] = []

    def script(peer: socket.socket) -> None:
        seen.append(requested(peer))
        peer.sendall(reply(418, {"error": {"message": f"I saw {KEY} and Bearer {KEY}"}}))

    verdict = check(provider, script)
    (request,) = seen
    expected = f"{provider.check.header}: {provider.check.form.format(KEY)}"
    assert [line for line in request.split("\r\n") if KEY in line] == [expected]
    assert KEY not in verdict.detail
    assert request.startswith(f"{provider.check.method} ")


@pytest.mark.parametrize(
    ("name", "base", "path"),
    [
        ("openai", "", "/v1/models"),
        ("openai", "/v1", "/v1/models"),
        ("openai", "/v1/", "/v1/models"),
        ("openai", "/proxy/v1", "/proxy/v1/models"),
        ("groq", "/openai/v1", "/openai/v1/models"),
        ("anthropic", "", "/v1/models"),
        ("deepseek", "/v1", "/v1/models"),
        ("google", "/v1beta", "/v1beta/models"),
    ],
)
def test_another_base_address_takes_the_place_of_the_providers_own(name: str, base: str, path: str) -> None:
    seen: list[str] = []

    def script(peer: socket.socket) -> None:
        seen.append(requested(peer))
        peer.sendall(reply(200, LISTS))

    with serving(script) as address:
        key_check.check(BY_NAME[name], KEY, shell={}, timeout_s=5, base_url=f"http://{address}{base}")
    assert seen[0].split()[1] == path


def test_nothing_listening_is_said_with_the_address() -> None:
    verdict = key_check.check(OPENAI, KEY, shell={}, timeout_s=5, base_url="http://127.0.0.1:1/v1")
    assert verdict.state == "unverified"
    assert verdict.detail.startswith("127.0.0.1:1 cannot be asked: ")


@pytest.fixture
def proxy() -> Iterator[tuple[Address, list[str]]]:
    """A proxy that notes what it is asked and refuses."""
    seen: list[str] = []

    def script(peer: socket.socket) -> None:
        seen.append(requested(peer).split("\r\n")[0])
        peer.sendall(reply(407, b"<html>who are you</html>", "text/html"))

    with serving(script) as address:
        yield address, seen


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_shells_proxy_is_used_and_one_that_refuses_proves_nothing(
    proxy: tuple[Address, list[str]], name: str
) -> None:
    address, seen = proxy
    verdict = key_check.check(OPENAI, KEY, shell={name: f"http://me:secret@{address}"}, timeout_s=5)
    assert seen == ["CONNECT api.openai.com:443 HTTP/1.1"]
    assert verdict.state == "unverified"
    assert f"api.openai.com through the proxy {address} cannot be asked" in verdict.detail
    assert "secret" not in verdict.detail


def test_a_proxy_without_a_scheme_is_an_http_proxy(proxy: tuple[Address, list[str]]) -> None:
    address, seen = proxy
    key_check.check(OPENAI, KEY, shell={"HTTPS_PROXY": str(address)}, timeout_s=5)
    assert seen == ["CONNECT api.openai.com:443 HTTP/1.1"]


def test_a_socks_proxy_is_used() -> None:
    asked: list[bytes] = []

    def proxy_and_provider(peer: socket.socket) -> None:
        peer.recv(3)
        peer.sendall(b"\x05\x00")  # RFC 1928: no login
        asked.append(peer.recv(100))
        peer.sendall(b"\x05\x00\x00\x01" + bytes(6))  # connected
        needs_key(reply(200, LISTS))(peer)

    with serving(proxy_and_provider) as address:
        shell = {"ALL_PROXY": f"socks5://{address}"}
        verdict = key_check.check(OPENAI, KEY, shell=shell, timeout_s=5, base_url="http://provider.test/v1")
    assert verdict.state == "valid"
    assert all(b"provider.test" in each for each in asked)


@pytest.mark.parametrize(
    "shell",
    [
        {"HTTPS_PROXY": "http://[bad"},
        {"HTTPS_PROXY": "http://me:secret@host:99999999"},
        {"ALL_PROXY": "socks4://me:secret@127.0.0.1:1"},
        {"HTTPS_PROXY": "://"},
        {"SSL_CERT_FILE": "/nonexistent/secret.pem/../ca.pem"},
    ],
    ids=["no address", "port", "socks4", "empty", "certificates"],
)
def test_a_way_out_that_leads_nowhere_is_said(shell: dict[str, str]) -> None:
    verdict = key_check.check(OPENAI, KEY, shell=shell, timeout_s=5)
    assert verdict.state == "unverified"
    assert "cannot be asked: " in verdict.detail
    assert "me:secret" not in verdict.detail


def test_certificates_that_are_not_there_are_named() -> None:
    verdict = key_check.check(OPENAI, KEY, shell={"SSL_CERT_FILE": "/nonexistent/ca.pem"}, timeout_s=5)
    assert "no certificates in SSL_CERT_FILE=/nonexistent/ca.pem: No such file" in verdict.detail


@pytest.mark.parametrize(
    "base",
    ["http://[::1", "", "localhost:4000", "http://a..b/v1", "ftp://127.0.0.1/v1", "http://me:secret@127.0.0.1:1"],
)
def test_a_base_address_that_leads_nowhere_is_said_without_its_login(base: str) -> None:
    verdict = key_check.check(OPENAI, KEY, shell={}, timeout_s=5, base_url=base)
    assert verdict.state == "unverified"
    assert "cannot be asked: " in verdict.detail
    assert "secret" not in verdict.detail


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("https://login.example.com/x", "login.example.com"),
        ("//login.example.com", "login.example.com"),
        ("/login", "another page of its own"),
        ("http://[bad", "an address that is none"),
        (f"https://me:secret@example.com/?key={KEY}", "example.com"),
    ],
)
def test_a_redirect_is_told_and_not_followed(location: str, where: str) -> None:
    verdict = check(OPENAI, f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
    expected = f"HTTP 302: sent on to {where}; a proxy or a login page may be in between"
    assert verdict == KeyCheck("unverified", expected)


def test_no_proxy_is_respected(proxy: tuple[Address, list[str]]) -> None:
    address, seen = proxy
    shell = {"HTTP_PROXY": f"http://{address}", "NO_PROXY": "127.0.0.1,example.com"}
    assert check(OPENAI, needs_key(reply(200, LISTS)), shell=shell).state == "valid"
    assert seen == []


def certificate(folder: Path) -> Path:
    """A certificate that nobody has signed."""
    words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    both = folder / "both.pem"
    subprocess.run(
        ["openssl", *words.split(), "-keyout", both, "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    both.write_text(both.read_text() + (folder / "cert.pem").read_text())
    return both


def test_a_server_whose_certificate_is_unknown_gets_no_key_unless_the_shell_trusts_it(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    seen: list[str] = []

    def script(peer: socket.socket) -> None:
        with context.wrap_socket(peer, server_side=True) as secure:
            needs_key(reply(200, LISTS), seen)(secure)

    with serving(script) as address:
        url = f"https://{address}/v1"
        verdict = key_check.check(OPENAI, KEY, shell={}, timeout_s=5, base_url=url)
        assert (verdict.state, seen) == ("unverified", [])
        assert "certificate" in verdict.detail.lower()
        trusting = {"SSL_CERT_FILE": str(tmp_path / "cert.pem")}
        assert key_check.check(OPENAI, KEY, shell=trusting, timeout_s=5, base_url=url).state == "valid"
