"""Rules about where entries are asked (HUB141 to HUB149): addresses as they look from inside the gateway."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from hubctl.core.judging import surroundings
from hubctl.core.judging.config import Config, Entry
from hubctl.core.judging.rule import Edit, Found, Group, scalar
from hubctl.core.judging.subject import Subject, targets
from hubctl.core.text.os_environ import variable_of
from hubctl.core.text.span import Span

RULES = Group()

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - read, not bound
_OLLAMA = frozenset({"ollama", "ollama_chat"})
_OLLAMA_PORT = 11434


@dataclass(frozen=True)
class _Base:
    """The address of an entry as LiteLLM gets it."""

    subject: Subject
    config: Config
    entry: Entry
    written: str
    url: SplitResult

    @cached_property
    def place(self) -> tuple[Path, Span]:
        """Where it is written: in the config, or in an env file. Looked up for the few that a rule objects to."""
        variable = variable_of(self.entry.params.get("api_base"))
        place = surroundings.place_of(self.subject, variable) if variable else None
        return place or (self.config.path, self.config.value_span(*self._path))

    @property
    def _path(self) -> tuple[str | int, ...]:
        return *self.entry.params_path, "api_base"

    def rewritten(self, address: str) -> tuple[Edit, ...]:
        """The edit that writes another address, where it stands in the config itself."""
        return scalar(self.config, self._path, address) if self.place[0] == self.config.path else ()

    @property
    def is_ollama(self) -> bool:
        return self.entry.provider in _OLLAMA


def _bases(subject: Subject) -> Iterator[_Base]:
    for config, entry, _ in targets(subject):
        given = entry.params.get("api_base")
        text = subject.resolved(given)
        if not text or "mock_response" in entry.params:
            continue
        try:
            url = _split(text)
        except ValueError:
            continue
        yield _Base(subject, config, entry, text, url)


@lru_cache(maxsize=8192)  # every rule here splits every address, and urlsplit remembers but a few
def _split(text: str) -> SplitResult:
    return urlsplit(text)


@RULES.rule(
    "HUB141",
    "error",
    "An Ollama address that ends in /v1",
    effect="every chat gets a 404: LiteLLM speaks Ollama's own API there, which lives at the root",
    fix="take /v1 away: `http://HOST:11434`",
    since="0.1.0",
    fixable=True,
)
def ends_in_v1(subject: Subject) -> Iterator[Found]:
    """`/v1` belongs to servers that speak OpenAI's protocol."""
    for base in _bases(subject):
        if base.is_ollama and base.url.path.rstrip("/").endswith("/v1"):
            short = base.written.rstrip("/").removesuffix("/v1")
            words = f"the address of `{base.entry.target}` ends in /v1"
            yield Found(*base.place, words, fix=f"write `{short}`", edits=base.rewritten(short))


@RULES.rule(
    "HUB142",
    "error",
    "localhost inside a container",
    effect="in the gateway's container, localhost is that container itself: nothing answers there",
    fix="name the Compose service (`http://ollama:11434`), or `host.docker.internal` for a server on the host",
    since="0.1.0",
)
def is_loopback(subject: Subject) -> Iterator[Found]:
    """An error where the gateway is known to be a container; on its own, a config may be meant for a process."""
    gateway = subject.gateway_service
    if gateway and gateway.network_mode:  # the host's network, or another service's: localhost may be right
        return
    for base in _bases(subject):
        if base.url.hostname in _LOOPBACK:
            where = f"`{base.entry.name}` is asked at {base.url.hostname}"
            if subject.in_container:
                yield Found(*base.place, f"{where}, from inside the container of {subject.gateway}")
            else:
                yield Found(*base.place, f"{where}: right only outside a container", severity="info")


