"""The only printer, in every mode side by side: a terminal, a pipe, JSON."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hubctl.core.compose.stack import LogLine
from hubctl.errors import BadFile
from hubctl.operations.smoke.run import SmokeTest
from hubctl.operations.stack.lifecycle import LogEntry, Logs
from hubctl.output import Output
from tests.processes import HIDE_CURSOR, PROGRAM, SHOW_CURSOR, environment, hubctl, in_terminal, running

CONFIG = """\
model_list:
  - model_name: llama3.2:3b
    litellm_params: {model: ollama_chat/llama3.2:3b}
  - model_name: "evil\\e[2J\\a name"
    litellm_params: {model: "openai/\\e]0;title\\a"}
"""
MODELS = ("models", "--config", "config.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


def in_one(*words: str, cwd: Path, **variables: str) -> str:
    """What a command shows in a terminal."""
    with in_terminal(*words, cwd=cwd, variables=variables) as terminal:
        assert terminal.end() == 0, terminal.shown
        return terminal.shown


@pytest.mark.process
def test_on_a_terminal_there_is_colour(folder: Path) -> None:
    shown = in_one(*MODELS, cwd=folder)
    assert "\x1b[32m" in shown
    assert "llama3.2:3b" in shown


@pytest.mark.process
@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(folder: Path, variables: dict[str, str]) -> None:
    shown = in_one(*MODELS, cwd=folder, **variables)
    assert "llama3.2:3b" in shown
    assert "\x1b[3" not in shown


@pytest.mark.process
def test_an_empty_no_color_counts_as_unset(folder: Path) -> None:
    assert "\x1b[32m" in in_one(*MODELS, cwd=folder, NO_COLOR="")


@pytest.mark.process
def test_in_a_pipe_there_is_neither_colour_nor_wrapping(folder: Path) -> None:
    name = "x" * 300
    (folder / "config.yaml").write_text(
        CONFIG + f"  - {{model_name: {name}, litellm_params: {{model: openai/{name}}}}}\n"
    )
    done = hubctl(*MODELS, cwd=folder, COLUMNS="40", FORCE_COLOR="1")
    assert (done.code, done.err) == (0, "")
    assert "\x1b" not in done.out
    (line,) = [line for line in done.out.splitlines() if name in line]
    assert f"openai/{name}" in line


@pytest.mark.process
@pytest.mark.parametrize("words", [MODELS, (*MODELS, "--json")])
def test_control_characters_reach_no_terminal_and_no_pipe(folder: Path, words: tuple[str, ...]) -> None:
    for shown in (in_one(*words, cwd=folder, NO_COLOR="1"), hubctl(*words, cwd=folder).out):
        assert "evil" in shown
        assert not [piece for piece in ("\x1b[2J", "\x07", "\x1b]0;") if piece in shown]


@pytest.mark.process
def test_json_is_one_line_and_the_same_on_a_terminal_and_in_a_pipe(folder: Path) -> None:
    shown, done = in_one(*MODELS, "--json", cwd=folder), hubctl(*MODELS, "--json", cwd=folder)
    assert shown.replace("\r\n", "\n") == done.out
    assert done.document["data"]["models"][1]["name"] == "evil\x1b[2J\x07 name"


@pytest.mark.process
def test_an_error_is_on_stderr_for_people_and_on_stdout_as_json(tmp_path: Path) -> None:
    text, document = hubctl(*MODELS, cwd=tmp_path), hubctl(*MODELS, "--json", cwd=tmp_path)
    assert (text.code, text.out) == (4, "")
    assert text.err == f"error: {tmp_path}/config.yaml is missing\n  next: `hubctl init` makes what is missing\n"
    assert (document.code, document.err) == (4, "")
    assert document.document == {
        "schema": 1,
        "ok": False,
        "error": {
            "code": "bad_file",
            "message": f"{tmp_path}/config.yaml is missing",
            "hint": "`hubctl init` makes what is missing",
        },
    }


def test_control_characters_in_an_error_reach_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=False, color=True).fail(BadFile("\x1b[2Jgone", hint="\x07beep"))
    assert capsys.readouterr().err == "error: \N{REPLACEMENT CHARACTER}[2Jgone\n  next: \N{REPLACEMENT CHARACTER}beep\n"


@pytest.mark.process
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("words", [MODELS, (*MODELS, "--json")])
def test_a_terminal_that_cannot_show_a_character_is_no_bug(
    tmp_path: Path, encoding: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "config.yaml").write_text("model_list: [{model_name: 模型, litellm_params: {model: x/y}}]\n")
    done = hubctl(*words, cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert (done.code, done.err) == (0, "")
    if "--json" in words:
        assert done.document["data"]["models"][0]["name"] == "模型"
    else:
        assert "\\u6a21\\u578b" in done.out


@pytest.mark.process
def test_a_folder_whose_name_is_no_text_is_no_bug(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/na\xefve"))
    folder.mkdir()
    done = subprocess.run([*PROGRAM, "init", "--json"], cwd=folder, env=environment(), capture_output=True, check=True)
    assert json.loads(done.stdout)["data"]["root"] == f"{tmp_path}/na\udcefve"


def shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = " ".join(PROGRAM)
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("hubctl", program, 1)],
        check=False,
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.process
@pytest.mark.parametrize("option", ["", "--json"])
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path, option: str) -> None:
    many = "".join(f"  - {{model_name: m{n}, litellm_params: {{model: x/y}}}}\n" for n in range(1500))
    (tmp_path / "config.yaml").write_text(f"model_list:\n{many}")
    done = shell(f"hubctl models --config config.yaml {option} | head -c 20", tmp_path)
    assert (done.returncode, done.stderr, len(done.stdout)) == (0, "", 20)


@pytest.mark.process
@pytest.mark.parametrize("option", ["", "--json"])
def test_watching_ends_when_its_reader_has_seen_enough(hub_folder: Path, option: str) -> None:
    began = time.monotonic()
    done = shell(f"hubctl status --watch --interval 0.1 {option} | head -1", hub_folder)
    assert time.monotonic() - began < 20
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


@pytest.mark.process
def test_an_error_for_nobody_is_no_traceback(tmp_path: Path) -> None:
    done = shell("hubctl models --config gone.yaml --json | true", tmp_path)
    assert done.stderr == ""


FULL = """\
error: the result cannot be written: No space left on device
  next: see where stdout goes; what was done, is done
