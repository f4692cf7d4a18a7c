"""Ways to the real engine other than its socket: TCP relays, and an ssh server that lets `ssh://` addresses in."""

import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from hubctl.adapters.docker.engine_address import choose
from hubctl.core.compose.stack import Address
from tests.servers import serving

if TYPE_CHECKING:
    import paramiko

HOST_KEY_BITS = 2048


def engine_socket() -> str:
    """The path of the engine's socket."""
    return choose(os.environ).url.removeprefix("unix://")


@contextmanager
def relayed(host: str = "127.0.0.1", seen: list[str] | None = None) -> Iterator[Address]:
    """Give a TCP address of the real engine; the first bytes of each connection are noted."""

    def script(peer: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(engine_socket())
            _pump(peer, engine, [] if seen is None else seen)

    with serving(script, host) as address:
        yield address


def _pump(peer: "socket.socket | paramiko.Channel", engine: socket.socket, seen: list[str]) -> None:
    """Pass bytes on in both directions until one side ends."""
    is_first = True
    while True:
        for side in select.select([peer, engine], [], [])[0]:
            data = side.recv(65536)
            if not data:
                return
            if side is peer and is_first:
                seen.append(data.split(b"\r\n")[0].decode("latin-1"))
                is_first = False
            (engine if side is peer else peer).sendall(data)


@contextmanager
def ssh_server(allowed: "paramiko.PKey | None") -> Iterator[tuple[Address, "paramiko.PKey"]]:
    """Run an ssh server that lets one key in and whose only command is `docker system dial-stdio`; gives its key."""
    import paramiko
    from paramiko import common

    host_key = paramiko.RSAKey.generate(HOST_KEY_BITS)

    class Door(paramiko.ServerInterface):
        def get_allowed_auths(self, username: str) -> str:
            return "publickey"

        def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
            return common.AUTH_SUCCESSFUL if key == allowed else common.AUTH_FAILED

        def check_channel_request(self, kind: str, chanid: int) -> int:
            return common.OPEN_SUCCEEDED

        def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
            assert command == b"docker system dial-stdio"
            threading.Thread(target=_dial, args=(channel,), daemon=True).start()
            return True

    def script(peer: socket.socket) -> None:
        transport = paramiko.Transport(peer)
        transport.add_server_key(host_key)
        with suppress(paramiko.SSHException, EOFError):
            transport.start_server(server=Door())
            transport.join()

    with serving(script) as address:
        yield address, host_key


def _dial(channel: "paramiko.Channel") -> None:
    # Where hubctl has hung up, even closing the channel raises.
    with suppress(OSError, EOFError), channel, socket.socket(socket.AF_UNIX) as engine:
        engine.connect(engine_socket())
        _pump(channel, engine, [])
