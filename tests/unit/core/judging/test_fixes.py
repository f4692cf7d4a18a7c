"""What `--fix` does to a text: before and after, the lines named and no others, and nothing left to find."""

from pathlib import Path

import pytest

from hubctl.core.judging import fixes, judge
from hubctl.core.judging.rule import Edit, Finding
from hubctl.core.rules import RULES
from hubctl.errors import EditRefused
from tests.unit.core.rules.judging import Case, judged, subject_of, written

HEAD = "model_list:\n  - model_name: a\n    litellm_params:\n      model: {model}\n"
OPENAI, OLLAMA = HEAD.format(model="openai/gpt-4o"), HEAD.format(model="ollama_chat/x")
TABLE: list[tuple[str, str, str, str]] = [
    (
        "HUB301",
        OPENAI,
        '      api_key: "${OPENAI_API_KEY}" # mine\n',
        "      api_key: os.environ/OPENAI_API_KEY # mine\n",
    ),
    ("HUB301", OPENAI, "      api_key: $OPENAI_API_KEY\r\n", "      api_key: os.environ/OPENAI_API_KEY\r\n"),
    ("HUB302", OPENAI, "      api_key: os.environ.OPENAI_API_KEY\n", "      api_key: os.environ/OPENAI_API_KEY\n"),
    ("HUB302", OPENAI, "      api_key: 'os.getenv(\"X\")'\n", "      api_key: os.environ/X\n"),
    ("HUB141", OLLAMA, "      api_base: 'http://o:1/v1/'\n", "      api_base: http://o:1\n"),
    ("HUB144", OPENAI, "      api_base: http://o/v1/chat/completions\n", "      api_base: http://o/v1\n"),
    ("HUB147", OPENAI, "      api_base: http://ollama:11434/\n", "      api_base: http://ollama:11434/v1\n"),
    ("HUB223", OPENAI, "litellm_settings: {cache: 'true'}\n", "litellm_settings: {cache: true}\n"),
    ("HUB247", OPENAI, "router_settings: {fallbacks: [{a: a}]}\n", "router_settings: {fallbacks: [{a: [a]}]}\n"),
    (
        "HUB261",
        OPENAI,
        "litellm_settings:\n  success_callback: langfuse\n",
        "litellm_settings:\n  success_callback: [langfuse]\n",
    ),
    ("HUB264", OPENAI, "litellm_settings: {callbacks: otel}\n", "litellm_settings: {callbacks: [otel]}\n"),
    ("HUB327", OPENAI, "general_settings: {master_key: 0123}\n", 'general_settings: {master_key: "0123"}\n'),
    ("HUB106", OPENAI, "x:\n\u00a0\u00a0a: 1\n", "x:\n  a: 1\n"),
    ("HUB101", "model_list:\n", "\u00a0\u00a0- model_name: a\n\u00a0\u00a0 x\n", ""),
]
ENV_TABLE = [
    ("HUB402", "A=1\nKEY: v # c\n", "A=1\nKEY=v # c\n"),
    ("HUB404", "A=\nB=  # a comment\n", 'A=\nB=""  # a comment\n'),
]


def _fixed(case: Case, folder: Path, rule: str) -> tuple[Path, str]:
    findings = judged(case, folder, rule)
    assert findings
    assert all(finding.fixable for finding in findings)
    (path,) = written(case, folder)
    work = fixes.env if path.suffix == ".env" else fixes.config
    return path, work(path.read_bytes().decode(), findings, path)


@pytest.mark.parametrize(("rule", "head", "before", "after"), TABLE[:-1])
def test_a_config_is_corrected_on_its_line_alone(rule: str, head: str, before: str, after: str, tmp_path: Path) -> None:
    path, text = _fixed(head + before, tmp_path, rule)
    assert text == head + after
    path.write_bytes(text.encode())
    assert judge.check(RULES, subject_of(text, tmp_path), only=[rule]) == ()


@pytest.mark.parametrize(("rule", "before", "after"), ENV_TABLE)
def test_an_env_file_is_corrected_on_its_line_alone(rule: str, before: str, after: str, tmp_path: Path) -> None:
    _, text = _fixed({"a.env": before}, tmp_path, rule)
    assert text == after
    assert judge.check(RULES, subject_of({"a.env": text}, tmp_path), only=[rule]) == ()


def test_a_correction_after_which_the_file_cannot_be_read_is_refused(tmp_path: Path) -> None:
    rule, head, before, _ = TABLE[-1]
    with pytest.raises(EditRefused, match="would not be readable"):
        _fixed(head + before, tmp_path, rule)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (Edit(2, 16, "a", "b\n    model_info: {}"), "more would change"),
        (Edit(1, 0, "model_list:", "other: 1\nmodel_list:"), "more would change"),
        (Edit(2, 16, "a", "a"), "more would change"),
        (Edit(2, 0, "nothing", "x"), "two changes meet"),
        (Edit(3, 0, "    litellm_params:", "\t"), "would not be readable"),
    ],
)
def test_an_edit_that_does_not_do_what_it_says_is_refused(edit: Edit, says: str) -> None:
    text = "model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n"
    places = {"line": 2, "column": 1, "end_line": 2, "end_column": 2}
    words = {"message": "m", "effect": "e", "fix": "f", "url": "u"}
    finding = Finding("HUB301", "error", Path("c"), **places, **words, fixable=True, edits=(edit,))  # type: ignore[arg-type]
    with pytest.raises(EditRefused, match=says):
        fixes.config(text, [finding], Path("c"))


def test_every_rule_that_says_it_can_be_fixed_has_a_row() -> None:
    rows = {row[0] for row in TABLE} | {row[0] for row in ENV_TABLE}
    assert rows == {rule.id for rule in RULES if rule.fixable}
