"""Secrets as people and programs make them, and the places of a hub's files in which they stand."""

import base64
import html
import json
import random
import shlex
import string
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

LETTERS = string.ascii_letters + string.digits


def _of(alphabet: str, least: int, most: int) -> Callable[[random.Random], str]:
    return lambda chance: "".join(chance.choices(alphabet, k=chance.randint(least, most)))


def _delimited(chance: random.Random) -> str:
    """Pieces between the characters at which software cuts an address."""
    pieces = ["".join(chance.choices(LETTERS, k=chance.randint(1, 12))) for _ in range(4)]
    return "Zq7" + "".join(f"{piece}{chance.choice(':/@?#&=;,+~%')}" for piece in pieces) + "Yk8w"


SHAPES: dict[str, Callable[[random.Random], str]] = {
    "letters and digits": _of(LETTERS, 8, 64),
    "digits": _of(string.digits, 8, 20),
    "hexadecimal": _of("0123456789abcdef", 16, 64),
    "seven": _of(LETTERS, 7, 7),
    "cut by delimiters": _delimited,
    "quotes": lambda chance: "".join(chance.choices(LETTERS + "'\"\\", k=24)) + "x",
    "dollars": lambda chance: "$".join("".join(chance.choices(LETTERS, k=9)) for _ in range(3)),
    "other letters": _of(LETTERS + "äößéčñ日本", 12, 30),
    "several words": lambda chance: " ".join("".join(chance.choices(LETTERS, k=9)) for _ in range(3)),
    "of a provider": lambda chance: "sk-proj-" + "".join(chance.choices(LETTERS + "-_", k=40)),
    "base64": lambda chance: "".join(chance.choices(LETTERS + "+/", k=43)) + "=",
}


@dataclass(frozen=True)
class Place:
    """A line of a file, and what writes a secret into it so that whoever reads the file gets it back."""

    kind: str
    write: Callable[[str], str]


def _single(secret: str) -> str:
    return "'" + secret.replace("'", "''") + "'"


def _env_single(secret: str) -> str:
    return "'" + secret.replace("'", "\\'") + "'" if "\\" not in secret else _env_double(secret)


def _env_double(secret: str) -> str:
    return '"' + "".join(f"\\{each}" if each in '\\"$' else each for each in secret) + '"'


def _yaml(secret: str) -> str:
    return json.dumps(secret, ensure_ascii=False)


# What of a secret may be shown is shorter; of an encoded one, too.
PIECE, ENCODED, HEX = 8, 10, 16

PLACES: dict[str, Place] = {
    "env": Place("env", lambda secret: f"DB_PASS={_env_single(secret)}"),
    "env in double quotes": Place("env", lambda secret: f"export PGPASS={_env_double(secret)} # a comment"),
    "env, commented out": Place("env", lambda secret: f"#OLD_AUTH={_env_single(secret)}"),
    "env, an address": Place("env", lambda secret: f"DATABASE_URL=postgresql://me:{quote(secret, safe='')}@db:5432/x"),
    "env, a web hook": Place("env", lambda secret: f"ALERT_WEBHOOK_URL=https://hooks.lan/{quote(secret, safe='')}"),
    "env, a query": Place("env", lambda secret: f"BLOB=https://blob.lan/x?sv=1&sig={quote(secret, safe='')}"),
    "env, two keys": Place("env", lambda secret: f"OPENAI_API_KEYS={_env_single(f'none;{secret}')}"),
    "config": Place("config", lambda secret: f"      api_key: {_yaml(secret)}"),
    "config in single quotes": Place("config", lambda secret: f"      password: {_single(secret)}"),
    "config in braces": Place("config", lambda secret: f"      extra: {{x: 1, api_key: {_yaml(secret)}, y: 2}}"),
    "config, next line": Place("config", lambda secret: f"      password:\n        {_yaml(secret)}"),
    "config, a block": Place("config", lambda secret: f"      client_secret: |-\n        {secret}"),
    "config, an anchor": Place("config", lambda secret: f"      x: &it {_yaml(secret)}\n      token: *it"),
    "config, a header": Place("config", lambda secret: f"      headers: {{X-Auth: {_yaml(secret)}}}"),
    "config, a cookie": Place("config", lambda secret: f"      headers:\n        Cookie: {_yaml(f'session={secret}')}"),
    "config, a list": Place("config", lambda secret: f"      keys:\n      - {_yaml(secret)}"),
    "config, commented out": Place("config", lambda secret: f"      # master_key: {_yaml(secret)}"),
    "config, an address": Place("config", lambda secret: f"      url: redis://:{quote(secret, safe='')}@redis:6379/0"),
    "config, for a variable's name": Place("config", lambda secret: f"      token: {_yaml(f'os.environ/{secret}')}"),
    "compose": Place("compose", lambda secret: f"      - {_yaml(f'DB_PASSWORD={secret}')}"),
    "compose, an argument": Place(
        "compose", lambda secret: f'    command: ["redis-server", "--requirepass", {_yaml(secret)}]'
    ),
}


def _address(kind: str, before: str, user: str) -> Place:
    return Place(kind, lambda secret: f"{before}redis://{user.format(quote(secret, safe=''))}@cache:6379/0")


