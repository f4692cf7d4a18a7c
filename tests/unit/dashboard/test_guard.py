"""The table of what is refused before anything of the hub is asked."""

from typing import Any

import httpx
import pytest

from hubctl.dashboard.guard import HEADERS, MINUTE_S, MOST_ATTEMPTS
from tests.unit.dashboard.asking import BASE, BEARER, PORT, TOKEN, Desk

JSON = {"Content-Type": "application/json"}
ORIGIN = {"Origin": BASE}
STATUS = "/api/status"


API = [STATUS, "/openapi.json", "/nosuch", "/api/events", "/staticmain.js"]
PAGE = ["/", "/static/main.js", "/static/looks.css", "/static/nosuch.js"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"Authorization": "Bearer wrong"}, id="a wrong token"),
        pytest.param({"Authorization": "Bearer"}, id="an empty token"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, id="another kind of token"),
        pytest.param({"Authorization": f"Bearer {TOKEN}x"}, id="a token and more"),
        pytest.param({"Authorization": "Bearer \u00e9"}, id="a token that is no ASCII"),
        pytest.param({"Cookie": f"hubctl_dashboard_{PORT}={TOKEN}"}, id="the token as a cookie"),
        pytest.param({"Cookie": f"hubctl_dashboard_{PORT}={TOKEN}", "Origin": BASE}, id="a cookie from the page"),
    ],
)
@pytest.mark.parametrize("path", API)
def test_the_api_is_closed_without_the_token(desk: Desk, path: str, headers: dict[str, Any]) -> None:
    refused(desk, path, headers, 401, "unauthorized")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({**BEARER, "Host": "evil.example"}, id="a foreign host"),
        pytest.param({**BEARER, "Host": f"127.0.0.1.evil.example:{PORT}"}, id="a rebinding name"),
        pytest.param({**BEARER, "Host": "127.0.0.1"}, id="another port"),
        pytest.param({**BEARER, "Host": f"0.0.0.0:{PORT}"}, id="any address"),
        pytest.param({**BEARER, "Host": f"[::1]:{PORT}"}, id="the other loopback"),
        pytest.param({**BEARER, "Origin": "http://evil.example"}, id="a foreign origin"),
        pytest.param({**BEARER, "Origin": "null"}, id="the origin of a file"),
        pytest.param({**BEARER, "Origin": f"https://127.0.0.1:{PORT}"}, id="another scheme"),
        pytest.param({**BEARER, "Origin": "http://127.0.0.1:3000"}, id="another page here"),
        pytest.param({**BEARER, "Origin": f"http://localhost:{PORT}"}, id="where another user may listen on ::1"),
    ],
)
@pytest.mark.parametrize("path", [*API, *PAGE])
def test_what_does_not_come_from_here_is_refused(desk: Desk, path: str, headers: dict[str, Any]) -> None:
    refused(desk, path, headers, 403, "forbidden")


def refused(desk: Desk, path: str, headers: dict[str, Any], status: int, code: str) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    answer = desk.ask("GET", path, headers=encoded)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["schema"] == 1
    assert answer.json()["ok"] is False


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LOCALHOST:{PORT}"])
def test_the_own_names_are_answered(desk: Desk, host: str) -> None:
    assert desk.ask("GET", STATUS, headers={**BEARER, "Host": host}).status_code == 200


def test_the_files_of_the_page_are_for_everybody_and_the_same_with_and_without_the_token(desk: Desk) -> None:
    for path, status in [("/", 200), ("/static/main.js", 200), ("/static/looks.css", 200), ("/static/no.js", 404)]:
        bare, signed = desk.ask_all([("GET", path, headers, {}) for headers in ({}, BEARER)])
        assert (bare.status_code, bare.content) == (status, signed.content)
        assert str(desk.folder) not in bare.text


def test_the_page_is_at_one_address_alone(desk: Desk) -> None:
    answer = desk.ask("GET", "/?lang=ru", headers={"Host": f"localhost:{PORT}"})
    assert (answer.status_code, answer.headers["location"]) == (307, f"{BASE}/?lang=ru")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", PAGE)
def test_other_methods_need_the_token_even_for_the_page(desk: Desk, method: str, path: str) -> None:
    assert desk.ask(method, path, headers={}).status_code == 401


POSTS = [
    ("/api/undo", {"dry_run": True}),
    ("/api/providers/openai/enable", {"dry_run": True}),
    ("/api/services/litellm/restart", {}),
]


@pytest.mark.parametrize(("path", "body"), POSTS)
def test_a_form_of_another_site_reaches_no_action(desk: Desk, path: str, body: dict[str, object]) -> None:
    form = {**BEARER, "Content-Type": "application/x-www-form-urlencoded"}
    text = {**BEARER, "Content-Type": "text/plain"}
    answers = desk.ask_all(
        [
            ("POST", path, form, {"content": "a=1"}),
            ("POST", path, text, {"json": body}),
            ("POST", path, {**BEARER}, {"content": b"{}"}),
        ]
    )
    assert [answer.status_code for answer in answers] == [415] * 3
    assert desk.runtime.done == []


