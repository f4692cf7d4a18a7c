"""Make a hub: the files that come with hubctl, and env files with fresh secrets. Nothing is ever overwritten."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import hubctl
from hubctl import interrupts
from hubctl.adapters.files import disk
from hubctl.adapters.state.identity import FOLDER, IdentityNote
from hubctl.adapters.state.ledger import Ledger
from hubctl.core.compose import identity
from hubctl.core.compose.identity import Identity
from hubctl.core.result import Result
from hubctl.core.text import env_text

# A secret is shared by the places that hold it; in each, it stands where the braces are.
PLACES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "gateway key": (
        ("env/litellm.env", "LITELLM_MASTER_KEY", "{}"),
        ("env/openwebui.env", "OPENAI_API_KEYS", "{}"),
    ),
    "cache password": (
        ("env/redis.env", "REDIS_PASSWORD", "{}"),
        ("env/litellm.env", "REDIS_PASSWORD", "{}"),
    ),
    "database password": (
        ("env/db.env", "POSTGRES_PASSWORD", "{}"),
        ("env/openwebui.env", "DATABASE_URL", "postgresql://openwebui:{}@db:5432/openwebui"),
    ),
    "session key": (("env/openwebui.env", "WEBUI_SECRET_KEY", "{}"),),
}
GITIGNORE = ".env\nenv/*.env\n.hubctl/\n*.hubctl.tmp\n*.rejected-*\n"


@dataclass(frozen=True, slots=True)
class Initialised(Result):
    """The document of `hubctl init`. Paths are relative to the root. `next_command` is to be run there."""

    root: Path
    made: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]
    next_command: str


def init(root: Path) -> Initialised:
    """Make what the folder lacks of a hub, in one turn. Raises BadFile where a file cannot be made or read, Busy."""
    disk.make_folder(root)
    with Ledger(root / FOLDER).turn("init"):
        return _made(root)


def _made(root: Path) -> Initialised:
    found = {name: _existing(root, places) for name, places in PLACES.items()}
    values = {name: value or _fresh(name) for name, value in found.items()}
    texts = {**_shipped(), ".gitignore": GITIGNORE}
    texts[".env"] = _named(texts[".env"], IdentityNote(root).read() or identity.fresh(root))
    made: list[str] = []
    kept: list[str] = []
    interrupts.leaves("the files that were made stay; `hubctl init` again makes the rest")
    # What keeps secrets out of git comes before the first secret.
    for name, text in sorted(texts.items(), key=lambda each: (each[0] != ".gitignore", each)):
        secret = name.startswith("env/") and name.endswith(".env")
        filled = _filled(name, text, values) if secret else text
        done = disk.create(root / name, filled, mode=0o600 if secret else 0o644)
        (made if done else kept).append(name)
    return Initialised(root, tuple(made), tuple(kept), tuple(_notes(root, kept, values)), _next_command(root))


def _next_command(root: Path) -> str:
    """Choose what comes next: `hubctl up` is refused in a copy, and may be where a hub was moved to."""
    note = IdentityNote(root)
    standing = note.standing(note.read(), [root / "compose.local.yml"])
    return {"copied": "hubctl adopt --as-new", "moved": "hubctl adopt"}.get(standing, "hubctl up")


def hub_files_folder() -> Path:
    """Where the files of a new hub are: in the wheel beside the code, in a clone the repository itself."""
    package = Path(hubctl.__file__).parent
    inside = package / "hub_files"
    return inside if inside.is_dir() else package.parent


def _shipped() -> dict[str, str]:
    """Read every file of a new hub. An example comes under its own name and, without .example, as the real one."""
    source = hub_files_folder()
    examples = [".env.example", *sorted(f"env/{path.name}" for path in (source / "env").glob("*.env.example"))]
    names = ["compose.local.yml", "conf/litellm/litellm_config.yaml", *examples]
    texts = {name: disk.read_text(source / name) for name in names}
    return texts | {name.removesuffix(".example"): texts[name] for name in examples}


def _existing(root: Path, places: tuple[tuple[str, str, str], ...]) -> str | None:
    """Find a secret in the env files that are there already, so that the new ones get the same."""
    for file, variable, form in places:
        value = _value(root / file, variable)
        before, after = form.split("{}")
        if value and value.startswith(before) and value.endswith(after):
            found = value[len(before) : len(value) - len(after)]
            return unquote(found) if "://" in form else found
    return None


def _value(path: Path, variable: str) -> str | None:
    return env_text.read(disk.read_text(path), {}).values().get(variable) if path.exists() else None


def _fresh(name: str) -> str:
    """Make a new secret: 256 random bits. LiteLLM suggests the prefix for its key."""
    return ("sk-" if name == "gateway key" else "") + secrets.token_hex(32)


def _filled(file: str, text: str, values: dict[str, str]) -> str:
    for name, places in PLACES.items():
        for place, variable, form in places:
            if place == file:
                text = _with(text, variable, _placed(form, values[name]))
    return text


def _named(text: str, hub: Identity) -> str:
    return _with(_with(text, identity.PROJECT_VARIABLE, hub.project), identity.VARIABLE, hub.id)


def _with(text: str, variable: str, value: str) -> str:
    """Give a variable that stands empty its value."""
    line = f"{variable}={env_text.quoted(value)}"
    return re.sub(rf"^{variable}=$", line.replace("\\", r"\\"), text, flags=re.MULTILINE)


def _placed(form: str, value: str) -> str:
    return form.format(quote(value, safe="") if "://" in form else value)


def _notes(root: Path, kept: list[str], values: dict[str, str]) -> Iterator[str]:
    """Say what was left alone and does not fit what is there now."""
    for name, places in PLACES.items():
        for file, variable, form in places:
            if file in kept and _value(root / file, variable) != _placed(form, values[name]):
                others = ", ".join(sorted({other for other, _, _ in places} - {file}))
                yield f"{file} was left alone, but its {variable} does not hold the {name} of {others or 'this hub'}"
    ignored = disk.read_text(root / ".gitignore").split()
    if missing := [line for line in GITIGNORE.split() if line not in ignored]:
        yield f".gitignore was left alone and lacks {', '.join(missing)}: keep these files out of git"
