"""Turns names of the Compose network (`http://ollama:11434`, REDIS_HOST=redis) into addresses of this host."""

import re
from collections.abc import Mapping

from hubctl.core.compose.stack import Address
from hubctl.core.models.model_list import resolved

# Service name -> port in its container -> where that port is on this host; empty for one that publishes none.
Places = Mapping[str, Mapping[int, Address]]

# What Docker calls the host from inside a container.
_THIS_HOST = "host.docker.internal"
_SCHEME_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379, "postgresql": 5432}


class Relocation:
    """Relocates the values of one config and one environment, and collects what has no address on this host.

    A service is named in a URL, as `name:port`, or as the whole value of a HOST that may have a PORT beside it.
    """

    def __init__(self, places: Places, environment: Mapping[str, str]) -> None:
        self.unpublished: set[str] = set()
        self._places = places
        self._environment = environment
        names = "|".join(re.escape(name) for name in sorted((*places, _THIS_HOST), key=len, reverse=True))
        self._mention = re.compile(
            rf"(?P<before>(?:(?P<scheme>[a-z]\w*)(?:\+\w+)?://(?:[^/\s]*@)?|(?:^|(?<=[,;]))))"
            rf"(?P<name>{names})(?::(?P<port>\d{{1,5}}))?(?=$|[/?#,;])"
        )

    def environment(self, values: Mapping[str, str]) -> dict[str, str]:
        """Relocate what the variables say."""
        moved = {name: self._text(value) for name, value in values.items()}
        for name in values:
            moved.update(self._pair(name, values))
        return moved

    def value(self, value: object) -> object:
        """Relocate a value of the config, at any depth."""
        match value:
            case str():
                return self._text(value)
            case list():
                return [self.value(item) for item in value]
            case dict():
                moved = {key: self.value(item) for key, item in value.items()}
                for key in value:
                    moved.update(self._pair(str(key), value))
                return moved
        return value

    def _text(self, text: str) -> str:
        return self._mention.sub(self._moved, text)

    def _moved(self, mention: re.Match[str]) -> str:
        port = int(mention["port"]) if mention["port"] else _SCHEME_PORTS.get(mention["scheme"] or "")
        address = self._find(mention["name"], port) if port else None
        return f"{mention['before']}{address}" if address else mention[0]

    def _pair(self, host_key: str, values: Mapping[str, object]) -> dict[str, str]:
        """Relocate a host and the port beside it together: the port on this host is often another one."""
        if not host_key.lower().endswith("host"):
            return {}
        port_key = host_key[:-4] + ("PORT" if host_key.endswith("HOST") else "port")
        host, port = (resolved(values.get(key), self._environment) or "" for key in (host_key, port_key))
        only = next(iter(self._places.get(host, {})), None)
        number = int(port) if port.isdecimal() else only
        address = self._find(host, number) if number else None
        return {host_key: address.host, port_key: str(address.port)} if address else {}

    def _find(self, name: str, port: int) -> Address | None:
        if name == _THIS_HOST:
            return Address("127.0.0.1", port)
        if name not in self._places:
            return None
        if port not in self._places[name]:
            self.unpublished.add(f"{name}:{port}")
        return self._places[name].get(port)
