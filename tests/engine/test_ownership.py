"""Whose containers and volumes: two hubs of one name, renamed ones and copies, on a real engine.

The services are busybox: nothing here needs a gateway that answers. What runs is started by `docker compose` itself,
as an operator may, so that hubctl has only the labels to go by.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hubctl.adapters.docker.containers import LABEL
from tests.processes import Finished
from tests.real_hub import RealHub, own_name, shell

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("engine")]

COMPOSE = """\
services:
  litellm:
    image: busybox
    command: ["sh", "-c", "date >> /data/marks; exec sleep 1000 # --config /app/config.yaml"]
    stop_grace_period: 0s
    volumes: ["./config.yaml:/app/config.yaml:ro", "data:/data"]
    restart: unless-stopped
  redis:
    image: busybox
    command: [sleep, "1000"]
    stop_grace_period: 0s
volumes:
  data: {VOLUME}
"""
HUB_ID = "0123456789abcdef0123456789abcdef"
UNKNOWN = "of this hub's names that are not known to be its own"
RESTART = ("restart", "--force", "--timeout", "1")
CHANGING = [
    ("up", "--timeout", "3"),
    ("down",),
    ("down", "--volumes", "--yes"),
    RESTART,
    (*RESTART, "--recreate"),
]


def made(root: Path, *, volume: str = "", env: str = "") -> RealHub:
    """A small hub in a folder."""
    root.mkdir(parents=True)
    (root / "compose.yml").write_text(COMPOSE.replace("{VOLUME}", volume))
    (root / "config.yaml").write_text("model_list: []\n")
    if env:
        (root / ".env").write_text(env)
    return RealHub(root, shell())


def docker(*words: str) -> list[str]:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=60, env=shell())
    return done.stdout.split()


def start(hub: RealHub) -> None:
    subprocess.run(
        ["docker", "compose", "up", "-d"], cwd=hub.root, env=hub.env, check=True, capture_output=True, timeout=120
    )


def containers(project: str) -> list[str]:
    return sorted(docker("ps", "--quiet", "--filter", f"label={LABEL}project={project}"))


def volumes(project: str) -> list[str]:
    return sorted(docker("volume", "ls", "--quiet", "--filter", f"label={LABEL}project={project}"))


def marks(project: str) -> int:
    """How often a container has started on the volume."""
    words = ["run", "--rm", "-v", f"{project}_data:/data", "busybox", "sh", "-c", "wc -l < /data/marks"]
    return int(docker(*words)[0])


@pytest.fixture
def name() -> Iterator[str]:
    """A project's name of its own, and nothing left of it, nor of what was made of it."""
    project = own_name("owned")
    yield project
    for label in (project, f"{project}2"):
        if found := docker("ps", "--all", "--quiet", "--filter", f"label={LABEL}project={label}"):
            docker("rm", "--force", *found)
        if found := volumes(label):
            docker("volume", "rm", *found)
        subprocess.run(["docker", "volume", "rm", f"{label}_hubctl-adopted"], capture_output=True, check=False)
        if found := docker("network", "ls", "--quiet", "--filter", f"label={LABEL}project={label}"):
            docker("network", "rm", *found)


@pytest.fixture
def first(tmp_path: Path, name: str) -> RealHub:
    """A hub that runs, and was made before hubs had names of their own."""
    hub = made(tmp_path / "first" / name)
    start(hub)
    return hub


@pytest.fixture
def second(tmp_path: Path, name: str) -> RealHub:
    """Another user's hub, whose folder has the same name."""
    return made(tmp_path / "second" / name)


def refused(done: Finished) -> str:
    assert done.code == 4, done
    assert done.error["code"] == "not_owned", done
    return f"{done.error['message']}; {done.error['hint']}"


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
def test_a_hub_of_the_same_name_is_left_alone_and_named(
    first: RealHub, second: RealHub, name: str, words: tuple[str, ...]
) -> None:
    before = containers(name)
    assert len(before) == 2
    told = refused(second.hubctl(*words, "--json"))
    assert f"2 containers made from {first.root}" in told
    assert "`hubctl adopt --as-new` gives this hub a name of its own" in told
    assert (containers(name), volumes(name), marks(name)) == (before, [f"{name}_data"], 1)


def test_whose_the_project_is_comes_before_any_pull(first: RealHub, second: RealHub) -> None:
    missing = COMPOSE.replace("image: busybox", "image: localhost:1/no/such:image").replace("{VOLUME}", "")
    (second.root / "compose.yml").write_text(missing)
    assert f"containers made from {first.root}" in refused(second.hubctl("up", "--json"))


