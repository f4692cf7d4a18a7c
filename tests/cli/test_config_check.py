"""`hubctl config check` as a process: documents, exit codes, formats, and what it leaves out when told to."""

from pathlib import Path

import pytest

from tests.processes import hubctl

pytestmark = pytest.mark.process

CONFIG = """\
model_list:
  - model_name: a
    litellm_params: {model: openai/gpt-4o, api_key: "${OPENAI_API_KEY}"}
litellm_settings: {request_timeout: 5}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
server_settings: {}
"""
COMPOSE = """\
services:
  litellm:
    image: ghcr.io/berriai/litellm:main-stable
    command: ["--config", "/app/config.yaml"]
    env_file: litellm.env
    volumes: ["./litellm_config.yaml:/app/config.yaml:ro"]
"""
FINDING = [
    *("rule", "severity", "file", "line", "column", "end_line", "end_column"),
    *("message", "effect", "fix", "fixable", "url"),
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "litellm_config.yaml"
    path.write_text(CONFIG)
    return path


def test_the_document_has_findings_and_counts(config: Path) -> None:
    done = hubctl("config", "check", config.name, "--json", cwd=config.parent)
    assert done.code == 1
    assert (done.data["errors"], done.data["warnings"]) == (1, 1)
    first = done.data["findings"][0]
    assert {"rule", "severity", "file", "line", "message", "fix", "fixable"} <= first.keys()
    assert list(first) == FINDING
    assert [first[key] for key in ("column", "end_line", "end_column")] == [53, 3, 72]
    assert first["url"] == "docs/rules.md#hub301"
    assert (first["rule"], first["severity"], first["line"]) == ("HUB301", "error", 3)
    assert first["fix"] == "write `api_key: os.environ/OPENAI_API_KEY`"
    assert done.data["litellm"]


def test_a_person_reads_what_where_why_and_the_fix(config: Path) -> None:
    done = hubctl("config", "check", config.name, cwd=config.parent)
    assert done.code == 1
    assert "litellm_config.yaml:3:53: error HUB301: `${OPENAI_API_KEY}` is used as it stands" in done.out
    assert "fix: write `api_key: os.environ/OPENAI_API_KEY`" in done.out
    assert "1 error, 1 warning in 1 file" in done.out


def test_annotations_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "a,b:c.yaml").write_text("model_list: []\n100%_wrong: {}\n")
    done = hubctl("config", "check", "a,b:c.yaml", "--format", "github", cwd=tmp_path)
    assert done.code == 0
    lines = done.out.splitlines()
    place = "line=2,endLine=2,col=1,endColumn=11"
    assert lines[1].startswith(f"::warning file=a%2Cb%3Ac.yaml,{place},title=HUB201::`100%25_wrong` is no section")
    assert all(line.startswith("::") for line in lines)


def test_an_annotation_of_several_lines_has_no_columns(config: Path) -> None:
    config.write_text("model_list: []\nlitellm_settings:\n  cache: {type: redis,\n    host: redis}\n")
    done = hubctl("config", "check", config.name, "--rule", "HUB223", "--format", "github", cwd=config.parent)
    assert done.out.startswith("::warning file=litellm_config.yaml,line=3,endLine=4,title=HUB223::")


def test_the_place_of_a_file_that_cannot_be_read_is_told(config: Path) -> None:
    stack, secrets = config.parent / "compose.yml", config.parent / "litellm.env"
    stack.write_text(COMPOSE)
    secrets.write_bytes("# caf\u00e9\nA=\u00e9".encode() + b"\xe9\n")
    findings = hubctl("config", "check", "--json", cwd=config.parent).data["findings"]
    (found,) = [each for each in findings if each["rule"] == "HUB408"]
    assert [found[key] for key in ("line", "column", "end_line", "end_column")] == [2, 4, 2, 5]
    secrets.write_bytes(b"#" * 9_000_000)
    findings = hubctl("config", "check", "--json", cwd=config.parent).data["findings"]
    (found,) = [each for each in findings if each["rule"] == "HUB408"]
    assert {found[key] for key in ("line", "column", "end_line", "end_column")} == {None}


def test_warnings_count_only_when_told_to(config: Path) -> None:
    config.write_text(CONFIG.replace("${OPENAI_API_KEY}", "os.environ/OPENAI_API_KEY"))
    assert hubctl("config", "check", config.name, cwd=config.parent).code == 0
    assert hubctl("config", "check", config.name, "--strict", cwd=config.parent).code == 1


def test_rules_can_be_chosen_and_left_out(config: Path) -> None:
    only = hubctl("config", "check", config.name, "--rule", "HUB201", "--json", cwd=config.parent)
    assert [each["rule"] for each in only.data["findings"]] == ["HUB201"]
    without = hubctl("config", "check", config.name, "--ignore", "hub301", "--ignore", "HUB201", cwd=config.parent)
    assert (without.code, "nothing wrong" in without.out) == (0, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"${OPENAI_API_KEY}"}', '"${OPENAI_API_KEY}"}  # hubctl: ignore HUB301'),
        ("    litellm_params: {model", "    # hubctl: ignore HUB301, HUB999\n    litellm_params: {model"),
    ],
)
def test_a_comment_leaves_a_rule_out_in_one_place(config: Path, before: str, after: str) -> None:
    config.write_text(CONFIG.replace(before, after))
    done = hubctl("config", "check", config.name, "--json", cwd=config.parent)
    assert [each["rule"] for each in done.data["findings"]] == ["HUB201"]


def test_a_comment_for_another_rule_or_place_hides_nothing(config: Path) -> None:
    config.write_text("# hubctl: ignore HUB301\n" + CONFIG.replace('}"}', '}"}  # hubctl: ignore HUB302'))
    assert hubctl("config", "check", config.name, "--json", cwd=config.parent).data["errors"] == 1


def test_files_of_all_kinds_are_told_by_their_content(config: Path) -> None:
    (config.parent / "secrets.txt").write_text("A=1\nA B=1\n")
    (config.parent / "stack.yaml").write_text("services:\n  a: {image: x, image: y}\n")
    done = hubctl("config", "check", "secrets.txt", "stack.yaml", config.name, "--json", cwd=config.parent)
    assert {each["rule"] for each in done.data["findings"]} >= {"HUB401", "HUB501", "HUB301"}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nowhere.yaml",), 4, "is missing"),
        (("README.md",), 4, "no litellm config, env file or compose file"),
        (("empty.yaml",), 4, "is empty"),
        (("litellm_config.yaml", "--rule", "HUB999"), 2, "no rule is called HUB999"),
    ],
)
def test_what_cannot_be_checked_is_said_in_one_line(config: Path, words: tuple[str, ...], code: int, says: str) -> None:
    (config.parent / "README.md").write_text("# words\n")
    (config.parent / "empty.yaml").touch()
    done = hubctl("config", "check", *words, cwd=config.parent)
    assert (done.code, says in done.err) == (code, True)


def test_a_new_hub_has_nothing_wrong(tmp_path: Path) -> None:
    hubctl("init", "hub", cwd=tmp_path)
    done = hubctl("config", "check", "--strict", "--json", cwd=tmp_path / "hub")
    assert (done.code, done.data["errors"], done.data["warnings"]) == (0, 0, 0)
    assert len(done.data["files"]) >= 6
