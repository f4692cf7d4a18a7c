"""What the errors of the Docker SDK mean, in words for the operator: which engine, what it said, what to do.

Source: errors seen from the SDK 7.2 and paramiko 5 on engines 20.10 to 28.5; the tests provoke them again.
"""

import re
from collections.abc import Callable, Iterator

from hubctl.adapters.docker.engine_address import EngineAddress
from hubctl.errors import ContainerGone, EngineRefused, EngineUnavailable, HubError, PortTaken

WITHOUT_DOCKER = "start Docker, or set DOCKER_HOST to its address; without Docker: `hubctl up --embedded`"
_SILENT = "it accepted the connection and did not answer within {timeout} s (frozen?)"
_SILENT_HINT = "restart the Docker service on that machine"
_GROUP = "run as a user of the docker group (`sudo usermod -aG docker $USER`, then log in again), or with sudo"
_CORRECT = "correct {source}"
_BY_SSH = "`ssh {machine} docker version` has to work without a question; hubctl asks with the same keys"

# What to look for in "ExceptionName: its text" of an error or of one that caused it; what that means; what to do.
_UNREACHABLE: tuple[tuple[str, str, str], ...] = (
    (r"^PermissionError", "no permission on its socket", _GROUP),
    (r"^FileNotFoundError", "its socket does not exist", WITHOUT_DOCKER),
    (r"^ConnectionRefusedError", "nothing listens there", WITHOUT_DOCKER),
    (r"^gaierror", "the host name is unknown", _CORRECT),
    (r"Network is unreachable|No route to host", "no way leads to that machine", _CORRECT),
    (r"^ConnectTimeout", "nothing accepted the connection within {timeout} s", f"is it on? else {_CORRECT}"),
    (r"Invalid bind address|protocol is ", "that is no address of an engine", f"{_CORRECT}: unix://, tcp:// or ssh://"),
    (r"^TLSParameterError", "the certificates for it are not there", "put cert.pem, key.pem and ca.pem into {folder}"),
    (r"HTTP request to an HTTPS", "it wants TLS", "give {source} its certificates (DOCKER_TLS_VERIFY=1 or a context)"),
    (r"^SSLError: .*WRONG_VERSION", "it does not speak TLS", "unset DOCKER_TLS_VERIFY, or correct {source}"),
    (r"^SSLError", "TLS with it fails: a certificate is not accepted", "put the right certificates into {folder}"),
    (
        r"Install paramiko",
        "ssh:// needs paramiko, which is not installed beside hubctl",
        "`pip install paramiko` there",
    ),
    (r"^NoValidConnectionsError", "nothing listens on its ssh port", f"start sshd there, or {_CORRECT}"),
    (
        r"not found in known_hosts",
        "its ssh host key is not known",
        "`ssh {machine}` once, and accept it if it is right",
    ),
    (r"^BadHostKeyException", "its ssh host key has changed", "find out why; then `ssh-keygen -R {machine}`"),
    (r"^(AuthenticationException|PasswordRequired|SSHException: No auth)", "ssh does not let us in", _BY_SSH),
    (r"^(SSHException|ChannelException)", "the ssh connection fails", _BY_SSH),
    (r"^(ReadTimeout|TimeoutError|BlockingIOError)", _SILENT, _SILENT_HINT),
    (r"^InvalidVersion", "it is too old for hubctl's Docker SDK", "update Docker there"),
    (
        r"^(JSONDecodeError|BadStatusLine|TypeError|NotFound)|ApiVersion",
        "what answers there is no Docker engine",
        _CORRECT,
    ),
    (
        r"^(RemoteDisconnected|ConnectionResetError|BrokenPipeError|IncompleteRead)",
        "it closed the connection before it had answered",
        f"if it has ended, start it again; if it is none, {_CORRECT}",
    ),
)

_Error = Callable[[re.Match[str]], HubError]

