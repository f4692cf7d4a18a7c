"""The dashboard as somebody would attack it: raw bytes, slow and many connections, and what fuzzing finds."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.dashboards import Dashboard, dashboard, received
from tests.gateway.dashboard_stand import CANARY, Stand
from tests.gateway.embedded_hub import KEY, PASSWORD
from tests.processes import environment, hubctl
from tests.real_servers import missing

pytestmark = [pytest.mark.gateway, pytest.mark.redis]

SECRETS = (CANARY, KEY, PASSWORD)
GETS = (
    "/api/session",
    "/api/status",
    "/api/litellm/models",
    "/api/test/litellm",
    "/api/providers",
    "/api/doctor",
    "/api/changes",
    "/api/logs/litellm?tail=1000",
    "/openapi.json",
)


def status_of(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split()[1])


def test_it_listens_on_loopback_alone(board: Dashboard) -> None:
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{board.port:04X}")}
    assert listening == {f"0100007F:{board.port:04X}"}
    assert f":{board.port:04X}" not in "".join(
        line.split()[1] for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]
    )


@pytest.mark.parametrize(
    "target",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/guard.py",
        "/static/....//guard.py",
        "/static//etc/passwd",
        "//etc/passwd",
        "/../../etc/passwd",
        "/static/parts/../../app.py",
        "/static/parts/..%2f..%2fapp.py",
        "/static/parts/%2e%2e/main.js",
        "/static/parts/",
        "/static/%00",
        "/static/main.js%00.py",
        "/api/../api/status",
        "/api/status/../session",
        "/api/%73tatus%2f",
        "/api/logs/..%2f..%2fenv%2flitellm.env",
        "/api/logs/%2e%2e",
        "/api/status%0d%0aX-Injected:%20yes",
    ],
)
def test_tricks_with_paths_lead_nowhere(board: Dashboard, target: str) -> None:
    answer = board.raw(board.head(f"GET {target} HTTP/1.1", "Connection: close"))
    assert status_of(answer) == 404, answer[:300]
    assert b"x-injected" not in answer.lower()
    assert b"root:" not in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["ok"] is False


@pytest.mark.parametrize(
    ("line", "more", "status"),
    [
        ("GET http://evil.example/api/status HTTP/1.1", (), 404),
        ("GET /api/status HTTP/1.1", ("Host: evil.example",), 400),  # two of them
        ("GET /api/status HTTP/1.1", ("Origin: http://127.0.0.1:1\r\n folded: yes",), 403),
        ("GET /api/status HTTP/1.1", ("X-Bad\x00: 1",), 400),
        ("GET /api/status HTTP/1.1", ("Content-Length: -1",), 400),
        ("BREW /api/status HTTP/1.1", (), 405),
        ("CONNECT evil.example:443 HTTP/1.1", (), 404),
        ("GET /api/events HTTP/1.1", ("Last-Event-ID: 1\tx",), 200),
        ("GET /?token=a%0d%0aSet-Cookie:%20x=y HTTP/1.1", (), 200),
    ],
)
def test_what_is_no_proper_request_gets_an_answer_and_nothing_else(
    board: Dashboard, line: str, more: tuple[str, ...], status: int
) -> None:
    answer = board.raw(board.head(line, *more, "Connection: close"), within_s=2)
    assert status_of(answer) == status, answer[:300]
    assert b"set-cookie" not in answer.lower()
    if status >= 400 and b"text/html" not in answer:
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["ok"] is False


def test_a_request_hidden_behind_another_is_looked_at_too(board: Dashboard) -> None:
    hidden = f"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:{board.port}\r\nConnection: close\r\n\r\n".encode()
    answer = board.raw(board.head("GET /api/session HTTP/1.1") + hidden)
    first, second = (int(part.split()[0]) for part in answer.split(b"HTTP/1.1 ")[1:])
    assert (first, second) == (200, 401)


def test_ten_megabytes_are_refused_before_they_are_read(board: Dashboard) -> None:
    before = memory_kb(board)
    size = 10_000_000
    head = board.head("POST /api/undo HTTP/1.1", "Content-Type: application/json", f"Content-Length: {size}")
    answer = board.raw(head + b" " * size)
    assert status_of(answer) == 413
    chunks = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(150)) + b"0\r\n\r\n"
    chunked = board.head("POST /api/undo HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked")
    answer = board.raw(chunked + chunks)
    assert status_of(answer) == 413
    stranger = f"POST /api/undo HTTP/1.1\r\nHost: 127.0.0.1:{board.port}\r\nContent-Length: {size}\r\n\r\n".encode()
    assert status_of(board.raw(stranger + b" " * size)) == 401
    assert memory_kb(board) - before < 10_000
    assert board.get("/api/session")


def test_a_body_that_breaks_off_does_nothing(stand: Stand, board: Dashboard) -> None:
    assert stand.hub.hubctl("models", "add", "kept", "openai/quick", "--no-restart").code == 0
    head = board.head("POST /api/undo HTTP/1.1", "Content-Type: application/json", "Content-Length: 50")
    with socket.create_connection(("127.0.0.1", board.port)) as sock:
        sock.sendall(head + b"{}")
        time.sleep(0.3)
    time.sleep(1)
    assert board.get("/api/changes")["changes"][0]["undone"] is False
    assert stand.hub.hubctl("undo", "--no-restart").code == 0


@pytest.mark.parametrize(
    ("line", "status"),
    [("Content-Type: text/plain", 415), ("Origin: http://evil.example", 403), ("Host: evil.example", 400)],
)
def test_who_is_refused_before_the_body_came_gets_the_answer_nevertheless(
    board: Dashboard, line: str, status: int
) -> None:
    head = board.head("POST /api/undo HTTP/1.1", line, "Content-Length: 2", "Connection: close")
    with socket.create_connection(("127.0.0.1", board.port), timeout=5) as sock:
        sock.sendall(head)
        time.sleep(0.2)
        sock.sendall(b"{}")
        time.sleep(0.2)
        answer = b"".join(iter(lambda: sock.recv(65536), b""))
    assert status_of(answer) == status, answer[:300]


def memory_kb(board: Dashboard) -> int:
    status = Path(f"/proc/{board.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def test_two_hundred_slow_connections_keep_nobody_out_and_do_not_stay(board: Dashboard) -> None:
    with ExitStack() as opened:
        slow = [opened.enter_context(socket.create_connection(("127.0.0.1", board.port))) for _ in range(200)]
        silent, half, bodiless = slow[:90], slow[90:180], slow[180:]
        for sock in half:
            drip(sock, b"GET /api/status HTTP/1.1\r\nHost: 127.0.0.1")
        for sock in bodiless:
            drip(sock, board.head("POST /api/undo HTTP/1.1", "Content-Type: application/json", "Content-Length: 100"))
        took_s = []
        for _ in range(20):
            began = time.monotonic()
            assert board.get("/api/session")
            took_s.append(time.monotonic() - began)
        assert sorted(took_s)[-2] < 0.5
        for sock in half:
            drip(sock, b"x")  # a byte now and then does not help
        give_up_at = time.monotonic() + 14
        assert None not in [until_its_end(sock, give_up_at) for sock in (*silent, *half)]
        for sock in bodiless:
            assert status_of(until_its_end(sock, give_up_at) or b"") == 408


def drip(sock: socket.socket, piece: bytes) -> None:
    with suppress(OSError):  # closed already, to make room
        sock.sendall(piece)


def until_its_end(sock: socket.socket, give_up_at: float) -> bytes | None:
    """Give what came until the other side ended the connection; null when it did not in time."""
    sock.settimeout(max(0.1, give_up_at - time.monotonic()))
    answer = b""
    try:
        while piece := sock.recv(65536):
            answer += piece
    except TimeoutError:
        return None
    except OSError:
        return answer
    return answer


def test_a_reader_who_does_not_read_costs_nobody_anything(board: Dashboard) -> None:
    with socket.create_connection(("127.0.0.1", board.port)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.sendall(board.head("GET /api/events HTTP/1.1"))
        time.sleep(4)
        began = time.monotonic()
        assert board.get("/api/session")
        assert time.monotonic() - began < 1
        sock.settimeout(2)
        assert b"event: status" in received(sock)


def test_no_answer_holds_a_secret(stand: Stand, board: Dashboard) -> None:
    stand.folder.chat("<img src=x onerror=alert(1)>")
    answers = {path: board.ask("GET", path).text for path in GETS}
    answers["test"] = board.post("/api/litellm/test", model="<img src=x onerror=alert(1)>").text
    with board.events(
        "/api/litellm/test", "POST", json={"model": "<img src=x onerror=alert(1)>", "stream": True}
    ) as events:
        answers["stream"] = json.dumps([(name, data) for name, data, _ in events])
    answers["enable"] = board.post("/api/providers/openai/enable", dry_run=True).text
    answers["usage"] = board.post("/api/providers/openai/enable", key=CANARY).text
    answers["name"] = board.post(f"/api/providers/{CANARY}/enable", dry_run=True).text
    assert '"outcome":"failed"' in answers["test"]
    assert "onerror" in answers["/api/litellm/models"]  # as text in JSON: the page's to show as text
    leaks = {name: secret for name, text in answers.items() for secret in SECRETS if secret in text}
    assert leaks == {}
    assert [name for name, text in answers.items() if CANARY[-12:] in text] == []


def test_no_process_shows_the_token_and_no_other_user_may_read_it(stand: Stand, board: Dashboard) -> None:
    arguments = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True).stdout
    assert board.token not in arguments
    modes = {path.name: path.stat().st_mode & 0o777 for path in stand.folder.state.glob("dashboard*")}
    assert modes == {"dashboard.json": 0o600, "dashboard.lock": 0o600}
    holders = [path.name for path in stand.root.rglob("*") if path.is_file() and board.token in read(path)]
    assert holders == ["dashboard.json"]


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_the_browser_is_started_without_the_token_in_its_arguments(stand: Stand, tmp_path: Path) -> None:
    root = tmp_path / "hub"
    assert hubctl("init", str(root), cwd=tmp_path).code == 0
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\ncat "${{1#file://}}" > {tmp_path}/page\n')
    browser.chmod(0o755)
    with dashboard(root, environment(BROWSER=f"{browser} %s"), "--open") as own:
        assert own.get("/api/session")
        assert own.token not in (tmp_path / "arguments").read_text()
        assert f"url={own.url}" in (tmp_path / "page").read_text()
        assert (root / ".hubctl/dashboard.html").stat().st_mode & 0o777 == 0o600
        own.process.send_signal(signal.SIGINT)
        own.process.wait(10)
    assert not (root / ".hubctl/dashboard.html").exists()


def test_whatever_its_description_allows_it_answers_as_described_and_never_with_a_bug(
    stand: Stand, board: Dashboard, tmp_path: Path
) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    found = program if program.exists() else None
    if found is None and subprocess.run([sys.executable, "-c", "import schemathesis"], check=False).returncode:
        missing("schemathesis", "pip install -e '.[dev]'")
    command = [str(found)] if found else [sys.executable, "-m", "schemathesis.cli"]
    command += ["run", f"{board.api}/openapi.json", "--header", f"Authorization: Bearer {board.token}"]
    command += ["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"]
    command += ["--checks", "response_schema_conformance", "--max-examples", "8", "--seed", "7"]
    command += ["--exclude-path", "/api/events", "--exclude-path-regex", "^/api/logs/", "--request-timeout", "60"]
    command += [
        "--request-retries",
        "3",
    ]  # a refused request's connection is closed, which may meet its body on the way
    command += ["--exclude-operation-id", "run_api_test_litellm_post"]  # each would take half a minute
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**stand.env, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert board.get("/api/session")