def test_who_only_looks_is_told_and_sees_nothing_of_it_as_its_own(first: RealHub, second: RealHub) -> None:
    seen = second.hubctl("status", "--json").data
    assert any(f"another hub's: 2 containers made from {first.root}" in note for note in seen["notes"])
    assert {service["state"] for service in seen["services"]} == {"missing"}
    assert {service["url"] for service in seen["services"]} == {None}
    assert first.hubctl("status", "--json").data["notes"] == []


def test_with_a_name_of_its_own_the_second_one_is_a_hub_beside_the_first(
    first: RealHub, second: RealHub, name: str
) -> None:
    running = containers(name)
    adopted = second.hubctl("adopt", "--as-new", "--yes", "--json").data
    assert adopted["project"].startswith(f"{name}-")
    assert f"COMPOSE_PROJECT_NAME={adopted['project']}" in (second.root / ".env").read_text()
    try:
        start(second)
        assert second.hubctl("down", "--volumes", "--yes", "--json").data["was_running"]
        assert volumes(adopted["project"]) == []
    finally:
        second.hubctl("down", "--volumes", "--yes")
    assert (containers(name), volumes(name)) == (running, [f"{name}_data"])
    assert first.hubctl("status", "--json").data["notes"] == []


def test_data_of_unknown_hubs_is_left_alone_until_it_is_adopted(first: RealHub, second: RealHub, name: str) -> None:
    assert first.hubctl("down", "--json").data["was_running"]
    for words in (("up",), ("down", "--volumes", "--yes")):
        told = refused(second.hubctl(*words, "--json"))
        assert f"volumes {UNKNOWN}: {name}_data" in told
        assert "`hubctl adopt` takes them" in told
    assert second.hubctl("down").code == 0  # that touches no data
    assert (containers(name), volumes(name), marks(name)) == ([], [f"{name}_data"], 1)

    assert first.hubctl("status", "--json").data["notes"] == []  # it was noted whose they are
    declined = second.hubctl("adopt", "--json")
    assert (declined.code, declined.error["code"]) == (4, "declined")
    planned = second.hubctl("adopt", "--dry-run", "--json").data
    assert (planned["volumes"], len(second.hubctl("status", "--json").data["notes"])) == ([f"{name}_data"], 1)
    adopted = second.hubctl("adopt", "--yes", "--json").data
    assert (adopted["project"], adopted["volumes"], adopted["containers"]) == (name, [f"{name}_data"], [])
    assert second.hubctl("status", "--json").data["notes"] == []


def test_a_volume_made_anew_is_another_one(first: RealHub, name: str) -> None:
    assert first.hubctl("down").code == 0
    docker("volume", "rm", f"{name}_data")
    docker("volume", "create", "--label", f"{LABEL}project={name}", "--label", f"{LABEL}volume=data", f"{name}_data")
    assert f"not known to be its own: {name}_data" in refused(first.hubctl("up", "--json"))


@pytest.mark.parametrize("label", [[], ["--label", f"{LABEL}project=somebodys"]], ids=["by hand", "another project's"])
def test_a_volume_whose_name_the_file_gives_may_be_anothers(tmp_path: Path, name: str, label: list[str]) -> None:
    hub = made(tmp_path / name, volume=f"{{name: {name}-shared}}")
    docker("volume", "create", *label, f"{name}-shared")
    try:
        for words in (("up",), ("down", "--volumes", "--yes")):
            assert f"not known to be its own: {name}-shared" in refused(hub.hubctl(*words, "--json"))
        assert hub.hubctl("down").code == 0
        assert docker("volume", "ls", "--quiet", "--filter", f"name={name}-shared") == [f"{name}-shared"]
        (hub.root / "compose.yml").write_text(COMPOSE.replace("{VOLUME}", f"{{name: {name}-shared, external: true}}"))
        assert hub.hubctl("status", "--json").data["notes"] == []
        assert hub.hubctl("down", "--volumes", "--yes").code == 0
    finally:
        assert docker("volume", "rm", f"{name}-shared") == [f"{name}-shared"]


