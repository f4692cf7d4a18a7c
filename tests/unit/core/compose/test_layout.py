"""Compose data to services and roles."""

from pathlib import Path
from typing import Any

import pytest

from hubctl import errors
from hubctl.core.compose import layout
from hubctl.core.compose.layout import EnvFile, Layout, Mount, Port, Service
from hubctl.core.compose.merge import merge
from hubctl.core.compose.text import parse

FILE = Path("/hub/compose.yaml")


def laid_out(text: str, **variables: str) -> Layout:
    data = merge({}, parse(text, FILE).data)
    return layout.build(data, root=FILE.parent, files=(FILE,), variables=variables)


def service(text: str, **variables: str) -> Service:
    return laid_out(f"services: {{litellm: {{{text}}}}}", **variables).services[0]


def role_of(text: str, name: str = "thing") -> str | None:
    return laid_out(f"services: {{{name}: {{{text}}}}}").services[0].role


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'80'", [Port(80, None, None, "tcp")]),
        ("80/udp", [Port(80, None, None, "udp")]),
        ("8022:22", [Port(22, 8022, None, "tcp")]),
        ("127.0.0.1:3000:8080/tcp", [Port(8080, 3000, "127.0.0.1", "tcp")]),
        ("'[::1]:3000:80'", [Port(80, 3000, "::1", "tcp")]),
        ("127.0.0.1::80", [Port(80, None, "127.0.0.1", "tcp")]),
        ("3000-3001:80-81", [Port(80, 3000, None, "tcp"), Port(81, 3001, None, "tcp")]),
        ("3000-3002:80", [Port(80, None, None, "tcp")]),
        ("'0:80'", [Port(80, None, None, "tcp")]),
        ("'${NO}:80'", [Port(80, None, None, "tcp")]),
        ("'${BIND:-127.0.0.1}:${P:-4000}:4000'", [Port(4000, 4000, "127.0.0.1", "tcp")]),
        ("{target: 80}", [Port(80, None, None, "tcp")]),
        ("{target: 80, published: '3000', host_ip: 127.0.0.1, protocol: udp}", [Port(80, 3000, "127.0.0.1", "udp")]),
    ],
)
def test_ports_are_read_in_every_syntax(text: str, expected: list[Port]) -> None:
    assert list(service(f"ports: [{text}]").ports) == expected


@pytest.mark.parametrize("text", ["'a:b'", "'70000'", "'3000:80:90:100'", "{published: 1}", "[1]", "null", "'3-1:5-6'"])
def test_a_port_that_cannot_be_read_is_a_note(text: str) -> None:
    found = laid_out(f"services: {{a: {{ports: [{text}]}}}}")
    assert found.services[0].ports == ()
    assert [note.message for note in found.notes] == ["a published port cannot be read"]


def test_exposed_ports_are_not_published() -> None:
    assert service("expose: [4000]").ports == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.env", [EnvFile(Path("/hub/a.env"), required=True)]),
        (
            "[env/a.env, ../b.env]",
            [EnvFile(Path("/hub/env/a.env"), required=True), EnvFile(Path("/b.env"), required=True)],
        ),
        (
            "[{path: a.env, required: false}, {path: /x}]",
            [EnvFile(Path("/hub/a.env"), required=False), EnvFile(Path("/x"), required=True)],
        ),
        ("~/a.env", [EnvFile(Path("/home/me/a.env"), required=True)]),
    ],
)
def test_env_files_are_absolute(text: str, expected: list[EnvFile]) -> None:
    assert list(service(f"env_file: {text}", HOME="/home/me").env_files) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./a.yaml:/a.yaml:ro,z", Mount(Path("/hub/a.yaml"), "/a.yaml", read_only=True)),
        ("../x:/y", Mount(Path("/x"), "/y", read_only=False)),
        ("data:/data", Mount(None, "/data", read_only=False)),
        ("/data", Mount(None, "/data", read_only=False)),
        ("${D:-./c}/${M:-local}.yaml:/c.yaml", Mount(Path("/hub/c/local.yaml"), "/c.yaml", read_only=False)),
        ("{type: bind, source: ./a, target: /b, read_only: true}", Mount(Path("/hub/a"), "/b", read_only=True)),
        ("{type: volume, source: data, target: /b}", Mount(None, "/b", read_only=False)),
    ],
)
def test_volumes_are_read_in_every_syntax(text: str, expected: Mount) -> None:
    assert service(f"volumes: ['{text}']" if text[0] != "{" else f"volumes: [{text}]").mounts == (expected,)


def test_configs_are_resolved_through_their_files() -> None:
    found = laid_out(
        "configs: {c: {file: ./l.yaml}, d: {content: x}}\n"
        "services: {a: {configs: [c, {source: c, target: /app/config.yaml}, d]}}"
    )
    assert found.services[0].mounts == (
        Mount(Path("/hub/l.yaml"), "/c", read_only=True),
        Mount(Path("/hub/l.yaml"), "/app/config.yaml", read_only=True),
        Mount(None, "/d", read_only=True),
    )


