"""Diffs show what changes and no secret: not the old one, not a neighbour's, not one in a comment."""

from hubctl.core.text import diff

SECRET = "sk-proj-0123456789abcdef"


def hidden(_name: str, _value: str) -> str:
    return "…"


def env_diff(before: str, after: str) -> str:
    return diff.unified(before, after, diff.env_lines(hidden), diff.env_lines(lambda name, _: f"<{name}>"))


def config_diff(before: str, after: str) -> str:
    return diff.unified(before, after, list, list)


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