def test_the_label_says_whose_the_data_is(tmp_path: Path, name: str) -> None:
    ids = f"COMPOSE_PROJECT_NAME={name}\nHUB_ID=0123456789abcdef\n"
    hub = made(tmp_path / "a" / "x", volume='{labels: {hubctl.hub: "${HUB_ID}"}}', env=ids)
    start(hub)
    assert hub.hubctl("down").code == 0
    (hub.root / ".hubctl/hub.json").write_text(
        (hub.root / ".hubctl/hub.json").read_text().replace(f'"{name}_data"', '"another"')
    )
    assert hub.hubctl("status", "--json").data["notes"] == []
    (hub.root / ".hubctl/hub.json").unlink()  # then nothing says that this folder has the id by right
    assert "not known to be its own" in refused(hub.hubctl("up", "--json"))


@pytest.mark.parametrize("noted", [False, True], ids=["new", "noted"])
def test_an_env_file_that_was_copied_from_another_hub_makes_its_data_nobodys(
    tmp_path: Path, name: str, *, noted: bool
) -> None:
    text = f"COMPOSE_PROJECT_NAME={name}\nHUB_ID={HUB_ID}\n"
    mine = made(tmp_path / "mine", volume='{labels: {hubctl.hub: "${HUB_ID}"}}', env=text)
    start(mine)
    assert mine.hubctl("down").code == 0
    other = made(tmp_path / "other", env=f"COMPOSE_PROJECT_NAME={name}2\nHUB_ID=2\n" if noted else "")
    if noted:
        start(other)
        assert other.hubctl("down", "--volumes", "--yes").code == 0
        assert (other.root / ".hubctl/hub.json").exists()
    shutil.copy(mine.root / ".env", other.root / ".env")
    for words in (("down",), ("down", "--volumes", "--yes"), ("up", "--timeout", "3"), ("down",)):
        done = other.hubctl(*words, "--json")
        assert (done.code == 0) == (words == ("down",)), done.out
    assert volumes(name) == [f"{name}_data"]
    assert marks(name) == 1
    assert mine.hubctl("down", "--volumes", "--yes").code == 0
    assert volumes(name) == []


@pytest.mark.parametrize("noted", [False, True], ids=["never noted", "noted"])
def test_a_renamed_hub_is_told_and_one_command_adopts_it(first: RealHub, name: str, *, noted: bool) -> None:
    if noted:
        assert first.hubctl("down").code == 0
        start(first)
    root = first.root.rename(first.root.with_name(f"{name}-renamed"))
    hub = RealHub(root, first.env)
    running = containers(name)
    for words in CHANGING:
        told = refused(hub.hubctl(*words, "--json"))
        assert f"2 containers made from {first.root}, which is there no more" in told
        assert "if this hub was moved from there, `hubctl adopt` takes them" in told
    assert any("which is there no more" in note for note in hub.hubctl("status", "--json").data["notes"])
    assert containers(name) == running

    adopted = hub.hubctl("adopt", "--yes", "--json").data
    assert (adopted["project"], adopted["moved_from"]) == (name, [str(first.root)])
    assert adopted["containers"] == [f"{name}-litellm-1", f"{name}-redis-1"]
    assert (root / ".env").read_text() == f"COMPOSE_PROJECT_NAME={name}\n"
    seen = hub.hubctl("status", "--json").data
    assert (seen["notes"], seen["hub"]["project"]) == ([], name)
    assert [service["instances"][0]["status"] for service in seen["services"]] == ["running", "running"]
    assert hub.hubctl("down", "--json").data["was_running"]
    start(hub)
    assert (hub.hubctl("status", "--json").data["notes"], volumes(name)) == ([], [f"{name}_data"])
    assert marks(name) == (3 if noted else 2)


def test_a_hub_moved_while_it_was_down_keeps_its_data(first: RealHub, name: str) -> None:
    assert first.hubctl("down").code == 0
    root = first.root.rename(first.root.with_name(f"{name}-renamed"))
    hub = RealHub(root, first.env)
    told = f"this hub's volumes were noted for {first.root}: {name}_data"
    assert told in refused(hub.hubctl("up", "--json"))
    assert any(told in note for note in hub.hubctl("status", "--json").data["notes"])
    assert hub.hubctl("adopt", "--yes", "--json").data["volumes"] == [f"{name}_data"]
    start(hub)
    assert marks(name) == 2


