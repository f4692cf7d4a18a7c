"""Where findings stand in files that make it hard to say: packed configs, override files, marks and odd quotes."""

from pathlib import Path

import pytest

from hubctl.core.judging.subject import EnvFile
from tests.unit.core.rules.judging import COMPOSE, CONFIG, Case, hub, judged, under, words_at

CONFIG_MAP = """\
kind: ConfigMap
apiVersion: v1
data:
    config.yaml: |

        # a comment
        model_list:
          - model_name: caf\u00e9
            litellm_params: {{model: openai/gpt-4o, api_key: $OPENAI_API_KEY}}{end}
"""


@pytest.mark.parametrize("end", ["", "\r"])
@pytest.mark.parametrize("sign", ["|", "|4-"])
def test_a_place_in_a_packed_config_is_that_of_the_whole_file(sign: str, end: str, tmp_path: Path) -> None:
    (found,) = judged(CONFIG_MAP.format(end=end).replace("|", sign), tmp_path, "HUB301")
    assert (found.line, under(found)) == (9, "$OPENAI_API_KEY")


def test_a_place_in_helm_values_is_that_of_the_whole_file(tmp_path: Path) -> None:
    values = "proxy:\n  config:\n    model_list: []\n    environment_variables: {A: $B}\n"
    (found,) = judged(values, tmp_path, "HUB301")
    assert (found.line, under(found)) == (4, "$B")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_byte_order_mark_moves_nothing(mark: str, tmp_path: Path) -> None:
    files: dict[str, Case] = {
        "HUB301": mark + "environment_variables: {A: $BASE}\nmodel_list: []\n",
        "HUB402": {"a.env": mark + "KEY: v\n"},
        "HUB531": {"compose.yml": mark + "services: {litellm: {image: 'ghcr.io/berriai/litellm'}}\n"},
        "HUB101": mark + "model_list: [a: b: c]\n",
    }
    texts = {
        rule: [(each.column, under(each)) for each in judged(case, tmp_path, rule)] for rule, case in files.items()
    }
    assert texts == {
        "HUB301": [(28, "$BASE")],
        "HUB402": [(1, "KEY: v")],
        "HUB531": [(29, "'ghcr.io/berriai/litellm'")],
        "HUB101": [(1, "model_list: [a: b: c]")],
    }


def test_what_stands_in_an_override_file_is_named_there(tmp_path: Path) -> None:
    override = "services:\n  ollama:\n    # caf\u00e9\n    ports: [ 11434:11434, '127.0.0.1:11434:11434' ]\n"
    (found,) = judged(hub() | {"compose.override.yml": override}, tmp_path, "HUB541")
    assert (found.file.name, under(found)) == ("compose.override.yml", "11434:11434")


def test_of_several_items_the_one_that_is_meant_is_named(tmp_path: Path) -> None:
    volumes = 'volumes: ["./config.yaml:/app/config.yaml:ro"'
    compose = COMPOSE.replace(volumes, volumes + ", /var/run/docker.sock:/var/run/docker.sock")
    compose = compose.replace('["127.0.0.1:4000:4000"]', '["127.0.0.1:4000:4000", "0.0.0.0:4001:4000"]')
    found = judged(hub(compose=compose), tmp_path, "HUB541", "HUB542")
    assert list(map(under, found)) == ['"0.0.0.0:4001:4000"', "/var/run/docker.sock:/var/run/docker.sock"]


def test_a_value_on_a_line_of_its_own_is_told_at_its_key(tmp_path: Path) -> None:
    config = CONFIG.replace("model: ollama_chat", "model:\n        ollama")
    (found,) = judged(config, tmp_path, "HUB134")
    assert under(found) == "model"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("A=b\n", "A", "b"),
        ("export A = 'b # c' # d\n", "A", "'b # c'"),
        ('A="b\\"\nc"\n', "A", '"b\\"\nc"'),
        ("A=\n", "A", "A"),
        ("A\n", "A", "A"),
        ("A: b#c \t # d\r\n", "A", "b#c"),
        ("\ufeffA=\u00e9\U0001f600\n", "A", "\u00e9\U0001f600"),
        ("A=1\n#\nA=2\n", "A", "2"),
    ],
)
def test_the_parts_of_an_assignment_have_places(text: str, name: str, value: str) -> None:
    env_file = EnvFile.read(text, Path("a.env"), {"A": "x"})
    statement = env_file.content.assignments[-1].statement
    assert words_at(text, env_file.name_span(statement)) == name
    assert words_at(text, env_file.value_span(statement)) == value
    assert env_file.span("A") == env_file.value_span(statement)
