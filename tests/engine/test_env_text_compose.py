"""Our reading of env files against Docker Compose's own."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from hubctl.core.text import env_text

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("docker") is None, reason="needs `docker compose`: install Docker"),
]

SHELL = {"SHELL_X": "from shell", "BOTH": "shell", "ALONE": "alone", "EMPTY": ""}
DOTENV = "DOT=from .env\nBOTH=dotenv\nUSES=<$SHELL_X>\n"
PIECES = [
    "x", "Y z", " ", "#", " #", "\t", "'", '"', "\\", "\\n", "\\\\", '\\"', "\\'", "\\$", "\\0101", "\\q", "$$",
    "$", "$1", "é", "$SHELL_X", "${DOT}", "$USES", "${BOTH}", "${EMPTY:-d}", "${EMPTY-d}", "${NO:-d}", "${NO:+d}",
    "${DOT:+<$SHELL_X>}", "${NO:-${DOT}}", "$EARLIER", "=", ":", "{", "}", "${NO:?m}", "${", "%", ";", "\r",
]  # fmt: skip
HEADS = ["K=", "K =", "K= ", "K: ", "export K=", "\ufeffK=", "# c\n\n  K=", "EARLIER=1\nK=", "ALONE\nK="]


def _values(count: int) -> list[str]:
    """Env files with one random assignment each, the same ones in every run."""
    pick = random.Random(20)
    files = []
    for _ in range(count):
        body = "".join(pick.choices(PIECES, k=pick.randint(0, 5)))
        quote = pick.choice(["", "", "'", '"'])
        files.append(f"{pick.choice(HEADS)}{quote}{body}{quote}{pick.choice(['', ' # tail'])}\nLAST=1\n")
    return files


def _compose(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **SHELL}
    command = ["docker", "compose", "config", "--format", "json"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _write(folder: Path, files: dict[str, list[str]]) -> None:
    services = {}
    for service, texts in files.items():
        names = [f"{service}-{number}.env" for number in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (folder / name).write_bytes(text.encode())
        services[service] = {"image": "busybox", "env_file": names}
    (folder / "compose.yaml").write_text(json.dumps({"services": services}))
    (folder / ".env").write_text(DOTENV)


def _variables() -> dict[str, str]:
    return {**env_text.read(DOTENV, SHELL).values(), **SHELL}


def _seen_by_compose(folder: Path, files: dict[str, list[str]]) -> dict[str, dict[str, str]]:
    _write(folder, files)
    run = _compose(folder)
    assert run.returncode == 0, run.stderr
    services = json.loads(run.stdout)["services"]
    # Compose writes `$` as `$$`, so that its output can be read again.
    return {
        name: {key: value.replace("$$", "$") for key, value in described.get("environment", {}).items()}
        for name, described in services.items()
    }


def test_accepted_files_give_the_values_that_compose_gives(tmp_path: Path) -> None:
    accepted = [text for text in _values(400) if not env_text.read(text, _variables()).problems]
    files = {f"s{number}": [text] for number, text in enumerate(accepted)}
    assert len(files) >= 200
    expected = {name: env_text.read(texts[0], _variables()).values() for name, texts in files.items()}
    assert _seen_by_compose(tmp_path, files) == expected


def test_what_we_refuse_compose_refuses(tmp_path: Path) -> None:
    refused = [text for text in _values(120) if env_text.read(text, _variables()).problems][:15]
    assert refused
    for text in refused:
        _write(tmp_path, {"s": [text]})
        assert _compose(tmp_path).returncode != 0, text


def test_earlier_files_of_the_service_go_before_the_shell(tmp_path: Path) -> None:
    files = {"s": ["SHELL_X=file\nDOT=file\nOWN=1\nOWN=2\nA=$OWN\n", "OWN=3\nB=$SHELL_X,$DOT,$OWN\n"]}
    first = env_text.read(files["s"][0], _variables()).values()
    second = env_text.read(files["s"][1], {**_variables(), **first}).values()
    assert _seen_by_compose(tmp_path, files) == {"s": first | second}
    assert second["B"] == "file,file,2"
