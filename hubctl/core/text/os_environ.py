"""`os.environ/NAME`: how a litellm config says that a value is in a variable."""

_VARIABLE = "os.environ/"


def variable_of(value: object) -> str | None:
    """Give the variable that a value of the config names as os.environ/NAME; null for any other value."""
    named = isinstance(value, str) and value.startswith(_VARIABLE)
    return str(value).removeprefix(_VARIABLE) if named else None
