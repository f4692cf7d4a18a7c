"""The table of what is refused before anything of the hub is asked, and of the one way in."""

from typing import Any

import pytest

from hubctl.dashboard.guard import HEADERS, MINUTE_S, MOST_ATTEMPTS
from tests.unit.dashboard.asking import BASE, BEARER, PORT, TOKEN, Desk

JSON = {"Content-Type": "application/json"}
ORIGIN = {"Origin": BASE}
STATUS = "/api/status"


def cookie_of(desk: Desk) -> str:
    answer = desk.ask("GET", f"/?token={TOKEN}", headers={})
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        pytest.param({}, 401, "unauthorized", id="no token"),
        pytest.param({"Authorization": "Bearer wrong"}, 401, "unauthorized", id="a wrong token"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, 401, "unauthorized", id="another kind of token"),
        pytest.param({"Authorization": f"Bearer {TOKEN}x"}, 401, "unauthorized", id="a token and more"),
        pytest.param({"Authorization": "Bearer \u00e9"}, 401, "unauthorized", id="a token that is no ASCII"),
        pytest.param({"Cookie": f"hubctl_dashboard_{PORT}={TOKEN}"}, 401, "unauthorized", id="the token as a cookie"),
        pytest.param({**BEARER, "Host": "evil.example"}, 403, "forbidden", id="a foreign host"),
        pytest.param({**BEARER, "Host": f"127.0.0.1.evil.example:{PORT}"}, 403, "forbidden", id="a rebinding name"),
        pytest.param({**BEARER, "Host": "127.0.0.1"}, 403, "forbidden", id="another port"),
        pytest.param({**BEARER, "Host": f"0.0.0.0:{PORT}"}, 403, "forbidden", id="any address"),
        pytest.param({**BEARER, "Origin": "http://evil.example"}, 403, "forbidden", id="a foreign origin"),
        pytest.param({**BEARER, "Origin": "null"}, 403, "forbidden", id="the origin of a file"),
        pytest.param({**BEARER, "Origin": f"https://127.0.0.1:{PORT}"}, 403, "forbidden", id="another scheme"),
        pytest.param({**BEARER, "Origin": "http://127.0.0.1:3000"}, 403, "forbidden", id="another page here"),
    ],
)
@pytest.mark.parametrize("path", [STATUS, "/openapi.json", "/static/main.js", "/nosuch"])
def test_what_does_not_come_from_here_is_refused(
    desk: Desk, path: str, headers: dict[str, Any], status: int, code: str
) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    answer = desk.ask("GET", path, headers=encoded)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["schema"] == 1
    assert answer.json()["ok"] is False


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LOCALHOST:{PORT}"])
def test_the_own_names_are_answered(desk: Desk, host: str) -> None:
    assert desk.ask("GET", STATUS, headers={**BEARER, "Host": host}).status_code == 200


def test_the_token_in_the_address_is_traded_for_a_cookie_and_dropped(desk: Desk) -> None:
    answer = desk.ask("GET", f"/?token={TOKEN}", headers={})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    parts = answer.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(parts)
    assert parts[0].startswith(f"hubctl_dashboard_{PORT}=")
    assert TOKEN not in answer.headers["set-cookie"]


def test_a_navigation_from_elsewhere_is_begun_again_from_here(desk: Desk) -> None:
    answer = desk.ask("GET", f"/?token={TOKEN}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert "set-cookie" in answer.headers
    assert 'content="0;url=/"' in answer.text


def test_the_cookie_of_this_run_alone_opens_pages_and_static_files(desk: Desk) -> None:
    # One dashboard for all of it: another one has another cookie.
    old = cookie_of(desk)
    assert desk.ask("GET", STATUS, headers={"Cookie": old}).status_code == 401


def test_a_page_without_the_cookie_says_where_the_address_is(desk: Desk) -> None:
    answer = desk.ask("GET", "/", headers={})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "hubctl dashboard" in answer.text
    assert "<script" not in answer.text


def test_a_wrong_token_in_the_address_opens_nothing(desk: Desk) -> None:
    answer = desk.ask("GET", "/?token=wrong", headers={})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert desk.ask("GET", f"{STATUS}?token={TOKEN}", headers={}).status_code == 401


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


def test_a_post_with_the_cookie_needs_its_own_origin(desk: Desk) -> None:
    async def asking(client: Any) -> None:
        await client.get(f"/?token={TOKEN}")
        no_origin = await client.post("/api/undo", json={"dry_run": True})
        foreign = await client.post("/api/undo", json={"dry_run": True}, headers={"Origin": "http://evil.example"})
        own = await client.post("/api/undo", json={"dry_run": True}, headers=ORIGIN)
        page = await client.get("/api/session")
        codes = [each.status_code for each in (no_origin, foreign, own, page)]
        assert codes == [403, 403, 409, 200]  # 409: there is nothing to undo
        assert own.json()["error"]["code"] == "nothing_to_undo"

    desk.run(asking)


def test_another_cookie_of_this_machine_is_not_in_the_way(desk: Desk) -> None:
    async def asking(client: Any) -> None:
        entered = await client.get(f"/?token={TOKEN}")
        own = entered.headers["set-cookie"].partition(";")[0]
        client.cookies.clear()
        crowd = f'other="a;b"; hubctl_dashboard_{PORT}=stale; {own}; broken'
        assert (await client.get(STATUS, headers={"Cookie": crowd})).status_code == 200

    desk.run(asking)


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
        assert (await client.get("/?token=wrong")).status_code == 429
        assert (await client.get(STATUS)).status_code == 401  # none was tried
        assert (await client.get(STATUS, headers=BEARER)).status_code == 200
        desk.now += MINUTE_S + 1
        assert (await client.get(STATUS, headers=wrong)).status_code == 401

    desk.run(asking)


def test_the_token_in_an_address_is_for_the_page_alone(desk: Desk) -> None:
    answers = desk.ask_all(
        [
            ("POST", f"/?token={TOKEN}", {**JSON}, {"content": b"{}"}),
            ("HEAD", f"/?token={TOKEN}", {}, {}),
            ("GET", f"/api/session?token={TOKEN}", {}, {}),
            ("GET", f"/static/main.js?token={TOKEN}", {}, {}),
        ]
    )
    assert [answer.status_code for answer in answers] == [401] * 4
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_read_only_refuses_every_change_and_no_test(desk: Desk) -> None:
    desk.read_only = True
    answers = desk.ask_all([("POST", path, BEARER, {"json": body}) for path, body in POSTS])
    assert [answer.status_code for answer in answers] == [403] * 3
    assert {answer.json()["error"]["code"] for answer in answers} == {"read_only"}
    assert desk.ask("POST", "/api/litellm/test", json={"model": "llama3"}).status_code == 200
    assert desk.ask("GET", "/api/session").json()["data"]["read_only"] is True


@pytest.mark.parametrize("path", ["/", "/api/session", "/nosuch", "/openapi.json"])
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