def test_a_copy_is_noticed_and_gets_nothing_of_the_original(first: RealHub, tmp_path: Path, name: str) -> None:
    assert first.hubctl("down").code == 0
    shutil.copytree(first.root, tmp_path / "copy" / name)
    copy = RealHub(tmp_path / "copy" / name, first.env)
    for words in (*CHANGING, ("adopt", "--yes")):
        assert f"{copy.root} is a copy of the hub in {first.root}" in refused(copy.hubctl(*words, "--json"))
    assert any("is a copy of the hub" in note for note in copy.hubctl("status", "--json").data["notes"])
    start(first)
    running = containers(name)
    assert {each["state"] for each in copy.hubctl("status", "--json").data["services"]} == {"missing"}
    assert copy.hubctl("adopt", "--as-new", "--yes").code == 0
    assert copy.hubctl("down", "--json").data["was_running"] is False
    assert (containers(name), marks(name)) == (running, 2)
    assert first.hubctl("status", "--json").data["notes"] == []


def test_whatever_is_asked_in_a_copy_the_next_command_is_one_that_works(first: RealHub, tmp_path: Path) -> None:
    (first.root / "config.yaml").write_text("model_list:\n#  - model_name: x\n#    litellm_params: {model: ollama/x}\n")
    assert first.hubctl("down").code == 0
    shutil.copytree(first.root, tmp_path / "copy")
    copy = RealHub(tmp_path / "copy", first.env)
    for words in ("status", "test-model x", "verify", "logs", "doctor", "models enable x"):
        done = copy.hubctl(*words.split())
        told = done.out + done.err
        assert f"is a copy of the hub in {first.root}" in told, words
        assert "`hubctl adopt --as-new`" in told.split("`hubctl up`")[0], words


LABELLED = '{labels: {hubctl.hub: "${HUB_ID}"}}'


def named(name: str, identity: str) -> str:
    return f"COMPOSE_PROJECT_NAME={name}\nHUB_ID={identity * 16}\n"


def left_alone(hub: RealHub, other: str) -> None:
    """Whatever a hub does, another one's project keeps its containers and its data."""
    running, started = containers(other), marks(other)
    for words in (*CHANGING, ("adopt", "--yes")):
        hub.hubctl(*words, "--json")
    assert (containers(other), volumes(other), marks(other)) == (running, [f"{other}_data"], started)
    assert {each["url"] for each in hub.hubctl("status", "--json").data["services"]} == {None}


def test_a_new_hub_where_another_one_was_does_not_take_what_that_runs(tmp_path: Path, name: str) -> None:
    old = made(tmp_path / "hub", volume=LABELLED, env=named(name, "a"))
    start(old)
    assert old.hubctl("status", "--json").data["hub"]["project"] == name
    old.root.rename(tmp_path / "moved")
    new = made(tmp_path / "hub", volume=LABELLED, env=named(f"{name}2", "b"))
    new.hubctl("down")
    assert new.hubctl("status", "--json").data["notes"] == []
    left_alone(new, name)
    assert f"made from {tmp_path}/hub" in refused(RealHub(tmp_path / "moved", old.env).hubctl("down", "--json"))


@pytest.mark.parametrize("shared", ["a link to the file", "a second file"])
def test_hubs_that_share_a_compose_file_do_not_share_what_runs(tmp_path: Path, name: str, shared: str) -> None:
    hubs = [made(tmp_path / f"h{number}", env=f"COMPOSE_PROJECT_NAME={name}{number}\n") for number in ("", "2")]
    (tmp_path / "base.yml").write_text(COMPOSE.replace("{VOLUME}", ""))
    for hub in hubs:
        if shared == "a second file":
            with (hub.root / ".env").open("a") as env:
                env.write("COMPOSE_FILE=compose.yml:../base.yml\n")
        else:
            (hub.root / "compose.yml").unlink()
            (hub.root / "compose.yml").symlink_to("../base.yml")
    (tmp_path / "config.yaml").write_text("model_list: []\n")
    first, second = hubs
    start(first)
    left_alone(second, name)


def test_what_was_started_once_alone_does_not_say_which_project_is_meant(
    first: RealHub, second: RealHub, name: str
) -> None:
    second.compose_at("-p", f"{name}2", "run", "--detach", "redis")
    left_alone(second, name)


def test_a_container_put_into_another_hubs_project_is_told(first: RealHub, tmp_path: Path, name: str) -> None:
    mine = made(tmp_path / "mine", env=f"COMPOSE_PROJECT_NAME={name}2\n")
    start(mine)
    mine.compose_at("-p", name, "up", "--detach", "--no-deps", "--no-recreate", "--scale", "redis=2", "redis")
    told = refused(mine.hubctl("down", "--volumes", "--yes", "--json"))
    assert f"containers of this folder run as the Compose project {name}, and the hub is {name}2" in told
    assert volumes(name) == [f"{name}_data"]
    assert "another hub's: 1 container made from" in refused(first.hubctl("down", "--json"))


