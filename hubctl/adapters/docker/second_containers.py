"""A second gateway and its scripted model as two containers of the running gateway's own image.

Their labels name the hub and the command, so that whatever became of the hubctl that made them, a person knows them by
sight, and the next hubctl finds and removes them. They get none of the hub's variables, mounts or keys.
"""

import io
import os
import secrets
import tarfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubctl.adapters.docker.containers import LABEL as COMPOSE
from hubctl.adapters.docker.engine import Engine
from hubctl.core.compose.stack import Address
from hubctl.errors import EngineRefused

if TYPE_CHECKING:
    from docker import APIClient

LABEL = "hubctl.second"
PORT, MODEL_PORT = 4000, 4001
_CONFIG = "hubctl-second.yaml"
_FOLDER = "/tmp"  # noqa: S108 - inside a container that nobody else is in


class SecondContainers:
    """The throwaway containers of one hub, which its compose file tells from those of another.

    `former` are the same file in the folders that the hub was moved from.
    """

    def __init__(self, engine: Engine, compose_file: Path, former: Iterable[Path] = ()) -> None:
        mark = os.path.realpath(compose_file)
        self._engine = engine
        self._marks = {mark, *map(os.path.realpath, former)}
        self._labels = {
            LABEL: mark,
            "hubctl.folder": os.path.dirname(mark),  # noqa: PTH120 - text, as the mark is
            "hubctl.command": "hubctl verify",
            "hubctl.note": "temporary: may be removed once that command has ended",
        }
        self._gateway = ""

    def names(self) -> list[str]:
        """Return the names of the containers of this hub that carry the label, running or not."""
        with self._engine.asking() as api:
            return sorted(str(each["Names"][0]).lstrip("/") for each in self._found(api))

    def remove(self) -> None:
        """Remove every container of this hub that carries the label, running or not."""
        from docker.errors import NotFound

        with self._engine.asking() as api:
            for found in self._found(api):
                with suppress(NotFound):  # it went meanwhile
                    api.remove_container(found["Id"], force=True, v=True)

    def start(self, like: str, config: str, environment: Mapping[str, str]) -> Address:
        """Start both on the image and network of the container `like`; gives the gateway's address on this machine.

        The model shares the gateway's network, so that it is found on loopback whatever network that is.
        """
        with self._engine.asking() as api:
            attrs = api.inspect_container(like)
            project, suffix = attrs["Config"]["Labels"][f"{COMPOSE}project"], secrets.token_hex(3)
            self._gateway = self._create(
                api,
                f"{project}-hubctl-verify-gateway-{suffix}",
                attrs["Image"],
                ["litellm"],
                f"--config {_FOLDER}/{_CONFIG} --host 0.0.0.0 --port {PORT} --num_workers 1".split(),
                environment=dict(environment),
                ports=[PORT],
                host_config=api.create_host_config(
                    port_bindings={PORT: ("127.0.0.1", None)},
                    network_mode=network_for(attrs["HostConfig"]["NetworkMode"]),
                ),
            )
            api.put_archive(self._gateway, _FOLDER, _archive(config))
            api.start(self._gateway)
            program = resources.files("hubctl.adapters.gateway").joinpath("scripted_model.py").read_text("utf-8")
            model = self._create(
                api,
                f"{project}-hubctl-verify-model-{suffix}",
                attrs["Image"],
                ["python3"],
                ["-c", program, str(MODEL_PORT)],
                host_config=api.create_host_config(network_mode=f"container:{self._gateway}"),
            )
            api.start(model)
            published = api.inspect_container(self._gateway)["NetworkSettings"]["Ports"].get(f"{PORT}/tcp")
        if not published:
            raise EngineRefused("the second gateway ended at once, so it has no address", hint="`hubctl verify` again")
        return Address(published[0]["HostIp"], int(published[0]["HostPort"]))

    def has_ended(self) -> bool:
        """Whether the gateway runs no more."""
        with self._engine.asking() as api:
            return not api.inspect_container(self._gateway)["State"]["Running"]

    def log(self) -> list[str]:
        """Give the gateway's last lines."""
        with self._engine.asking() as api:
            raw: bytes = api.logs(self._gateway, tail=60)
        return raw.decode("utf-8", "replace").splitlines()

    def _found(self, api: "APIClient") -> list[Mapping[str, Any]]:
        labelled = api.containers(all=True, filters={"label": LABEL})
        return [each for each in labelled if each["Labels"][LABEL] in self._marks]

    def _create(
        self, api: "APIClient", name: str, image: str, entrypoint: list[str], command: list[str], **more: Any
    ) -> str:
        created = api.create_container(image, command, name=name, entrypoint=entrypoint, labels=self._labels, **more)
        return str(created["Id"])


def network_for(mode: str) -> str:
    """Choose the network of the running gateway, where a port of another container can be published on it."""
    return "bridge" if mode in {"default", "host", "none"} or mode.startswith("container:") else mode


def _archive(config: str) -> bytes:
    raw = config.encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(_CONFIG)
        entry.size, entry.mode = len(raw), 0o644
        archive.addfile(entry, io.BytesIO(raw))
    return packed.getvalue()
