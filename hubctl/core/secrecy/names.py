"""Which settings, variables, headers and parameters hold a secret: told by their names."""

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Wherever they stand in a name.
_STRONG = re.compile(
    r"passw|passphrase|pgpass|secret|credential|api_?-?key|private_?-?key|master_?-?key|access_?-?key|auth_?-?token"
    r"|webhook|cookie|basic_?-?auth|authoriz|signature|connection_?-?string",
    re.IGNORECASE,
)
# No name of a secret is without one of these, in small letters.
NAME_PART = re.compile("pass|pw|secret|cred|key|token|auth|hook|cookie|sig|connection|jwt|dsn|salt|bearer|pin|otp|sas")
# At the end of a name, or anywhere in a variable's; in one word with others (`dbpass`), but for words of English.
_WEAK = re.compile(r".*(?:key|keys|pass|pwd|pw|auth|token|jwt|dsn|salt|bearer)|sig|pin|otp|sas")
_ENGLISH = re.compile(
    r"(?:mon|don|tur|hoc|whis|joc|lac|flun|hot|low|jer|fun|mal)key"
    r"|(?:mon|don|tur|joc|lac|hot)keys|(?:com|by|sur|tres|over|under|encom)pass|basalt|betoken"
)
_OPEN_KEY = re.compile(r"(?i).*(?:cache|foreign|partition|sort|unique|routing|public|group)[_-]?keys?")
_HINT = re.compile(r"(?i)(?:encryption|licen[cs]e|session|unlock|passcode|nonce)$")
# A hook alone is a function; with more words before it the address of one.
_HOOK = re.compile(r".*hooks?")
_COUNTED = re.compile(r"old|new|previous|current|next|primary|secondary|prod|dev|test|value|\d+")
# These tell something about a secret, or are figures: `api_key_file`, `max_token`, `input_cost_per_token`.
_ABOUT = re.compile(
    r"files?|path|dir|names?|types?|enabled?|length|policy|limit|ttl|expir(?:y|es)|alias(?:es)?|system|settings|count"
    r"|size|mode|method|algorithm|provider|version|callbacks?|endpoints?|sock(?:et)?|agent|home|oldpwd"
)
_FIGURES = frozenset({"cost", "per", "max", "min", "num", "limit", "rpm", "tpm", "budget"})
_COUNTS = _FIGURES | {"total", "prompt", "completion", "input", "output", "context"}


@lru_cache(maxsize=4096)
def is_credential(name: str) -> bool:
    """Whether what has this name is a secret: `DB_PASS`, `X-Auth`, `apiKey`, `sig`, `SLACK_WEBHOOK_URL`."""
    if not NAME_PART.search(name.lower()):
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or name == "PWD" or _ABOUT.fullmatch(words[-1]) or _is_cost(name, words):
        return False
    if _STRONG.search(name) or (words[-1] == "tokens" and name.isupper()):
        return True
    while len(words) > 1 and _COUNTED.fullmatch(words[-1]):
        words.pop()
    if len(words) > 1 and _HOOK.fullmatch(words[-1]):
        return True
    told = words if name.isupper() else words[-1:]
    if _OPEN_KEY.fullmatch(name):
        told = []
    return any(_WEAK.fullmatch(word) and not _ENGLISH.fullmatch(word) for word in told)


def _is_cost(name: str, words: list[str]) -> bool:
    """`input_cost_per_token`, `MAX_TOKENS`. A variable of one token is never one: `MAX_TOKEN` may be a secret."""
    if words[-1] == "tokens":
        return not _COUNTS.isdisjoint(words)
    return words[-1] == "token" and not _FIGURES.isdisjoint(words) and not name.isupper()


def is_hint(name: str) -> bool:
    """Whether a variable may hold a secret, for all that its name says: `MY_LICENSE`, `UNLOCK`."""
    return bool(_HINT.search(name))


def may_be_ordinary(name: str) -> bool:
    """Whether a name is one small word that prose uses, too: `the primary key: id`, `auth = on`."""
    return name.islower() and name in ("key", "keys", "pass", "auth", "token", "pin", "sig", "salt", "bearer")