def _variable(name: str) -> Place:
    return Place("env", lambda secret: f"{name}={_env_single(secret)}")


# Users of addresses: words that mean something to whoever looks for names, and the secret itself.
USERS = ("user:{0}", "username:{0}", "USER:{0}", "admin:{0}", "{0}:{0}", "{0}:", "{0}", "{0}:x-oauth-basic")
PLACES |= {f"env, an address of {user}": _address("env", "BASE=", user) for user in USERS}
# Names that say something else: a host, a figure.
HOSTS = ("OLLAMA_HOST", "VECTOR_DB", "APP_NAME", "PG_USER", "MODEL", "QDRANT")
PLACES |= {f"env, an address in {name}": _address("env", f"{name}=", "u:{0}") for name in HOSTS}
KEYS = ("host", "database", "model_name", "user", "namespace")
PLACES |= {f"config, an address in {name}": _address("config", f"      {name}: ", "u:{0}") for name in KEYS}
PLACES |= {f"env, {name}": _variable(name) for name in ("NUM_PASS", "MAX_SECRET_KEY", "SHORTPW", "UNLOCKPWD")}
PLACES |= {
    "env, no name that says so": _variable("MYSTUFF"),
    "env, a query with a user": Place(
        "env", lambda secret: f"U2=postgresql://db/x?user=a&password={quote(secret, safe='')}"
    ),
    "config, YAML's escapes": Place(
        "config", lambda secret: '      api_key: "' + "".join(f"\\U{ord(each):08x}" for each in secret) + '"'
    ),
    "config, binary": Place(
        "config", lambda secret: f"      api_key: !!binary {base64.b64encode(secret.encode()).decode()}"
    ),
    "compose, a health check": Place(
        "compose", lambda secret: f'    healthcheck: {{test: ["CMD", "redis-cli", "-a", {_yaml(secret)}, "ping"]}}'
    ),
    "compose, curl": Place(
        "compose", lambda secret: f'    healthcheck: {{test: ["CMD", "curl", "-u", {_yaml(f"me:{secret}")}, "x"]}}'
    ),
}


def pairs(count: int, seed: int = 12) -> Iterator[tuple[str, str, str]]:
    """Give so many pairs: the name of a place, that of a shape, and a secret of it."""
    chance = random.Random(seed)
    names = [(place, shape) for place in PLACES for shape in SHAPES]
    for number in range(count):
        place, shape = names[number % len(names)] if number < len(names) else chance.choice(names)
        if "variable" in place and shape == "seven":
            shape = "digits"  # seven letters may be the name of a variable, for all that anybody can tell
        if "no name" in place:
            shape = "hexadecimal"  # where nothing says that it is a secret, it has to look like one
        yield place, shape, SHAPES[shape](chance)


def told(secret: str) -> Iterator[tuple[str, str, int]]:
    """The ways in which software tells it: the text, what of it may not come through, and in pieces of which size."""
    yield f"refused: {secret}", secret, PIECE
    yield json.dumps({"error": {"message": f"wrong key {secret}"}}), json.dumps(secret)[1:-1], PIECE
    yield f"ValueError({f'bad {secret} given'!r})", repr(secret)[1:-1], PIECE
    yield f"GET /x/{quote(secret, safe='')}/y", quote(secret, safe=""), PIECE
    go = json.dumps(secret).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")[1:-1]
    yield f"said {go}", go, PIECE
    yield f"<p>{html.escape(secret)}</p>", html.escape(secret), PIECE
    references = secret.encode("ascii", "xmlcharrefreplace").decode()
    yield f"<p>{references}</p>", references, PIECE
    yield f"+ login {shlex.quote(secret)} now", shlex.quote(secret).strip("'"), PIECE
    yield f"sent {secret.encode()!r}", repr(secret.encode())[2:-1], PIECE
    decomposed = unicodedata.normalize("NFD", secret)
    yield f"no user {decomposed}", decomposed, PIECE
    yield f"header {base64.b64encode(secret.encode()).decode()}", base64.b64encode(secret.encode()).decode(), ENCODED
    login = base64.b64encode(f"user:{secret}".encode()).decode()
    yield f"header {login} end", login[8:], ENCODED
    yield f"bytes {secret.encode().hex()}", secret.encode().hex(), HEX
    for cut in (secret[:-1], secret[1:], secret[: len(secret) // 2 + 4], secret[-9:]):
        yield f"near {cut!s}…", cut, PIECE
    for delimiter in ":/@?#&=;, '\"":
        for part in secret.split(delimiter) if delimiter in secret else ():
            yield f"near '{part}' at {delimiter}", part, PIECE


def leaks(shown: str, secret: str) -> list[str]:
    """Give every piece of a secret that is in what was shown, as itself or as software writes it."""
    return [
        piece
        for _, hidden, size in told(secret)
        if len(hidden) >= PIECE or hidden == secret  # a piece may be shown that is as short as this
        for piece in _pieces(shown, hidden, size)
        if piece != "sk-proj-"
    ]


def _pieces(shown: str, secret: str, size: int) -> list[str]:
    if len(secret) < size:
        return [secret] if len(secret) >= 6 and secret in shown else []
    return [secret[at : at + size] for at in range(len(secret) - size + 1) if secret[at : at + size] in shown]