def test_a_service_is_read_whole() -> None:
    found = service(
        "image: 'x:${TAG}', build: ., entrypoint: [sh, -c], command: \"a 'b c' $$D\", container_name: c,"
        "environment: [A=1, B, 'C=${TAG}'], depends_on: {redis: {condition: service_healthy}}, restart: no,"
        "healthcheck: {test: [CMD, x]}, deploy: {replicas: 3}, profiles: [gpu], network_mode: host",
        TAG="1",
    )
    assert found == Service(
        name="litellm",
        role="gateway",
        image="x:1",
        build=True,
        command=("sh", "-c", "a", "b c", "$D"),
        container_name="c",
        ports=(),
        env_files=(),
        environment={"A": "1", "B": None, "C": "1"},
        mounts=(),
        depends_on=("redis",),
        healthcheck=True,
        restart="no",
        replicas=3,
        profiles=("gpu",),
        network_mode="host",
    )


@pytest.mark.parametrize("text", ["{disable: true, test: x}", "{test: [NONE]}", "{}", "null"])
def test_a_disabled_healthcheck_is_none(text: str) -> None:
    assert not service(f"healthcheck: {text}").healthcheck


def test_what_compose_resolved_is_read_too() -> None:
    data: dict[str, Any] = {
        "services": {"llm": {"image": "berriai/litellm", "ports": [{"target": 4000, "published": "4000"}], "scale": 2}}
    }
    found = layout.build(data, root=FILE.parent, files=(FILE,), variables={}).services[0]
    assert (found.role, found.ports, found.replicas) == ("gateway", (Port(4000, 4000, None, "tcp"),), 2)


def test_each_unset_variable_is_one_note_at_its_first_place() -> None:
    found = laid_out("services:\n  a:\n    image: ${NO}\n    command: ${NO} ${OTHER:?x}\n")
    assert [(note.line, note.message) for note in found.notes] == [
        (3, "the variable NO is not set"),
        (4, "the variable OTHER is not set"),
    ]


@pytest.mark.parametrize(
    "text", ["x: 1", "services: [a]", "services: x", "services: {a: null}", "services: {a: x}", "services: {a: [1]}"]
)
def test_services_of_the_wrong_shape_are_notes(text: str) -> None:
    found = laid_out(text)
    assert (found.services, len(found.notes)) == ((), 1)


def test_only_an_explicit_name_is_the_project() -> None:
    assert laid_out("services: {}").project is None
    assert laid_out("name: ${N:-hub}\nservices: {}").project == "hub"


@pytest.mark.parametrize(
    ("image", "role"),
    [
        ("ghcr.io/berriai/litellm:main-stable", "gateway"),
        ("ghcr.io/berriai/litellm-database:v1", "gateway"),
        ("docker.litellm.ai/berriai/litellm-non_root@sha256:0", "gateway"),
        ("localhost:5000/my-litellm", "gateway"),
        ("ghcr.io/open-webui/open-webui:main", "ui"),
        ("ghcr.io/ollama-webui/ollama-webui", "ui"),
        ("ollama/ollama:rocm", "ollama"),
        ("redis", "cache"),
        ("redis/redis-stack-server:latest", "cache"),
        ("valkey/valkey:8", "cache"),
        ("eqalpha/keydb", "cache"),
        ("docker.dragonflydb.io/dragonflydb/dragonfly", "cache"),
        ("postgres:16", "database"),
        ("bitnami/postgresql:15", "database"),
        ("ankane/pgvector", "database"),
        ("timescale/timescaledb-ha:pg16", "database"),
        ("supabase/postgres", "database"),
        ("oliver006/redis_exporter", None),
        ("prometheuscommunity/postgres-exporter", None),
        ("dpage/pgadmin4", None),
        ("redis/redisinsight", None),
        ("rediscommander/redis-commander", None),
        ("someone/litellm-admin-ui", None),
        ("ghcr.io/open-webui/pipelines:main", None),
        ("ghcr.io/open-webui/mcpo:main", None),
        ("mysql:8", None),
        ("nginx", None),
    ],
)
def test_the_image_tells_the_role(image: str, role: str | None) -> None:
    assert role_of(f"image: '{image}'") == role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("build: ., command: litellm --config /app/config.yaml", "gateway"),
        ("image: python, command: [sh, -c, 'pip install litellm[proxy] && litellm --port 4000']", "gateway"),
        ("image: mine, command: redis-server --save 60 1", "cache"),
        ("image: mine, entrypoint: [/bin/ollama, serve]", "ollama"),
        ("image: ollama/ollama, entrypoint: [sh, -c, ollama pull llama3]", None),
        ("image: 'postgres:16', command: [sh, -c, 'while true; do pg_dump x; done']", None),
        ("build: ., ports: ['6379:6379']", "cache"),
        ("build: ., ports: ['4000:4000']", None),
        ("build: ., ports: ['4000:4000'], environment: [LITELLM_MASTER_KEY=x]", "gateway"),
        ("image: mysql, ports: ['5432:5432']", None),
    ],
)
def test_command_and_port_tell_the_role(text: str, role: str | None) -> None:
    assert role_of(text) == role


