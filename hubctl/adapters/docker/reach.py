"""Asks one thing in plain Python, wherever there is one: sent as text into a container, the answer is what it sees.

So nothing here may need more than the standard library, and secrets are taken from the environment of where it runs.
Whoever calls it gives up when time is over: what was found so far stands in `seen`.
"""

import http.client
import os
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

LIMIT_BYTES = 500_000
PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379, "postgresql": 5432, "postgres": 5432}
# SSLRequest of the PostgreSQL protocol: any server answers it with one letter, and nothing is left in its log.
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


def ask(given: Mapping[str, Any], environment: Mapping[str, str], seen: dict[str, Any]) -> None:
    """Ask and note in `seen`: `stage` (resolving, connecting, waiting, answered), `failure`, `status`, `body`, ..."""
    kind = given["kind"]
    try:
        if kind == "machine":
            seen["body"] = machine()
        else:
            with connected(given, seen) as sock:
                seen["stage"] = "waiting"
                secret = secret_of(given, environment)
                {"http": get, "redis": ping, "postgres": greet}[kind](sock, given, secret, seen)
        seen["stage"] = "answered"
    except socket.gaierror:
        seen["failure"] = "unresolved"
    except TimeoutError:
        seen["failure"] = "timeout"
    except ConnectionRefusedError:
        seen["failure"] = "refused"
    except ssl.SSLError:
        seen["failure"] = "tls"
    except (OSError, http.client.HTTPException, ValueError, EOFError):
        seen["failure"] = "dropped" if seen.get("stage") == "waiting" else "unreachable"


def secret_of(given: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Take the secret from the environment; empty where there is none."""
    values = environment.get(given.get("variable") or "", "").split(";")
    index = given.get("index", 0)
    return values[index].strip() if index < len(values) else ""


def connected(given: Mapping[str, Any], seen: dict[str, Any]) -> socket.socket:
    """Connect to where the URL says, by TLS where it says so."""
    url = urlsplit(given["url"])
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    seen["stage"] = "resolving"
    socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    seen["stage"] = "connecting"
    sock = socket.create_connection((host, port), timeout=given["timeout_s"])
    if url.scheme in ("https", "rediss"):
        return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    return sock


def get(sock: socket.socket, given: Mapping[str, Any], secret: str, seen: dict[str, Any]) -> None:
    """Ask by HTTP; any whole answer is one."""
    url = urlsplit(given["url"])
    connection = http.client.HTTPConnection(url.hostname or "", url.port)
    connection.sock = sock
    headers = {"Connection": "close"}
    if secret:
        headers["Authorization"] = "Bearer " + secret
    connection.request("GET", (url.path or "/") + ("?" + url.query if url.query else ""), headers=headers)
    response = connection.getresponse()
    seen["body"] = response.read(LIMIT_BYTES).decode("utf-8", "replace")
    seen["type"] = response.getheader("content-type") or ""
    seen["status"] = response.status


def ping(sock: socket.socket, _given: Mapping[str, Any], secret: str, seen: dict[str, Any]) -> None:
    """Log in to a Redis where there is a password, and PING it. Only the first word of a refusal is kept."""
    words = [[b"AUTH", secret.encode()]] if secret else []
    for command in [*words, [b"PING"]]:
        parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in command)
        sock.sendall(b"*%d\r\n%s" % (len(command), parts))
        line = sock.recv(200)
        if line[:1] not in (b"+", b"-"):
            raise EOFError
        seen["body"] = line.split()[0].decode("ascii", "replace")
        if line[:1] == b"-":
            return


def greet(sock: socket.socket, _given: Mapping[str, Any], _secret: str, seen: dict[str, Any]) -> None:
    """Ask a PostgreSQL whether it speaks TLS: that it answers at all is what counts."""
    sock.sendall(SSL_REQUEST)
    answer = sock.recv(1)
    if answer not in (b"S", b"N"):
        raise EOFError
    seen["body"] = answer.decode("ascii")


def machine() -> dict[str, float]:
    """Measure the disk below the root folder, the memory and the clock (seconds since 1970). Sizes are in bytes."""
    disk = os.statvfs("/")
    found = {"disk_free": float(disk.f_bavail * disk.f_frsize), "clock_s": time.time()}
    with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123 - plain Python
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    found["memory_free"] = float(sizes.get("MemAvailable", 0))
    found["memory_total"] = float(sizes.get("MemTotal", 0))
    return found