# What to look for in an engine's refusal; the error that it is, to which `_refusal` adds which engine.
_REFUSALS: tuple[tuple[str, _Error], ...] = (
    (
        r":(?P<port>\d+)(?: failed: port is already allocated|: bind: address already in use)",
        lambda found: PortTaken(int(found["port"])),
    ),
    # Somebody else, as another Compose, has removed it or is just removing it.
    (
        r"No such container: (?P<name>\S+)",
        lambda found: ContainerGone(
            f"the container {found['name']} is gone", hint="`hubctl status` shows what is there"
        ),
    ),
    (
        r"container (?P<name>\w+): container is marked for removal",
        lambda found: ContainerGone(
            f"the container {found['name'][:12]} is just being removed", hint="run the command again"
        ),
    ),
    (
        r"No such image: (?P<name>\S+)",
        lambda found: EngineRefused(f"the image {found['name']} is not on its machine", hint="`hubctl up` pulls it"),
    ),
    (
        r'container name "/?(?P<name>[^"]+)" is already in use by container "(?P<id>\w{12})',
        lambda found: EngineRefused(
            f"the name {found['name']} is taken by the container {found['id']}",
            hint=f"`docker rename {found['id']} ...` or `docker rm {found['id']}`",
        ),
    ),
    (
        r'exec: "(?P<name>[^"]+)": (?:executable file not found|stat .*no such file)',
        lambda found: EngineRefused(
            f"its image has no command {found['name']}", hint="correct the image or the command"
        ),
    ),
    (
        r'error mounting "(?P<file>[^"]+)".*not a directory',
        lambda found: EngineRefused(
            f"{found['file']} is missing, and Docker has made a directory in its place",
            hint="remove the directory, put the file back, and run this again",
        ),
    ),
    (
        r"client version (?P<version>\S+) is too (?P<how>new|old)",
        lambda found: EngineRefused(
            f"hubctl's Docker SDK ({found['version']}) is too {found['how']} for it", hint="update the older one"
        ),
    ),
    (
        r"container \"?/?(?P<name>[\w.-]+)\"? is (?P<state>not running|paused|not paused|running)",
        lambda found: EngineRefused(
            f"the container {found['name'][:12]} is {found['state']}", hint="`hubctl status` shows how it is now"
        ),
    ),
)


def explain(error: BaseException, engine: EngineAddress, timeout_s: float) -> HubError:
    """Say what an error of the SDK means: EngineUnavailable, EngineRefused, ContainerGone or PortTaken."""
    from docker.errors import APIError

    if isinstance(error, APIError):
        return _refusal(" ".join(str(error.explanation or error).split()), engine)
    said = tuple(_said(error))
    for pattern, what, hint in _UNREACHABLE:
        if any(re.search(pattern, line) for line in said):
            return _unavailable(engine, timeout_s, what, hint)
    return EngineUnavailable(f"no Docker engine at {engine}: {said[-1]}", hint=WITHOUT_DOCKER)


def silent(engine: EngineAddress, timeout_s: float) -> EngineUnavailable:
    """Say that an engine takes too long."""
    return _unavailable(engine, timeout_s, _SILENT, _SILENT_HINT)


def _unavailable(engine: EngineAddress, timeout_s: float, what: str, hint: str) -> EngineUnavailable:
    known = {
        "timeout": f"{timeout_s:g}",
        "source": engine.source,
        "machine": engine.machine,
        "folder": engine.certificates,
    }
    return EngineUnavailable(f"no Docker engine at {engine}: {what.format(**known)}", hint=hint.format(**known))


def _refusal(text: str, engine: EngineAddress) -> HubError:
    found = ((error, re.search(pattern, text, re.IGNORECASE)) for pattern, error in _REFUSALS)
    meant = next((error(match) for error, match in found if match), EngineRefused(text))
    if not isinstance(meant, EngineRefused):
        return meant
    return type(meant)(f"the Docker engine at {engine} refused: {meant.message}", hint=meant.hint)


def _said(error: BaseException) -> Iterator[str]:
    """Give what an error and all that caused it say, each as "ExceptionName: its text", the last cause last."""
    seen: BaseException | None = error
    while seen is not None:
        yield f"{type(seen).__name__}: {' '.join(str(seen).split())}"
        for argument in seen.args:
            if isinstance(argument, BaseException):
                yield from _said(argument)
        seen = seen.__cause__ or seen.__context__
