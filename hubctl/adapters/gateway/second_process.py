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
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.embedded_run import Run

# Nobody waits for its answers.
STOP_GRACE_S = 3.0


class SecondProcess:
    """The throwaway gateway of one hub."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gateway = GatewayProcess(folder)
        self._model: subprocess.Popen[bytes] | None = None

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