"""


@pytest.mark.process
@pytest.mark.parametrize("option", ["", "--json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_stdout_is_told_and_is_no_bug(folder: Path, option: str, unbuffered: str) -> None:
    command = f"PYTHONUNBUFFERED={unbuffered} hubctl models --config config.yaml {option} >/dev/full"
    done = shell(command, folder)
    assert (done.returncode, done.stderr) == (4, FULL)


@pytest.mark.process
def test_an_error_that_finds_stdout_full_is_told_on_stderr(tmp_path: Path) -> None:
    done = shell("hubctl models --config gone.yaml --json >/dev/full", tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith(f"error: {tmp_path}/gone.yaml is missing\n")


@pytest.mark.process
@pytest.mark.parametrize("option", ["", "--json"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_the_shell_has_closed_is_no_bug(folder: Path, option: str, closed: str) -> None:
    done = shell(f"hubctl models --config config.yaml {option} {closed}", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert bool(done.stdout) == (closed == "2>&-")


@pytest.mark.process
def test_watching_in_a_pipe_prints_a_document_a_line(hub_folder: Path) -> None:
    with running("status", "--watch", "--interval", "0.1", "--json", cwd=hub_folder) as process:
        assert process.stdout is not None
        documents = [json.loads(process.stdout.readline()) for _ in range(3)]
    # Without an engine nobody can tell whether it is down.
    assert [document["data"]["state"] for document in documents] == ["degraded"] * 3


USES_OUTPUT = """\
import sys, time
from hubctl.core.compose.stack import LogLine
from hubctl.errors import HubError
from hubctl.operations.stack.lifecycle import LogEntry, Logs
from hubctl.output import Output

output = Output(as_json="--json" in sys.argv, color=True)
try:
    {}
except HubError as error:
    output.fail(error)
