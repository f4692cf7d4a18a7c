"""What is a secret, a placeholder, a publicly known key: told by names and values, which are never shown. No I/O."""

import re

from hubctl.core.providers import catalog

# Words in the name of a setting or variable that holds a secret.
_NAME = re.compile(
    r"(?:^|_)(?:api_?keys?|secret(?:_?key)?|secret_access_key|access_key|master_?key|salt_?key|password|passwd|pass"
    r"|token|auth_?token|auth_?value|authorization|credentials?|private_?key|database_url|redis_url|dsn)$",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@:\s]*:(?P<password>[^/@\s]+)@", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"your|change|replace|insert|example|placeholder|dummy|xxx|\.\.\.|[<>{}$]|\*{3}|todo|none|null|empty"
    r"|not[-_ ]?needed|no[-_ ]?key|required|anything|random|secret[-_]?here|key[-_]?here|paste|fake-"
    r"|^(?:sk-|key-)?(?:test|ollama|local|key)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^(?:bearer|basic|token)\s+", re.IGNORECASE)
_SHORTEST, _LONG = 16, 32
_FILES = (".json", ".pem", ".key", ".crt", ".txt", ".yaml", ".yml", ".env")
# Keys that stand in documentation and tutorials, so that everybody knows them.
PUBLIC_KEYS = frozenset(
    [f"sk-{word}" for word in ("1234", "12345", "123456", "12345678", "123456789", "1234567890", "1234567890abcdef")]
    + [
        f"sk-{word}"
        for word in (
            "litellm",
            "litellm-master",
            "litellm-master-key",
            "master",
            "master-key",
            "your-master-key",
            "secret",
        )
    ]
    + [f"sk-{word}" for word in ("test", "local", "admin", "key", "password", "changeme", "demo", "abcdef", "example")]
    + ["changeme", "password", "litellm", "admin", "secret", "master-key", "1234", "123456"]
)


def names_a_secret(name: str) -> bool:
    """Whether a setting or variable of this name holds a secret."""
    return bool(_NAME.search(name))


def is_placeholder(value: str) -> bool:
    """Whether a value only stands where a secret is to be put."""
    return not value.strip() or bool(_PLACEHOLDER.search(value))


def is_secret(name: str, value: str) -> bool:
    """Whether a value is a real secret, by its shape or by the name it has; of a header, what stands behind Bearer."""
    value = _SCHEME.sub("", value)
    if url := _URL_PASSWORD.match(value):
        return len(url["password"]) >= _SHORTEST and not is_placeholder(url["password"])
    if "PRIVATE KEY-----" in value:
        return True
    if (
        value.endswith(_FILES)
        or is_placeholder(value)
        or len(value) < _SHORTEST
        or "://" in value
        or "os.environ/" in value
        or any(blank in value for blank in " \t\n")
    ):
        return False
    if catalog.looks_like(value) is not None:
        return True
    is_mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return names_a_secret(name) and (is_mixed or len(value) >= _LONG) and not value.startswith(("/", "./"))
