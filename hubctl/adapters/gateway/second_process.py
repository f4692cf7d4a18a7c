"""A second gateway and its scripted model as two processes of this machine, in a folder of their own."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from hubctl.adapters.gateway import process, scripted_model
from hubctl.adapters.gateway.process import HOST, GatewayProcess
from hubctl.adapters.net import ports
from hubctl.adapters.state import lock
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.embedded_run import Run
from hubctl.errors import Busy

# Nobody waits for its answers.
STOP_GRACE_S = 3.0


class SecondProcess:
    """The throwaway gateway of one hub, in a folder of the hub's state."""

    def __init__(self, state_folder: Path) -> None:
        self._folder = state_folder / "second"
        self._lock = state_folder / lock.VERIFY
        self._gateway = GatewayProcess(self._folder)
        self._model: subprocess.Popen[bytes] | None = None

    def left(self) -> tuple[str, ...]:
        """Tell of a gateway, or its files, whose hubctl has ended without removing it."""
        if not self._is_there() or lock.holder_of(self._lock):
            return ()
        pid = self._gateway.pid()
        process = f"a gateway (pid {pid}) and its files" if pid else "files"
        removes = "`hubctl verify` or `hubctl down` removes this"
        return (f"{self._folder}: {process}, left by a `hubctl verify` that was killed; {removes}",)

    def clear_away(self) -> None:
        """Remove what a hubctl that was killed has left. Raises Busy, with nothing removed, while one still uses it."""
        if not self._is_there():
            return
        if holder := lock.holder_of(self._lock):
            raise Busy(f"{holder} works with this hub", hint="wait for it to end, or interrupt it, and run again")
        self.remove()

    def _is_there(self) -> bool:
        with suppress(OSError):  # a state folder of somebody else
            return self._folder.exists()
        return False

    def start_model(self) -> int:
        """Start the scripted model; gives its port."""
        port = ports.free(HOST)
        # Isolated (-I): what lies beside the program is not what it imports. Its standard input ends when we do.
        self._model = subprocess.Popen(
            [sys.executable, "-I", scripted_model.__file__, str(port), "--until-eof"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
        )
        return port

    def start(self, config: str, environment: Mapping[str, str]) -> Address:
        """Start the gateway. Raises EmbeddedMissing, NotReady with the cause when it ends at once."""
        run = Run(ports.free(HOST), datetime.now(UTC).isoformat(), False, (), (), ())  # noqa: FBT003 - demo
        self._gateway.start(process.find_executable(), config, environment, run, folder=self._folder)
        return Address(HOST, run.port)

    def has_ended(self) -> bool:
        """Whether the gateway runs no more."""
        return self._gateway.pid() is None

    def log(self) -> list[str]:
        """Give the gateway's lines."""
        return list(self._gateway.lines(60, follow=False))

    def remove(self) -> None:
        """Stop both, also what an earlier run left, and delete the folder."""
        if self._model is not None:
            self._model.communicate()  # closes its standard input
            self._model = None
        self._gateway.stop(grace_s=STOP_GRACE_S)
        with suppress(FileNotFoundError):
            shutil.rmtree(self._folder)