@pytest.mark.parametrize(
    ("name", "text", "role"),
    [
        ("litellm", "ports: []", "gateway"),
        ("litellm-1", "image: registry.local/llm-proxy", "gateway"),
        ("proxy", "container_name: team_litellm", "gateway"),
        ("litellm-db", "build: .", "database"),
        ("litellm_redis", "build: .", "cache"),
        ("db", "ports: []", "database"),
        ("db", "image: mariadb", None),
        ("redis-exporter", "build: .", None),
        ("openwebui", "build: .", "ui"),
        ("mydbtool", "build: .", None),
    ],
)
def test_the_name_tells_the_role_where_nothing_else_does(name: str, text: str, role: str | None) -> None:
    assert role_of(text, name) == role


def test_a_guess_does_not_stand_beside_a_service_that_is_sure() -> None:
    found = laid_out("services: {litellm-lb: {image: haproxy}, proxy: {image: berriai/litellm}}")
    assert [s.name for s in found.with_role("gateway")] == ["proxy"]


TWO_OF_EACH = """
services:
  a: {image: berriai/litellm, environment: {REDIS_HOST: my-redis, DATABASE_URL: "postgres://x@lite-db:5432/x"}}
  ui: {image: open-webui/open-webui, environment: ["DATABASE_URL=postgresql://u:p@ui-db:5432/x"]}
  redis: {image: redis}
  my-redis: {image: redis}
  lite-db: {image: postgres}
  ui-db: {image: postgres}
"""


def test_of_several_caches_and_databases_the_used_one_counts() -> None:
    found = laid_out(TWO_OF_EACH)
    assert (found.service("cache").name, found.service("database").name) == ("my-redis", "ui-db")


def test_of_several_caches_the_one_that_is_depended_on_counts() -> None:
    found = laid_out("services: {g: {image: litellm, depends_on: [r2]}, r1: {image: redis}, r2: {image: redis}}")
    assert found.service("cache").name == "r2"


def test_several_gateways_are_listed() -> None:
    found = laid_out("services: {a: {image: litellm}, b: {image: litellm}}")
    with pytest.raises(errors.AmbiguousService, match="a, b") as caught:
        found.service("gateway")
    assert "--service" in (caught.value.hint or "")
    assert found.service("gateway", "b").name == "b"


def test_a_role_that_nobody_has_lists_the_services() -> None:
    found = laid_out("services: {a: {image: litellm}, b: {image: nginx}}")
    with pytest.raises(errors.UnknownService, match="a, b"):
        found.service("cache")
    with pytest.raises(errors.UnknownService, match="a, b"):
        found.service("gateway", "nosuch")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("command: [--config, /app/config.yaml], volumes: ['./l.yaml:/app/config.yaml']", "/hub/l.yaml"),
        ("command: --config=/x/c.yml --port 1, volumes: ['./l.yaml:/x/c.yml']", "/hub/l.yaml"),
        ("command: [-c, /x/c.yml], volumes: ['./l.yaml:/x/c.yml']", "/hub/l.yaml"),
        ("command: --config config.yaml, volumes: ['./l.yaml:/app/config.yaml']", "/hub/l.yaml"),
        ("command: --config /conf/c.yaml, volumes: ['./conf:/conf']", "/hub/conf/c.yaml"),
        ("command: --config /conf/c.yaml, volumes: ['named:/conf', './:/']", None),
        (
            "command: [sh, -c, 'litellm --config /t.yml; litellm --config \"/c.yml\"'], volumes: ['./l.yaml:/c.yml']",
            "/hub/l.yaml",
        ),
        ("environment: {CONFIG_FILE_PATH: /x.yaml}, volumes: ['./l.yaml:/x.yaml']", "/hub/l.yaml"),
        ("volumes: ['./l.yaml:/app/config.yaml', './p.yaml:/etc/p.yaml']", "/hub/l.yaml"),
        ("volumes: ['./l.yaml:/etc/litellm/my_config.yml']", "/hub/l.yaml"),
        ("volumes: ['./l.yaml:/app/config.yaml', './m.yaml:/litellm/config.yaml']", None),
        ("command: --config /app/config.yaml", None),
        ("command: --config.file=/app/x.yaml, volumes: ['./l.yaml:/app/x.yaml']", None),
    ],
)
def test_the_config_is_found_on_the_host(text: str, expected: str | None) -> None:
    assert layout.config_path(service(text)) == (Path(expected) if expected else None)
