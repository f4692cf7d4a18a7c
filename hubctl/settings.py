"""The only reader of the process environment: what the operator's shell says, as one frozen value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Settings:
    """The shell that hubctl was started from. `environment` may hold keys, so it is never shown."""

    cwd: Path
    environment: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(cls) -> "Settings":
        """Take the environment and the working directory as they are now."""
        return cls(cwd=Path.cwd(), environment=MappingProxyType(dict(os.environ)))

    @property
    def color(self) -> bool:
        """False when NO_COLOR is set to anything (no-color.org) or the terminal is a dumb one."""
        return not self.environment.get("NO_COLOR") and self.environment.get("TERM") != "dumb"

    @property
    def hub(self) -> Path | None:
        """The folder in HUBCTL_HUB."""
        named = self.environment.get("HUBCTL_HUB")
        return Path(named) if named else None
