"""What hubctl writes into env files, read back by Docker Compose itself."""

import json
import os
import random
import shutil
import string
import subprocess
from pathlib import Path

import pytest

from hubctl.core.text import env_edit

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("docker") is None, reason="needs `docker compose`: install Docker"),
]

LINES = [
    "KEY=old", "KEY = old  ", "export KEY=old # tail", "KEY: old", "KEY='old' # tail", 'KEY = "old"# tail', "KEY\nC=3",
    "KEY=", "KEY=  # only a comment", "KEY=old\t# tail", "#KEY=", "KEY='a' OTHER='b'", "KEY=1\nKEY=2", "KEY=$B", "",
]  # fmt: skip
HOSTILE = [
    "", " ", " lead and trail ", "$", "$$", "$B", "${B}", "${B", "a$", "$(ls)", "`ls`", "'", "''", '"', '""', "it's",
    "'\"'", "\\", "\\\\", "a\\", "\\'", "\\n", '\\"', "\\$B", "\\0101", "#", "# x", "a #b", "a# b", "\t#", "=", "a=b",
    ":", "ключ", "\N{KEY}", "é\u2028x\x85y\xa0", "\t", "\x1b[31m", "%s", "{{x}}", "!", "export X=1",
    "sk-" + "aB3$'\" #" * 512,
]  # fmt: skip


def _values() -> list[str]:
    """Hostile values and random ones, the same in every run."""
    pick = random.Random(3)
    printable = string.ascii_letters + string.digits + string.punctuation + " "
    some = ["".join(pick.choices(printable, k=pick.randint(1, 60))) for _ in range(300)]
    quoting = ["".join(pick.choices("ab$'\"\\ #{}=", k=pick.randint(1, 12))) for _ in range(300)]
    return [*HOSTILE, *some, *quoting]


def _texts() -> list[tuple[str, str]]:
    """Each value in an env file, and the lines of all styles in turn."""
    texts = []
    for number, value in enumerate(_values()):
        ending = "\r\n" if number % 3 == 0 else "\n"
        line = LINES[number % len(LINES)]
        text = ("\ufeff" if number % 5 == 0 else "") + f"# c{ending}B=2{ending}{line}" + ending * (number % 2)
        texts.append((value, text))
    # The worst of them in every style.
    worst = "a'b\"c\\d$B #e "
    texts += [(worst, f"B=2\n{line}\nC=3\n") for line in LINES]
    return texts


def test_compose_reads_exactly_what_was_set(tmp_path: Path) -> None:
    values, services = {}, {}
    for number, (value, text) in enumerate(_texts()):
        service = f"s{number}"
        file = tmp_path / f"{service}.env"
        file.write_bytes(env_edit.assign(text, "KEY", value, file).encode())
        values[service] = value
        services[service] = {"image": "busybox", "env_file": [file.name]}
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": services}))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KEY": "of the shell", "B": "of the shell"}
    command = ["docker", "compose", "config", "--format", "json"]
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)["services"]
    # Compose writes `$` as `$$`, so that its output can be read again.
    read = {service: described["environment"]["KEY"].replace("$$", "$") for service, described in seen.items()}
    assert read == values
    assert all(described["environment"]["B"] == "2" for described in seen.values())
