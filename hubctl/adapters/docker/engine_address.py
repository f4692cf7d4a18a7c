"""Which Docker engine the operator means, decided as the `docker` command does it.

Contexts are read here and not by the Docker SDK: without a config.json it looks for them in the working directory, and
it takes an unknown one for the default socket. Source: docker/cli, cli/command/cli.go and cli/context/store; each rule
was checked with docker 28.2.
"""

import hashlib
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from hubctl.errors import UnknownContext

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
DEFAULT_CONTEXT = "default"
DEFAULT_PORT = 2375
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where an engine listens, and who said so.

    `context` is what `docker --context` takes. `certificates` is the folder with cert.pem, key.pem and ca.pem, null
    where the connection is not encrypted.
    """

    url: str
    context: str = DEFAULT_CONTEXT
    is_named_by_variable: bool = False
    certificates: Path | None = None
    verify: bool = True

    def __str__(self) -> str:
        """Give the address; and the context, unless the operator named the address itself."""
        return self.url if self.is_named_by_variable else f"{self.url} (context {self.context})"

    @property
    def source(self) -> str:
        """What has to be corrected where the address is wrong."""
        return "DOCKER_HOST" if self.is_named_by_variable else f"the context {self.context}"

    @property
    def machine(self) -> str | None:
        """The host name of the machine that it runs on; null where that is this one."""
        url = _split(self.url)
        if url.scheme not in {"tcp", "http", "https", "ssh"}:
            return None
        host = url.hostname or LOOPBACK
        return host if url.scheme == "ssh" or not is_loopback(host) else None


def choose(environment: Mapping[str, str], context: str | None = None) -> EngineAddress:
    """Choose the engine: the context asked for, else DOCKER_HOST, else DOCKER_CONTEXT, else the current context.

    Empty variables count as unset. Raises UnknownContext.
    """
    folder = Path(environment.get("DOCKER_CONFIG") or Path(environment.get("HOME") or "/", ".docker"))
    host = environment.get("DOCKER_HOST")
    name = context or (DEFAULT_CONTEXT if host else environment.get("DOCKER_CONTEXT") or _current(folder))
    if name != DEFAULT_CONTEXT:
        return _stored(folder, name)
    address = EngineAddress(_completed(host or ""), name, is_named_by_variable=bool(host))
    verify = bool(environment.get("DOCKER_TLS_VERIFY"))
    if verify or environment.get("DOCKER_TLS"):
        return replace(address, certificates=Path(environment.get("DOCKER_CERT_PATH") or folder), verify=verify)
    return address


def _current(folder: Path) -> str:
    """Give the current context of the config file; one that cannot be read is passed over, as `docker` does."""
    name = _json(folder / "config.json").get("currentContext")
    return name if name and isinstance(name, str) else DEFAULT_CONTEXT


def _stored(folder: Path, name: str) -> EngineAddress:
    stored = folder / "contexts"
    identity = hashlib.sha256(name.encode()).hexdigest()
    endpoint = _endpoint(stored / "meta" / identity / "meta.json")
    if endpoint is None:
        known = sorted(str(_json(file).get("Name")) for file in stored.glob("meta/*/meta.json"))
        raise UnknownContext(
            f"there is no Docker context {name}; there are: {', '.join([DEFAULT_CONTEXT, *known])}",
            hint="name one of these with --context or DOCKER_CONTEXT; `docker context ls` shows them",
        )
    certificates = stored / "tls" / identity / "docker"
    return EngineAddress(
        _completed(str(endpoint.get("Host") or "")),
        name,
        certificates=certificates if certificates.is_dir() else None,
        verify=not endpoint.get("SkipTLSVerify"),
    )


def _endpoint(file: Path) -> Mapping[str, Any] | None:
    """Read the address in a context's file; null where there is no such file, or it is none."""
    endpoints = _json(file).get("Endpoints")
    endpoint = endpoints.get("docker") if isinstance(endpoints, dict) else None
    return endpoint if isinstance(endpoint, dict) else None


def _json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _completed(host: str) -> str:
    """Write the address out as `docker` reads it: TCP unless it says otherwise, with the usual port."""
    if host.strip() in {"", "unix://"}:
        return DEFAULT_SOCKET
    whole = host.strip() if "://" in host else f"tcp://{host.strip()}"
    url = _split(whole)
    if url.scheme == "tcp" and (url.hostname is None or url.port is None):
        name = url.hostname or LOOPBACK
        return f"tcp://{f'[{name}]' if ':' in name else name}:{url.port or DEFAULT_PORT}{url.path}"
    return whole


def _split(text: str) -> SplitResult:
    """Read a URL; one that is none has no parts, and is for the SDK to refuse."""
    try:
        url = urlsplit(text.strip())
        _ = url.port  # checked when it is asked for
    except ValueError:
        return SplitResult("", "", text, "", "")
    return url


def is_loopback(host: str) -> bool:
    """Whether only this machine itself answers there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
