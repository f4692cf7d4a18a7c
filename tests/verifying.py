"""A running hub for tests of claims: a scripted gateway, a fake runtime, and a config as text."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.compose import layout
from hubctl.core.compose.stack import Address, LogLine
from hubctl.core.models import model_list
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.verify.running import Running
from tests.fakes import FakeRuntime, instance, run_of
from tests.scripted_gateway import Chat, gateway, well
from tests.servers import Script

CONFIG = """\
model_list:
  - {model_name: "llama3.2:3b", litellm_params: {model: "ollama_chat/llama3.2:3b"}}
  - {model_name: gpt, litellm_params: {model: openai/gpt-x}}
router_settings:
  model_group_alias: {llama3: "llama3.2:3b"}
"""
PAID_ONLY = "model_list: [{model_name: gpt, litellm_params: {model: openai/gpt-x}}]"
SERVICES = ("litellm", "redis", "db")


def running(
    address: Address,
    config: str = CONFIG,
    *,
    runtime: FakeRuntime | None = None,
    environment: Mapping[str, str] | None = None,
    root: Path = Path("/hub"),
    timeout_s: float = 5.0,
) -> Running:
    """The hub whose gateway is at this address."""
    files = {"services": {name: {"image": name} for name in SERVICES}}
    return Running(
        root=root,
        state_folder=root / ".hubctl",
        runtime=runtime or FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]]),
        layout=layout.build(files, root=root, files=(root / "compose.yml",), variables={}),
        service="litellm",
        gateway=Gateway(address, "sk-right"),
        credentials=Credentials("sk-right", None),
        config=model_list.load(config, Path("config.yaml")),
        models=model_list.read(config, Path("config.yaml")),
        environment=environment or {},
        timeout_s=timeout_s,
    )


@contextmanager
def hub(
    chat: Chat = well,
    config: str = CONFIG,
    *,
    others: Mapping[str, bytes | Script] | None = None,
    log: Sequence[LogLine] = (),
    demo: frozenset[str] = frozenset(),
    environment: Mapping[str, str] | None = None,
    root: Path = Path("/hub"),
    timeout_s: float = 5.0,
) -> Iterator[Running]:
    """A hub with nothing but a scripted gateway."""
    with gateway(chat, others) as address:
        runtime = FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]], log=log, demo=demo)
        yield running(address, config, runtime=runtime, environment=environment, root=root, timeout_s=timeout_s)