"""


def use(tmp_path: Path, line: str, *words: str, after: str = "", typed: str = "", stderr: int | None = None) -> str:
    """Run one line that uses `output` in a terminal, type when `after` is shown, and give all that was shown."""
    (tmp_path / "lines.py").write_text(USES_OUTPUT.format(line))
    with in_terminal(*words, cwd=tmp_path, stderr=stderr, program=(sys.executable, "lines.py")) as terminal:
        if after:
            terminal.wait_for(after)
            terminal.type(typed)
        assert terminal.end() == 0, terminal.shown
        return terminal.shown


WORKS = (
    "output.progress('asking \\x1b[2J a'); time.sleep(0.3);"
    "output.progress('asking b [/]'); time.sleep(0.3); output.quiet()"
)


@pytest.mark.process
def test_progress_is_a_spinner_on_a_terminal_that_goes_away_and_shows_the_cursor_again(tmp_path: Path) -> None:
    shown = use(tmp_path, WORKS)
    assert "asking \N{REPLACEMENT CHARACTER}[2J a" in shown
    assert "asking b [/]" in shown
    assert shown.rindex(SHOW_CURSOR) > shown.rindex(HIDE_CURSOR)
    assert "\x1b[2K" in shown[shown.rindex("asking b") :]


@pytest.mark.process
def test_progress_is_silent_under_json(tmp_path: Path) -> None:
    assert use(tmp_path, WORKS, "--json") == ""


@pytest.mark.process
def test_progress_is_silent_off_a_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "err").open("wb") as elsewhere:
        assert use(tmp_path, WORKS, stderr=elsewhere.fileno()) == ""
    assert (tmp_path / "err").read_text() == ""
    Output(as_json=False, color=True).progress("asking")
    assert capfd.readouterr() == ("", "")


@pytest.mark.process
def test_an_error_takes_the_spinner_away_first(tmp_path: Path) -> None:
    shown = use(tmp_path, "output.progress('asking'); time.sleep(0.3); raise HubError('it broke')")
    assert shown.rindex(SHOW_CURSOR) < shown.rindex("error: it broke")


ASKS = "output.confirm('Delete?', yes={yes}, must_answer={must}); print('done it')"


@pytest.mark.process
@pytest.mark.parametrize("answer", ["y", " YES "])
def test_a_yes_goes_on(tmp_path: Path, answer: str) -> None:
    shown = use(tmp_path, ASKS.format(yes=False, must=True), after="Delete? [y/N] ", typed=f"{answer}\n")
    assert "done it" in shown


@pytest.mark.process
@pytest.mark.parametrize("typed", ["\n", "yess\n", "\x04"])
def test_anything_else_declines(tmp_path: Path, typed: str) -> None:
    shown = use(tmp_path, ASKS.format(yes=False, must=True), after="Delete? [y/N] ", typed=typed)
    assert "error: declined; nothing was changed" in shown
    assert "done it" not in shown


@pytest.mark.process
def test_a_yes_given_beforehand_is_not_asked_for(tmp_path: Path) -> None:
    assert use(tmp_path, ASKS.format(yes=True, must=True)) == "done it\r\n"


@pytest.mark.process
@pytest.mark.parametrize(
    ("must", "said"),
    [(True, "error: this needs a yes, and there is no terminal to ask on\n  next: add --yes\n"), (False, "")],
)
def test_off_a_terminal_nobody_is_asked(tmp_path: Path, must: bool, said: str) -> None:
    (tmp_path / "lines.py").write_text(USES_OUTPUT.format(ASKS.format(yes=False, must=must)))
    done = subprocess.run(
        [sys.executable, "lines.py"],
        cwd=tmp_path,
        env=environment(),
        input="y\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("" if must else "done it\n", said)


FOLLOWS = "output.follow(iter([LogEntry('db', 'one'), LogEntry('db', '\\x1b[2Jtwo')]))"


@pytest.mark.process
def test_followed_log_lines_stay_on_a_terminal(tmp_path: Path) -> None:
    assert use(tmp_path, FOLLOWS).splitlines() == [
        "\x1b[2mdb | \x1b[0mone",
        "\x1b[2mdb | \x1b[0m\N{REPLACEMENT CHARACTER}[2Jtwo",
    ]


@pytest.mark.process
def test_a_watched_state_takes_the_place_of_the_one_before_on_a_terminal(hub_folder: Path) -> None:
    with in_terminal("status", "--watch", "--interval", "0.1", cwd=hub_folder) as terminal:
        terminal.wait_for("openwebui")
        terminal.wait_for("\x1b[1A\x1b[2K")
        terminal.type("\x03")
        assert terminal.end() == 130


@pytest.mark.parametrize(
    ("result", "text", "data"),
    [
        (LogEntry("db", "one"), "db | one\n", {"service": "db", "text": "one"}),
        (
            Logs((LogLine("db", "one"), LogLine("ui", "[bold]two[/] :smile:"))),
            "db | one\nui | [bold]two[/] :smile:\n",
            {"lines": [{"service": "db", "text": "one"}, {"service": "ui", "text": "[bold]two[/] :smile:"}]},
        ),
    ],
)
def test_a_result_is_text_or_a_document(
    capsys: pytest.CaptureFixture[str], result: LogEntry | Logs, text: str, data: object
) -> None:
    Output(as_json=False, color=True).show(result)
    assert capsys.readouterr() == (text, "")
    Output(as_json=True, color=True).show(result)
    shown = capsys.readouterr()
    assert (json.loads(shown.out), shown.err) == ({"schema": 1, "ok": True, "data": data}, "")


def test_the_exit_code_of_what_was_followed_is_that_of_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    results = [SmokeTest((), 0, failed, 0, 0) for failed in (0, 1)]
    assert Output(as_json=True, color=False).follow(iter(results)) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert Output(as_json=True, color=False).follow(iter(())) == 0
