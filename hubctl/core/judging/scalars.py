"""Every value of a config that is neither a mapping nor a list, and where it stands."""


def scalars(data: object) -> list[tuple[tuple[str | int, ...], object]]:
    """Every scalar with its path, in the order of the file."""
    found: list[tuple[tuple[str | int, ...], object]] = []
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, str(key)), item) for key, item in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*path, index), item) for index, item in reversed(list(enumerate(value)))]
        else:
            found.append((path, value))
    return found