def test_another_env_file_of_compose_does_not_change_whose_project_it_is(
    first: RealHub, tmp_path: Path, name: str
) -> None:
    mine = made(tmp_path / "mine", env=f"COMPOSE_PROJECT_NAME={name}2\n")
    (tmp_path / "other.env").write_text(f"COMPOSE_PROJECT_NAME={name}\n")
    left_alone(RealHub(mine.root, {**mine.env, "COMPOSE_ENV_FILES": str(tmp_path / "other.env")}), name)


@pytest.mark.parametrize("written", [str.upper, "{}.".format, "_{}".format, " {}".format])
def test_a_name_in_the_file_is_read_as_compose_reads_it(
    first: RealHub, tmp_path: Path, name: str, written: Callable[[str], str]
) -> None:
    mine = made(tmp_path / "mine")
    file = mine.root / "compose.yml"
    file.write_text(f"name: '{written(name)}'\n{file.read_text()}")
    assert f"2 containers made from {first.root}" in refused(mine.hubctl("down", "--volumes", "--yes", "--json"))
    left_alone(mine, name)


def test_a_folder_with_a_comma_in_its_name(tmp_path: Path, name: str) -> None:
    hub = made(tmp_path / "a,b" / name)
    start(hub)
    assert {each["state"] for each in hub.hubctl("status", "--json").data["services"]} != {"missing"}
    assert hub.hubctl("down", "--json").data["was_running"]


def test_what_a_moved_hub_has_adopted_nobody_else_adopts(
    first: RealHub, second: RealHub, tmp_path: Path, name: str
) -> None:
    assert first.hubctl("down").code == 0
    start(first)
    shutil.copytree(first.root, tmp_path / "copy" / name)
    root = first.root.rename(first.root.with_name("moved"))
    hub, copy = RealHub(root, first.env), RealHub(tmp_path / "copy" / name, first.env)
    assert hub.hubctl("adopt", "--yes").code == 0
    told = f"the Compose project {name} was adopted by the hub in {root}; `hubctl adopt --as-new` gives this hub"
    running = containers(name)
    for words in (("down", "--volumes", "--yes"), ("adopt", "--yes")):
        assert told in refused(copy.hubctl(*words, "--json"))
        assert told in refused(second.hubctl(*words, "--json"))
    shutil.copytree(copy.root, first.root)  # another copy, where those containers were made
    assert told in refused(first.hubctl("down", "--json"))
    assert {each["state"] for each in first.hubctl("status", "--json").data["services"]} == {"missing"}
    assert (containers(name), hub.hubctl("status", "--json").data["notes"]) == (running, [])
    assert hub.hubctl("down", "--json").data["was_running"]
    shutil.rmtree(first.root)
    assert told in refused(copy.hubctl("adopt", "--yes", "--json"))  # the data is still that hub's
    assert copy.hubctl("adopt", "--as-new", "--yes").code == 0

    again = RealHub(root.rename(root.with_name("moved-again")), hub.env)
    assert again.hubctl("adopt", "--yes", "--json").data["volumes"] == [f"{name}_data"]
    assert told.replace(f"{root}", f"{again.root}") in refused(second.hubctl("adopt", "--yes", "--json"))
    assert again.hubctl("down", "--volumes", "--yes").code == 0
    assert docker("volume", "ls", "--quiet", "--filter", f"name={name}") == []
    assert second.hubctl("status", "--json").data["notes"] == []


def test_a_volume_that_another_project_made_and_uses_is_not_adopted(tmp_path: Path, name: str) -> None:
    shared = f"{{name: {name}-shared}}"
    theirs = made(tmp_path / "theirs", volume=shared, env=f"COMPOSE_PROJECT_NAME={name}\n")
    mine = made(tmp_path / "mine", volume=shared, env=f"COMPOSE_PROJECT_NAME={name}2\n")
    start(theirs)
    for words in (("down", "--volumes", "--yes"), ("adopt", "--yes")):
        told = refused(mine.hubctl(*words, "--json"))
        assert f"{name} made the volume {name}-shared and uses it: 1 container made from {theirs.root}" in told
    assert theirs.hubctl("status", "--json").data["notes"] == []


