"""The diffs of a change show no secret, wherever one stands in a file."""

from pathlib import Path

import pytest

from hubctl.adapters.state.receipts import Write
from hubctl.core.change.receipt import FileKind
from hubctl.operations.change.plan import Plan

SECRET = "sk-proj-0123456789abcdef"
CANARY = "Kan4ri/e#n@Vogel-77"
DIGITS = "4711081547110815"


def config(text: str) -> str:
    return diff("config", text)


def diff(kind: FileKind, text: str, end: str = "x") -> str:
    before, after = f"{text}\n{end}: 1\n".encode(), f"{text}\n{end}: 2\n".encode()
    return Plan("x", (Write(Path("file"), kind, before, after),)).files[0].diff


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"    api_key: {SECRET}", "    api_key: …"),
        (f'    "api_key": "{SECRET}"', '    "api_key": …'),
        (f"    # api_key: {SECRET}", "    # api_key: …"),
        (
            f"  - {{model_name: a, litellm_params: {{api_key: {SECRET}}}}}",
            "  - {model_name: a, litellm_params: {api_key: …}}",
        ),
        (f"  database_url: postgresql://me:{SECRET}@db/x", "  database_url: postgresql://…@db/x"),
        (f"  password: {SECRET}", "  password: …"),
        ("    api_key: os.environ/OPENAI_API_KEY", "    api_key: os.environ/OPENAI_API_KEY"),
        ("    api_key: os.environ/OPENAI_API_KEY  # mine", "    api_key: os.environ/OPENAI_API_KEY  # mine"),
        ("    input_cost_per_token: 0.0001", "    input_cost_per_token: 0.0001"),
        ("    model: openai/gpt-4o", "    model: openai/gpt-4o"),
        ("    api_base: http://ollama:11434", "    api_base: http://ollama:11434"),
        ("    max_tokens: 100", "    max_tokens: 100"),
    ],
)
def test_of_a_config_only_secrets_are_hidden(line: str, shown: str) -> None:
    assert config(line).splitlines()[1] == f" {shown}"


@pytest.mark.parametrize(
    "text",
    [
        f"api_key: &anchor {CANARY}",
        f"x: &anchor {CANARY}\napi_key: *anchor",
        f"password: |\n  {CANARY}",
        f"password: >-\n  {CANARY}",
        f"password:\n  {CANARY}",
        f"password:\n  - {CANARY}",
        f"keys:\n- '{CANARY}'",
        f"password: {DIGITS}",
        f"password: !!str {DIGITS}",
        f"db_pass: {CANARY}",
        f"headers: {{Cookie: 'session={CANARY}'}}",
        f"X-Auth: {CANARY}",
        f"Authorization: Basic {CANARY}",
        f"api_base: https://host/v1?sig={DIGITS}&v=1",
        f"api_base: https://{DIGITS}@host/v1",
        f"api_base: https://me:{CANARY}@host/v1",
        f"# the password was {CANARY}\nmaster_key: {CANARY}",
        f"#password: {CANARY}",
        f"# webhook: https://hooks.slack.com/services/{CANARY}",
        f'params: {{"pass": "{CANARY}", "x": 1}}',
        f'command: ["--requirepass", "{CANARY}"]',
        f"command: run --password {DIGITS} --other 1",
    ],
)
def test_no_way_to_write_a_secret_into_a_config_is_shown(text: str) -> None:
    shown = config(text)
    for piece in (CANARY, DIGITS, "n@Vogel-77", "Kan4ri/e", DIGITS[:8]):
        assert piece not in shown, shown
    assert shown.endswith("-x: 1\n+x: 2\n ")


@pytest.mark.parametrize("text", [f"DB_PASS={CANARY}", f"# was {CANARY}\nA='{CANARY}'", f"#OLD_TOKEN={CANARY}"])
def test_no_secret_of_an_env_file_is_shown_in_a_comment_either(text: str) -> None:
    assert CANARY not in diff("env", f"PASSWORD={CANARY}\n{text}", end="X")
