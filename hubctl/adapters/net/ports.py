"""Whether a TCP port of this machine is free, and who holds it: as far as the kernel lets this user see."""

import errno
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from hubctl.errors import HubError, PortTaken

_PROC = Path("/proc")
_TABLES = ("net/tcp", "net/tcp6")
_LISTENING, _HALF_OPEN = "0A", "03"
# How the kernel writes the addresses at which a connection to 127.0.0.1 arrives: that one, any, and both in IPv6.
_REACHED = frozenset({"0100007F", "0" * 8, "0" * 32, "0000000000000000FFFF00000100007F"})


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        # As servers do: connections that have just ended do not keep the port.
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        return error.errno != errno.EADDRINUSE  # any other trouble is for the server itself to tell
    return True


def listening(host: str, port: int) -> socket.socket:
    """Take a port (0: any that is free) and give the socket that listens on it. Raises PortTaken, HubError."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        hint = "`--port N` takes another one"
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, owner(port), hint=f"stop that, or {hint}") from error
        raise HubError(f"port {port} of this machine cannot be used: {error.strerror}", hint=hint) from error


def free(host: str) -> int:
    """Find a port that is free now. Somebody else may take it before it is used."""
    with socket.create_server((host, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def owner(port: int) -> str:
    """Name the process that listens on a port: "redis-server (pid 42)", or "another program" where it is not shown.

    Linux shows the processes of the same user, and to root all. Source: proc_pid_net(5), proc_pid_fd(5).
    """
    for process in _holders(port, _PROC.glob("[0-9]*")):
        with suppress(OSError):  # ended meanwhile
            return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return "another program"


def is_others(port: int, pid: int, shared: Path) -> bool:
    """Whether something is reached on a port of 127.0.0.1 that is neither this process nor one with its `shared` file.

    What listens at another address of this machine alone, `::1` for one, is not reached there.
    """
    return any(_listening_inodes(port, _REACHED)) and not is_own(port, pid, shared)


def is_own(port: int, pid: int, shared: Path) -> bool:
    """Whether this process, or one with its `shared` file, is reached on a port of 127.0.0.1.

    True where the kernel has no table of who listens.
    """
    if any(_holders(port, [_PROC / str(pid)], _REACHED)):
        return True
    if any(str(shared) in _opened(process) for process in _holders(port, _PROC.glob("[0-9]*"), _REACHED)):
        return True
    return not any((_PROC / table).exists() for table in _TABLES)


def _holders(port: int, among: Iterable[Path], at: frozenset[str] | None = None) -> Iterator[Path]:
    """Give those of some processes, as folders of /proc, that listen on a port."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port, at)}
    yield from (process for process in among if sockets & _opened(process)) if sockets else ()


def _opened(process: Path) -> set[str]:
    """What a process has open; nothing where that is not shown, or no more."""
    found = set()
    with suppress(OSError):
        for link in (process / "fd").iterdir():
            with suppress(OSError):
                found.add(str(link.readlink()))
    return found


def _listening_inodes(port: int, at: frozenset[str] | None = None) -> Iterator[str]:
    """Give the sockets that listen on a port; those are listed before all others.

    Source: Documentation/networking/proc_net_tcp of the kernel.
    """
    for table in _TABLES:
        with suppress(OSError), (_PROC / table).open() as lines:  # no such table: no IPv6, or not Linux
            next(lines, None)
            for line in lines:
                _, local, _, state, *rest = line.split(maxsplit=10)
                if state not in {_LISTENING, _HALF_OPEN}:  # older kernels list what half connects with what listens
                    break
                address, _, number = local.partition(":")
                if state == _LISTENING and int(number, 16) == port and (at is None or address in at):
                    yield rest[5]