@RULES.rule(
    "HUB143",
    "error",
    "An Ollama model without an address",
    effect="LiteLLM runs `ollama serve` itself, which its image lacks, and calls http://localhost:11434",
    fix="add `api_base: http://ollama:11434`, or a variable that is set",
    since="0.1.0",
)
def has_no_address(subject: Subject) -> Iterator[Found]:
    """No `api_base`, or a variable that nothing sets."""
    for config, entry, _ in targets(subject):
        given = entry.params.get("api_base")
        is_known = subject.gateway_environment is not None and not subject.lacks_env_file
        unset = is_known and given is not None and not subject.resolved(given)
        elsewhere = {"mock_response", "litellm_credential_name"} & entry.params.keys()
        if entry.provider not in _OLLAMA or elsewhere or (given and not unset):
            continue
        words = f"the variable for the address of `{entry.target}` is not set" if given else None
        yield Found(
            config.path,
            config.value_span(*entry.params_path, "api_base" if given else "model"),
            words or f"`{entry.target}` has no `api_base`",
            severity="error" if subject.gateway_service else "warning",
        )


@RULES.rule(
    "HUB144",
    "error",
    "An address that ends in /chat/completions",
    effect="LiteLLM adds the path itself, so every chat gets a 404",
    fix="end the address before it, usually at /v1",
    since="0.1.0",
    fixable=True,
)
def ends_in_endpoint(subject: Subject) -> Iterator[Found]:
    """The whole endpoint where the base is expected."""
    for base in _bases(subject):
        if base.entry.provider == "openai" and base.url.path.rstrip("/").endswith("/chat/completions"):
            short = base.written.rstrip("/").removesuffix("/chat/completions")
            words = f"the address of `{base.entry.name}` ends in /chat/completions"
            yield Found(*base.place, words, fix=f"write `{short}`", edits=base.rewritten(short))


@RULES.rule(
    "HUB145",
    "warning",
    "An address that names no service",
    effect="the gateway finds no host of that name",
    fix="write the name of a service of the compose file",
    since="0.1.0",
)
def names_no_service(subject: Subject) -> Iterator[Found]:
    """A host of one word that is no service here, where nothing else could give it."""
    if subject.layout is None or subject.gateway_service is None or surroundings.has_other_names(subject):
        return
    names = {name for each in subject.layout.services for name in (each.name, each.container_name) if name}
    known = names | _LOOPBACK | surroundings.extra_hosts(subject)
    for base in _bases(subject):
        host = base.url.hostname or ""
        if host and "." not in host and ":" not in host and host not in known:
            services = ", ".join(sorted(names))
            yield Found(*base.place, f"no service is called `{host}`; there are {services}")


@RULES.rule(
    "HUB146",
    "error",
    "An address without http:// or https://",
    effect="LiteLLM cannot call it: every chat with this entry fails",
    fix="begin it with `http://` or `https://`",
    since="0.1.0",
)
def has_no_scheme(subject: Subject) -> Iterator[Found]:
    """`ollama:11434`."""
    for base in _bases(subject):
        if base.entry.provider in subject.known.providers and "://" not in base.written and "$" not in base.written:
            yield Found(*base.place, f"the address of `{base.entry.name}` has no http:// before it")


@RULES.rule(
    "HUB147",
    "error",
    "Ollama asked in OpenAI's way without /v1",
    effect="every chat gets a 404: what Ollama has for clients of OpenAI lies below /v1",
    fix="end the address in /v1, or write `ollama_chat/MODEL`, which needs none",
    since="0.1.0",
    fixable=True,
)
def lacks_v1(subject: Subject) -> Iterator[Found]:
    """`openai/llama3` at `http://ollama:11434`."""
    for base in _bases(subject):
        if base.entry.provider == "openai" and not base.url.path.strip("/") and _is_of_ollama(subject, base.url):
            whole = f"{base.written.rstrip('/')}/v1"
            words = f"`{base.entry.target}` is asked at an Ollama, without /v1"
            yield Found(*base.place, words, fix=f"write `{whole}`", edits=base.rewritten(whole))


def _is_of_ollama(subject: Subject, url: SplitResult) -> bool:
    """Whether an address is an Ollama's: by its usual port, or by the service that it names."""
    names = {each.name for each in subject.layout.with_role("ollama")} if subject.layout else {"ollama"}
    try:
        return url.scheme == "http" and not url.query and (url.port == _OLLAMA_PORT or url.hostname in names)
    except ValueError:
        return False
