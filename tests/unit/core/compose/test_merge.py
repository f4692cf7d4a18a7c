"""Merging; every expected value was given by Docker Compose 2.26."""

from pathlib import Path
from typing import Any

import pytest

from hubctl.core.compose.merge import merge
from hubctl.core.compose.text import parse


def merged(base: str, override: str) -> Any:
    files = [parse(f"services: {{a: {{{text}}}}}", Path("c.yml")).data for text in (base, override)]
    services: Any = merge(merge({}, files[0]), files[1])["services"]
    return services["a"]


@pytest.mark.parametrize(
    ("base", "override", "after"),
    [
        ("image: x", "command: y", {"image": "x", "command": "y"}),
        ("image: x", "image: y", {"image": "y"}),
        ("ports: ['3000:80']", "ports: ['3001:80', '3000:80']", {"ports": ["3000:80", "3001:80"]}),
        ("ports: ['3000:80']", "ports: !override ['1:2']", {"ports": ["1:2"]}),
        ("ports: ['3000:80']", "ports: !reset []", {}),
        ("ports: ['3000:80']", "ports: null", {"ports": ["3000:80"]}),
        ("ports: ['3000:80']", "ports: !foo ['1:2']", {"ports": ["3000:80", "1:2"]}),
        ("volumes: ['./x:/d', 'v:/e']", "volumes: ['./y:/d:ro']", {"volumes": ["./y:/d:ro", "v:/e"]}),
        ("volumes: ['./x:/d']", "volumes: [{source: v, target: /d}]", {"volumes": [{"source": "v", "target": "/d"}]}),
        ("environment: {A: 1, B: 2}", "environment: ['B=3', 'C']", {"environment": {"A": "1", "B": "3", "C": None}}),
        ("environment: {A: 1, B: 2}", "environment: {A: !reset null}", {"environment": {"B": "2"}}),
        ("environment: {A: 1}", "environment: !override {B: 1}", {"environment": {"B": "1"}}),
        ("command: [a]", "command: b c", {"command": "b c"}),
        ("command: [a]", "command: [b]", {"command": ["b"]}),
        ("command: a", "command: null", {"command": None}),
        ("env_file: a.env", "env_file: [b.env]", {"env_file": ["a.env", "b.env"]}),
        ("depends_on: [b]", "depends_on: {c: {condition: x}}", {"depends_on": {"b": None, "c": {"condition": "x"}}}),
        ("build: .", "build: {dockerfile: X}", {"build": {"context": ".", "dockerfile": "X"}}),
        ("healthcheck: {test: [CMD, a]}", "healthcheck: {test: [CMD, b]}", {"healthcheck": {"test": ["CMD", "b"]}}),
        ("profiles: [x]", "profiles: [y]", {"profiles": ["x", "y"]}),
    ],
)
def test_a_service_is_merged_as_compose_does(base: str, override: str, after: dict[str, object]) -> None:
    assert merged(base, override) == after


def test_a_lone_files_tags_are_obeyed() -> None:
    data = parse("a: !override {b: [!override 1]}\nc: !reset x\n", Path("c.yml")).data
    assert merge({}, data) == {"a": {"b": ["1"]}}


def test_a_whole_service_can_be_replaced_or_removed() -> None:
    base = {"services": {"a": {"image": "x", "command": "y"}, "b": {"image": "x"}}}
    override = parse("services: {a: !override {image: z}, b: !reset null}", Path("c.yml")).data
    assert merge(base, override) == {"services": {"a": {"image": "z"}}}


def test_shapes_that_do_not_fit_give_the_override() -> None:
    assert merge({"a": [1]}, {"a": {"b": 1}}) == {"a": {"b": 1}}