def test_a_post_of_another_site_is_refused_and_one_of_the_page_or_a_program_is_not(desk: Desk) -> None:
    async def asking(client: httpx.AsyncClient) -> None:
        async def codes(**headers: str) -> list[int]:
            answers = [await client.post("/api/undo", json={"dry_run": True}, headers=headers)]
            answers += [await client.get("/api/session", headers=headers)]
            return [each.status_code for each in answers]

        cookie = f"hubctl_dashboard_{PORT}={TOKEN}"
        assert await codes(Cookie=cookie) == [401, 401]
        assert await codes(Cookie=cookie, **ORIGIN) == [401, 401]
        assert await codes(Cookie=cookie, **BEARER, Origin="http://evil.example") == [403, 403]
        assert await codes(**BEARER, **ORIGIN) == [409, 200]  # 409: there is nothing to undo
        assert await codes(**BEARER) == [409, 200]
        own = await client.post("/api/undo", json={"dry_run": True}, headers={**BEARER, **ORIGIN})
        assert own.json()["error"]["code"] == "nothing_to_undo"

    desk.run(asking)


def test_the_cookies_of_this_machine_are_not_in_the_way(desk: Desk) -> None:
    crowd = f'other="a;b"; hubctl_dashboard_{PORT}=stale; broken'
    assert desk.ask("GET", STATUS, headers={**BEARER, "Cookie": crowd}).status_code == 200


def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(desk: Desk) -> None:
    async def pieces() -> Any:
        for _ in range(100):
            yield b"x" * 1000

    big = b'{"dry_run": true}' + b" " * 70_000
    answers = desk.ask_all(
        [
            ("POST", "/api/undo", {**BEARER, **JSON}, {"content": big}),
            ("POST", "/api/undo", {**BEARER, **JSON}, {"content": pieces()}),
            ("POST", "/api/undo", {**BEARER, **JSON, "Content-Length": "9" * 30}, {"content": b""}),
        ]
    )
    assert [answer.status_code for answer in answers] == [413] * 3
    assert {answer.json()["error"]["code"] for answer in answers} == {"too_large"}


def test_wrong_tokens_are_counted_and_the_right_one_still_works(desk: Desk) -> None:
    async def asking(client: Any) -> None:
        wrong = {"Authorization": "Bearer wrong"}
        codes = [(await client.get(STATUS, headers=wrong)).status_code for _ in range(MOST_ATTEMPTS + 2)]
        assert codes == [401] * MOST_ATTEMPTS + [429] * 2
        assert (await client.get("/api/session", headers=wrong)).status_code == 429
        assert (await client.get("/")).status_code == 200
        assert (await client.get(STATUS)).status_code == 401  # none was tried
        assert (await client.get(STATUS, headers=BEARER)).status_code == 200
        desk.now += MINUTE_S + 1
        assert (await client.get(STATUS, headers=wrong)).status_code == 401

    desk.run(asking)


def test_the_token_in_an_address_opens_nothing_and_no_answer_sets_a_cookie(desk: Desk) -> None:
    answers = desk.ask_all(
        [
            ("POST", f"/?token={TOKEN}", {**JSON}, {"content": b"{}"}),
            ("HEAD", f"/?token={TOKEN}", {}, {}),
            ("GET", f"/api/session?token={TOKEN}", {}, {}),
            ("GET", f"{STATUS}?token={TOKEN}", {}, {}),
            ("GET", f"/static/main.js?token={TOKEN}", {}, {}),
            ("GET", f"/?token={TOKEN}", {}, {}),
            ("GET", f"/?token={TOKEN}", {"Sec-Fetch-Site": "cross-site"}, {}),
            ("GET", "/api/session", {}, {}),
            ("GET", "/api/session", BEARER, {}),
        ]
    )
    assert [answer.status_code for answer in answers] == [401] * 4 + [200] * 3 + [401, 200]
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert TOKEN not in answers[5].text


def test_read_only_refuses_every_change_and_no_test(desk: Desk) -> None:
    desk.read_only = True
    answers = desk.ask_all([("POST", path, BEARER, {"json": body}) for path, body in POSTS])
    assert [answer.status_code for answer in answers] == [403] * 3
    assert {answer.json()["error"]["code"] for answer in answers} == {"read_only"}
    assert desk.ask("POST", "/api/litellm/test", json={"model": "llama3"}).status_code == 200
    assert desk.ask("GET", "/api/session").json()["data"]["read_only"] is True


@pytest.mark.parametrize("path", ["/", "/static/main.js", "/api/session", "/nosuch", "/openapi.json"])
@pytest.mark.parametrize("headers", [{}, BEARER])
def test_every_answer_has_the_headers_that_keep_a_page_safe(desk: Desk, path: str, headers: dict[str, str]) -> None:
    answer = desk.ask("GET", path, headers=headers)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_bug_is_a_document_and_its_place_is_told_to_the_operator(desk: Desk) -> None:
    desk.runtime.fault = ZeroDivisionError("sk-secret")
    answer = desk.ask("POST", "/api/services/litellm/restart", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "bug")
    assert "sk-secret" not in answer.text
    assert [type(bug) for bug in desk.bugs] == [ZeroDivisionError]
