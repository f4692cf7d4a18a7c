"""Which settings, variables, headers and parameters hold a secret: told by their names."""

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Wherever they stand in a name.
_STRONG = re.compile(
    r"passw|passphrase|pgpass|secret|credential|api_?-?key|private_?-?key|master_?-?key|access_?-?key|auth_?-?token"
    r"|webhook|cookie|authoriz|signature|connection_?-?string",
    re.IGNORECASE,
)
# No name of a secret is without one of these, in small letters.
NAME_PARTS = (
    *("pass", "pw", "secret", "cred", "key", "token", "auth", "hook", "cookie", "sig", "connection", "jwt", "dsn"),
    *("salt", "bearer", "pin", "otp", "sas"),
)
# At the end of a name, or anywhere in a variable's.
_WEAK = re.compile(r".*(?:key|keys|pass|pwd|auth|token|jwt|dsn|salt|bearer|hook|hooks)|pw|sig|pin|otp|sas")
_COUNTED = re.compile(r"old|new|previous|current|next|primary|secondary|prod|dev|test|value|\d+")
# These tell something about a secret, or are figures: `api_key_file`, `max_token`, `input_cost_per_token`.
_ABOUT = re.compile(
    r"files?|path|dir|names?|types?|enabled?|length|policy|limit|ttl|expir(?:y|es)|alias(?:es)?|system|settings|count"
    r"|size|mode|method|algorithm|provider|version|callbacks?|endpoints?|sock(?:et)?|agent|home|oldpwd"
)
_FIGURES = frozenset({"cost", "per", "max", "min", "num", "limit", "rpm", "tpm", "budget"})


@lru_cache(maxsize=4096)
def is_credential(name: str) -> bool:
    """Whether what has this name is a secret: `DB_PASS`, `X-Auth`, `apiKey`, `sig`, `SLACK_WEBHOOK_URL`."""
    lowered = name.lower()
    if not any(part in lowered for part in NAME_PARTS):
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or name == "PWD" or _ABOUT.fullmatch(words[-1]) or _FIGURES & set(words):
        return False
    if _STRONG.search(name):
        return True
    while len(words) > 1 and _COUNTED.fullmatch(words[-1]):
        words.pop()
    told = words if name.isupper() else words[-1:]
    return any(_WEAK.fullmatch(word) for word in told)
