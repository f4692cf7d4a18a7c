"""The tour on the real Open WebUI with its own PostgreSQL; all other tests use a stand-in, which starts at once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.engine.test_tour import NAMES, SERVICES
from tests.real_hub import RealHub, hub_at, own_name, present
from tests.real_servers import missing

pytestmark = pytest.mark.engine

IMAGE = "ghcr.io/open-webui/open-webui:0.12.4"
EMAIL = "ada@example.com"


@dataclass(frozen=True)
class User:
    """Somebody who is signed in to Open WebUI, by its API."""

    role: str
    client: httpx.Client

    def get(self, path: str) -> Any:
        return self.client.get(path).raise_for_status().json()

    def post(self, path: str, body: object) -> Any:
        return self.client.post(path, json=body).raise_for_status().json()


@pytest.fixture(scope="module")
def hub(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    """A hub with the real Open WebUI, up and healthy."""
    if present((IMAGE,)) is None:
        missing("the real Open WebUI", f"docker pull {IMAGE}")
    with hub_at(tmp_path_factory.mktemp("openwebui") / own_name("openwebui"), OPENWEBUI_IMAGE=IMAGE) as made:
        # The first start creates the tables, on a machine that runs other tests too.
        done = made.hubctl("up", "--json", "--timeout", "540", timeout_s=600)
        assert done.code == 0, done.out + done.err
        yield made
        made.compose("kill")  # `down` would wait until each service has ended by itself


@pytest.fixture(scope="module")
def user(hub: RealHub) -> Iterator[User]:
    """The first user, signed up just now."""
    url = f"http://127.0.0.1:{hub.env['OPENWEBUI_PORT']}"
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        form = {"name": "Ada", "email": EMAIL, "password": "correct horse"}
        signed_up = client.post("/api/v1/auths/signup", json=form).raise_for_status().json()
        client.headers["authorization"] = f"Bearer {signed_up['token']}"
        yield User(signed_up["role"], client)


def test_status_is_healthy_and_tells_the_version_of_the_image(hub: RealHub) -> None:
    seen = hub.hubctl("status", "--json").data
    assert seen["state"] == "healthy"
    assert {service["service"]: service["state"] for service in seen["services"]} == dict.fromkeys(SERVICES, "healthy")
    assert hub.service("openwebui")["version"] == IMAGE.rpartition(":")[2]


def test_doctor_finds_every_hop_well_and_nothing_to_warn_of(hub: RealHub) -> None:
    found = hub.hubctl("doctor", "--json", "--timeout", "60").data
    assert (found["errors"], found["warnings"], found["headline"]) == (0, 0, None)
    assert {each["severity"] for each in found["findings"]} <= {"info"}
    assert {each["hop"]: each["state"] for each in found["hops"] if each["state"] != "well"} == {}
    assert {"ui", "ui to gateway", "ui to database"} <= {each["hop"] for each in found["hops"]}


def test_logs_show_its_start(hub: RealHub) -> None:
    lines = hub.hubctl("logs", "openwebui", "--json").data["lines"]
    assert {line["service"] for line in lines} == {"openwebui"}
    assert any("Started server process" in line["text"] for line in lines)


def test_the_first_user_is_an_administrator_and_stored_in_the_hubs_own_postgresql(hub: RealHub, user: User) -> None:
    assert user.role == "admin"
    query = 'SELECT email FROM "user"'
    psql = ["psql", "--username=openwebui", "--dbname=openwebui", "--tuples-only", "--no-align", f"--command={query}"]
    assert hub.compose("exec", "-T", "db", *psql).split() == [EMAIL]


def test_a_user_is_offered_the_active_models_of_the_gateway_and_no_others(user: User) -> None:
    assert sorted(model["id"] for model in user.get("/api/models")["data"]) == sorted(NAMES)


@pytest.mark.parametrize("model", NAMES)
def test_every_model_answers_in_a_chat(user: User, model: str) -> None:
    question = {"model": model, "messages": [{"role": "user", "content": "Say hello"}]}
    (choice,) = user.post("/api/chat/completions", question)["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["content"]


def test_a_restart_keeps_account_and_chats_and_its_report_is_true(hub: RealHub, user: User) -> None:
    chat = {"title": "Kept", "models": [NAMES[0]], "messages": [{"role": "user", "content": "Remember me"}]}
    saved = user.post("/api/v1/chats/new", {"chat": chat})
    (before,) = hub.service("openwebui")["instances"]
    began = time.monotonic()
    done = hub.hubctl("restart", "openwebui", "--json", timeout_s=300)
    took_s = time.monotonic() - began
    (after,) = hub.service("openwebui")["instances"]

    assert done.code == 0, done.out + done.err
    assert (done.data["service"], done.data["change"]["effect"]) == ("openwebui", "restarted")
    proof = {each["check"]: each["detail"] for each in done.data["proof"] if each["ok"]}
    assert set(proof) == {"ready", "started again", "reads the files"}
    assert (after["id"], after["restarts"]) == (before["id"], 0)
    assert after["started_at"] > before["started_at"]
    state, _, told = proof["ready"].partition("; ")
    assert state == "up"
    assert 1 < float(told.removesuffix(" s without service")) < took_s

    assert user.get("/api/v1/auths/")["email"] == EMAIL
    assert [each["title"] for each in user.get("/api/v1/chats/")] == ["Kept"]
    assert user.get(f"/api/v1/chats/{saved['id']}")["chat"]["messages"][0]["content"] == "Remember me"
    assert sorted(model["id"] for model in user.get("/api/models")["data"]) == sorted(NAMES)
