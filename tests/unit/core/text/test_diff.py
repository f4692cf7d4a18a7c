"""Diffs show what changes and no secret: not the old one, not a neighbour's, not one in a comment."""

import pytest

from hubctl.core.text import diff

SECRET = "sk-proj-0123456789abcdef"


def hidden(_name: str, _value: str) -> str:
    return "…"


def env_diff(before: str, after: str) -> str:
    return diff.unified(before, after, diff.env_lines(hidden), diff.env_lines(lambda name, _: f"<{name}>"))


def config_diff(before: str, after: str) -> str:
    mask = diff.config_lines(lambda text: text)
    return diff.unified(before, after, mask, mask)


def test_a_value_that_is_replaced_is_hidden_before_and_masked_after() -> None:
    before, after = f"A=1\nKEY={SECRET}\nB=2\n", "A=1\nKEY=new\nB=2\n"
    assert env_diff(before, after) == "@@ -1,4 +1,4 @@\n A=<A>\n-KEY=…\n+KEY=<KEY>\n B=<B>\n "


def test_no_value_of_an_env_file_is_shown_whatever_the_style() -> None:
    lines = [
        f"A='{SECRET}'",
        f'export B="{SECRET}" # {SECRET}',
        f"C: {SECRET}",
        f"#D={SECRET}",
        f"# E: {SECRET}",
        f'F="one\n{SECRET}\nthree"',
        f"G h={SECRET}",
        f'I="{SECRET}',
    ]
    for line in lines:
        shown = env_diff(f"{line}\nX=1\n", f"{line}\nX=2\n")
        assert SECRET not in shown, line
        assert "-X=…" in shown.splitlines()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"    api_key: {SECRET}", "    api_key: …"),
        (f'    "api_key": "{SECRET}"', '    "api_key": …'),
        (f"    # api_key: {SECRET}", "    # api_key: …"),
        (
            f"  - {{model_name: a, litellm_params: {{api_key: {SECRET}}}}}",
            "  - {model_name: a, litellm_params: {api_key: …",
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
    assert config_diff(f"{line}\nx: 1\n", f"{line}\nx: 2\n").splitlines()[1] == f" {shown}"


def test_far_away_lines_are_left_out_and_line_ends_are_not_shown() -> None:
    before = "".join(f"x{number}: 1\r\n" for number in range(20))
    assert config_diff(before, before.replace("x10: 1", "x10: 2")).split("\n") == [
        "@@ -9,5 +9,5 @@", " x8: 1", " x9: 1", "-x10: 1", "+x10: 2", " x11: 1", " x12: 1",
    ]  # fmt: skip


def test_equal_texts_have_no_diff() -> None:
    assert config_diff("a: 1\n", "a: 1\n") == ""


def test_prose_in_a_comment_of_an_env_file_is_shown() -> None:
    assert " # Keys of providers: take the # away" in env_diff(
        "# Keys of providers: take the # away\nX=1\n", "# Keys of providers: take the # away\nX=2\n"
    )
