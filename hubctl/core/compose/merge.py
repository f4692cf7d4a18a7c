"""Two compose files made one, by Compose's rules: what `docker compose -f base -f override` sees.

Source: compose-go's `override` package; each rule was checked with `docker compose config` 2.26.
"""

from collections.abc import Callable, Mapping

from hubctl.core.compose.text import Tagged


def merge(base: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    """Lay `override` over `base`: mappings merge, lists grow, scalars are replaced, null changes nothing
    (but takes a command away).

    `!override` replaces and `!reset` removes, whatever was there. Merge a lone file onto `{}` to have its tags obeyed.
    Where Compose refuses two shapes (a list over a mapping), the override wins.
    """
    return _mappings(base, override, ())


def _mappings(base: Mapping[str, object], override: Mapping[str, object], path: tuple[str, ...]) -> dict[str, object]:
    merged = dict(base)
    for key, value in override.items():
        if isinstance(value, Tagged) and value.tag == "!reset":
            merged.pop(key, None)
        elif isinstance(value, Tagged):
            merged[key] = _untagged(value.value)
        else:
            merged[key] = _values(merged.get(key), value, (*path, key))
    return merged


def _values(base: object, override: object, path: tuple[str, ...]) -> object:
    """Merge one value; inside a service, `path` chooses the form in which both are brought together."""
    inside = path[2:] if path[0] == "services" else ()
    if base is None or inside in _REPLACED:
        return _untagged(override)
    if override is None:
        return base
    to_form = _FORMS.get(inside, _as_is)
    base, override = to_form(base), to_form(override)
    if isinstance(base, dict) and isinstance(override, dict):
        return _mappings(base, override, path)
    if isinstance(base, list) and isinstance(override, list):
        identity = _target if inside in _MOUNTED else repr
        return list({identity(item): _untagged(item) for item in (*base, *override)}.values())
    return _untagged(override)


def _untagged(value: object) -> object:
    if isinstance(value, Tagged):
        return None if value.tag == "!reset" else _untagged(value.value)
    if isinstance(value, dict):
        return _mappings({}, value, ("",))
    return [_untagged(item) for item in value] if isinstance(value, list) else value


def _as_is(value: object) -> object:
    return value


def _pairs(value: object) -> object:
    """`[A=1, B]` as `{A: 1, B: null}`."""
    if not isinstance(value, list):
        return value
    pairs = (item.partition("=") for item in value if isinstance(item, str))
    return {name: text if sign else None for name, sign, text in pairs}


def _names(value: object) -> object:
    """`[a, b]` as `{a: null, b: null}`."""
    return {item: None for item in value if isinstance(item, str)} if isinstance(value, list) else value


def _list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _build(value: object) -> object:
    return {"context": value} if isinstance(value, str) else value


def _target(mount: object) -> str:
    """Where a volume or config lands in the container: the same place twice is the same mount."""
    if isinstance(mount, dict):
        return str(mount.get("target") or mount.get("source"))
    parts = str(mount).split(":")
    return parts[1] if len(parts) > 1 else parts[0]


_REPLACED = {("command",), ("entrypoint",), ("healthcheck", "test")}
_MOUNTED = {("volumes",), ("configs",)}
_FORMS: dict[tuple[str, ...], Callable[[object], object]] = {
    ("environment",): _pairs,
    ("labels",): _pairs,
    ("build",): _build,
    ("depends_on",): _names,
    ("networks",): _names,
    ("env_file",): _list,
}
