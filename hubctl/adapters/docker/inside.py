"""Probes from inside a running service: what is sent there, and what came back in the words of the other probes."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from hubctl import parallel
from hubctl.adapters.docker import reach
from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine
from hubctl.core.probe import Answer, NoAnswer, Probe
from hubctl.errors import EngineRefused

# Ends by the limit even where a look-up of a name takes longer: then it says how far it came.
_RUN = """
import json, sys, threading
given, seen = json.loads(sys.argv[1]), {}
worker = threading.Thread(target=ask, args=(given, os.environ, seen), daemon=True)
worker.start()
worker.join(given["timeout_s"])
sys.stdout.write(json.dumps(dict(seen)))
sys.stdout.flush()
os._exit(0)
"""
# What an engine answers, or a shell, where the command is not in the image.
_NOT_FOUND = (126, 127)
_PYTHONS = ("python3", "python")
# Until Python runs in the container, on a busy machine.
_START_S = 4.0


class ContainerInside:
    """One running container as a place to ask from. Needs a Python in its image, as LiteLLM and Open WebUI have."""

    def __init__(self, engine: Engine, container: Container) -> None:
        self._engine = engine
        self._container = container

    @property
    def environment(self) -> Mapping[str, str]:
        """What it was created with."""
        return self._container.environment

    @property
    def networks(self) -> frozenset[str]:
        """The networks that it is in now."""
        return self._container.networks

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Ask from there. Raises NoAnswer, and HubError where it cannot be asked from there at all."""
        engine = self._engine.within(timeout_s + _START_S)
        words = json.dumps(_given(probe, timeout_s))
        name = self._container.instance.name
        for python in _PYTHONS:
            # -I: what lies in the container's working folder must not come in the place of the standard library
            code, text = engine.run(self._container.instance.id, [python, "-I", "-c", _program(), words])
            if code not in _NOT_FOUND:
                return _read(probe, _parsed(text, name), timeout_s)
        raise EngineRefused(f"the image of {name} has no Python, so nothing can be asked from inside it")


class HereInside:
    """This machine as the place that a process of it asks from."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.networks = frozenset({"this machine"})

    def probe(self, probe: Probe, *, timeout_s: float) -> Answer:
        """Ask from here. Raises NoAnswer."""
        seen: dict[str, Any] = {}
        work = [_given(probe, timeout_s)]
        parallel.each(
            lambda given: reach.ask(given, self.environment, seen), work, timeout_s=timeout_s, late=lambda _: None
        )
        return _read(probe, dict(seen), timeout_s)


@cache
def _program() -> str:
    return (files("hubctl.adapters.docker") / "reach.py").read_text("utf-8") + _RUN


def _given(probe: Probe, timeout_s: float) -> dict[str, object]:
    secret = probe.secret
    return {
        "kind": probe.kind,
        "url": probe.url,
        "variable": secret.variable if secret else None,
        "index": secret.index if secret else 0,
        "timeout_s": timeout_s,
    }


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        seen = json.loads(text)
    except ValueError:
        seen = None
    if not isinstance(seen, dict):
        raise EngineRefused(f"the Python in {name} gave no answer, so nothing can be asked from inside it")
    return seen


def _read(probe: Probe, seen: Mapping[str, Any], timeout_s: float) -> Answer:
    """Turn what was found into an answer. Raises NoAnswer in words that name what was asked, never the secret."""
    stage, failure = seen.get("stage"), seen.get("failure")
    if failure is None and stage == "answered":
        body = seen.get("body", "")
        content = body if isinstance(body, str) else json.dumps(body)
        return Answer(seen.get("status", 200), {"content-type": seen.get("type", "")}, content.encode(), 0.0)
    url = urlsplit(probe.url)
    place = url.netloc.rpartition("@")[2]
    if failure == "unresolved":
        raise NoAnswer("unresolved", f"the name {url.hostname!r} is not known there")
    if failure == "refused":
        raise NoAnswer("refused", f"nothing listens on {place}")
    if failure == "tls":
        raise NoAnswer("garbage", f"{place} does not speak the TLS that the address asks for")
    if failure == "unreachable":
        raise NoAnswer("refused", f"{place} cannot be reached from there")
    if failure == "dropped":
        raise NoAnswer("dropped", f"{place} closed the connection or answered in another language")
    tried = {
        "resolving": f"the name {url.hostname!r} could not be looked up",
        "waiting": f"{place} accepted the connection and did not answer",
    }
    raise NoAnswer("timeout", f"{tried.get(str(stage), f'{place} did not accept a connection')} within {timeout_s:g} s")