def test_two_compose_files_of_one_folder_and_name_are_two_hubs(first: RealHub, name: str) -> None:
    (first.root / "compose.other.yml").write_text(COMPOSE.replace("{VOLUME}", "").replace("redis:", "cache:"))
    running = containers(name)
    for words in (("down", "--volumes", "--yes"), ("adopt", "--yes")):
        told = refused(first.hubctl(*words, "--hub", "compose.other.yml", "--json"))
        assert f"{first.root}/compose.yml: {name}-litellm-1, {name}-redis-1" in told
    assert (containers(name), marks(name)) == (running, 1)
    assert first.hubctl("down", "--json").data["was_running"]


def test_a_hub_whose_compose_file_got_another_name_is_the_same_hub(first: RealHub, name: str) -> None:
    (first.root / "compose.yml").rename(first.root / "docker-compose.yaml")
    seen = first.hubctl("status", "--json").data
    assert (seen["notes"], {service["state"] for service in seen["services"]} & {"missing"}) == ([], set())
    assert first.hubctl("down", "--volumes", "--yes", "--json").data["was_running"]
    assert (containers(name), volumes(name)) == ([], [])


def test_what_down_could_not_stop_or_delete_is_not_said_to_be(first: RealHub, name: str) -> None:
    first.compose_at("run", "--detach", "--name", f"{name}-once", "litellm")
    done = first.hubctl("down", "--volumes", "--yes", "--json")
    assert (done.code, done.error["code"]) == (4, "engine_refused")
    assert f"that `docker compose down` leaves alone still run: {name}-once" in done.error["message"]
    docker("kill", f"{name}-once")
    assert first.hubctl("down", "--json").data == {"was_running": False, "volumes_deleted": False, "notes": []}
    done = first.hubctl("down", "--volumes", "--yes", "--json")
    assert f"still in use and were not deleted: {name}_data" in done.error["message"]
    assert f"docker rm {name}-once" in done.error["hint"]
    docker("rm", f"{name}-once")
    assert first.hubctl("down", "--volumes", "--yes", "--json").data["volumes_deleted"]
    assert volumes(name) == []


def test_what_verify_left_in_the_folder_from_before_is_told_and_removed(first: RealHub, name: str) -> None:
    assert first.hubctl("down").code == 0
    start(first)
    left = f"{name}-hubctl-verify-gateway-0"
    label = f"hubctl.second={first.root}/compose.yml"
    docker(
        "run", "--detach", "--name", left, "--network", f"{name}_default", "--label", label, "busybox", "sleep", "99"
    )
    try:
        hub = RealHub(first.root.rename(first.root.with_name("moved")), first.env)
        for words in (("down",), ("adopt", "--yes")):
            assert any(left in note for note in hub.hubctl("status", "--json").data["notes"])
            assert any(left in note for note in hub.hubctl("doctor", "--json").data["notes"])
            hub.hubctl(*words)
        assert any(left in note for note in hub.hubctl("status", "--json").data["notes"])
        assert hub.hubctl("down", "--json").data["was_running"]
        assert docker("ps", "--all", "--quiet", "--filter", f"name={left}") == []
        assert docker("network", "ls", "--quiet", "--filter", f"name={name}_default") == []
    finally:
        subprocess.run(["docker", "rm", "--force", left], capture_output=True, check=False)


def test_a_name_of_its_own_is_not_written_into_another_hub_through_a_link(first: RealHub, second: RealHub) -> None:
    assert first.hubctl("down").code == 0
    (first.root / ".env").write_text("A=b\n")
    (second.root / ".env").symlink_to(first.root / ".env")
    told = refused(second.hubctl("adopt", "--as-new", "--yes", "--json"))
    assert f"{second.root}/.env leads into another hub, {first.root}" in told
    assert (first.root / ".env").read_text() == "A=b\n"


def test_whose_container_has_a_name_that_the_file_gives_is_told(tmp_path: Path, name: str) -> None:
    fixed = COMPOSE.replace("{VOLUME}", "").replace("  redis:\n", f"  redis:\n    container_name: {name}-fixed\n")
    hubs = [made(tmp_path / f"h{number}", env=f"COMPOSE_PROJECT_NAME={name}{number}\n") for number in ("", "2")]
    for hub in hubs:
        (hub.root / "compose.yml").write_text(fixed)
    start(hubs[0])
    told = refused(hubs[1].hubctl("up", "--timeout", "5", "--json"))
    assert f"the container name {name}-fixed is taken by a container made from {hubs[0].root}" in told
    assert hubs[1].hubctl("down", "--volumes", "--yes").code == 0
    assert len(containers(name)) == 2
