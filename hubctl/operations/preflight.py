"""What would keep the gateway from starting, seen in its config before anything is stopped."""

from pathlib import Path

from hubctl.adapters import files
from hubctl.core import model_list
from hubctl.errors import BadFile


def check(config: Path | None) -> tuple[str, ...]:
    """See that a config would not stop the gateway. Raises BadFile with file, line and cause."""
    if config is None:
        return ()
    models = model_list.read(files.read_text(config), config)
    for entry in models.entries:
        if entry.state == "broken":
            raise BadFile(
                f"{config}, line {entry.line}: the entry {entry.name} lacks a name, its litellm_params or its model, "
                "which stops the gateway",
                hint="complete the entry or comment it out; --force starts it all the same",
            )
    return ()
