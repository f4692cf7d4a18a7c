"""The running hub whose claims are proved, and how its models are asked."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.gateway.client import Gateway
from hubctl.core.compose.layout import Layout
from hubctl.core.compose.stack import Snapshot
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.refusals import reason
from hubctl.core.models.askable import Names
from hubctl.core.models.model_list import ModelList
from hubctl.core.probe import HTTP_OK
from hubctl.core.providers import catalog
from hubctl.errors import HubError
from hubctl.operations.providers.credentials import Credentials
from hubctl.operations.smoke.call import PROMPT
from hubctl.operations.smoke.verdict import ChatCheck, Expected, judge
from hubctl.operations.stack import status
from hubctl.operations.stack.status import StackStatus
from hubctl.operations.verify.finding import Finding, Unproved, failed, not_configured
from hubctl.runtimes import Runtime

STATUS_S = 5.0
# Enough for a request that counts; what the model says in it does not.
FEW_TOKENS = 16


@dataclass(frozen=True)
class Running:
    """A running hub. timeout_s bounds each call of a model; environment is what its files give the gateway.

    `mask` hides the hub's secrets in what is written down.
    """

    root: Path
    state_folder: Path
    runtime: Runtime
    layout: Layout
    service: str
    gateway: Gateway
    credentials: Credentials
    config: Mapping[str, object] = field(repr=False)
    models: ModelList
    environment: Mapping[str, str] = field(repr=False)
    timeout_s: float
    mask: Callable[[str], str] = catalog.scrub

    @cached_property
    def names(self) -> Names:
        """What can be asked, and what is free of it."""
        return Names(self.models, self.config)

    @cached_property
    def status(self) -> StackStatus:
        """How every service is, asked once."""
        return status.check(self.root, self.runtime, self.credentials, timeout_s=STATUS_S)

    @cached_property
    def snapshot(self) -> Snapshot:
        """Every service as the runtime sees it, with its address."""
        return self.runtime.snapshot(timeout_s=STATUS_S)

    @cached_property
    def demo(self) -> frozenset[str]:
        """Names of the models whose answers are canned."""
        return self.runtime.demo_models()

    @cached_property
    def free(self) -> tuple[str, ...]:
        """The names of active models, without aliases, that cost nothing to ask. Raises Unproved when there is none."""
        known = [found for name in self.names.all if (found := self.names.find(name))]
        if free := tuple(each.name for each in known if each.free and each.name not in self.models.aliases):
            return free
        raise Unproved(not_configured("no active model is free, and verify never pays"))

    @property
    def answering(self) -> str:
        """The first free model that answers. Raises Unproved when none does."""
        if isinstance(self._first, Finding):
            raise Unproved(self._first)
        return self._first

    @cached_property
    def _first(self) -> str | Finding:
        why = ""
        for name in self.free:
            try:
                trouble = trouble_of(name, self.ask(name))
            except HubError as error:
                trouble = error.message
            if not trouble:
                return name
            why = why or f"{name}: {trouble}"
        return failed(f"no free model answers; {why}")

    def check(self, model: str, *, stream: bool) -> ChatCheck:
        """Ask a model as a smoke test does, and judge the answer; one that none came of is no success either."""
        known = self.names.find(model)
        question = Question(model, PROMPT, stream=stream)
        try:
            reply = self.gateway.ask(question, timeout_s=self.timeout_s)
        except HubError as error:
            return ChatCheck(model, "error", error.message)
        return judge(reply, question, Expected(targets=known.targets if known else frozenset()))

    def ask(self, model: str, *, nonce: str = "", cached: bool = False, query: str = "") -> Reply:
        """Ask a model for a few tokens about a nonce, a fresh one unless it is given. Raises HubError."""
        question = Question(
            model,
            f"hubctl verify {nonce or fresh()}: answer with one word.",
            max_tokens=FEW_TOKENS,
            stream=False,
            allow_cached=cached,
        )
        return self.gateway.ask(question, timeout_s=self.timeout_s, query=query)


def fresh() -> str:
    """Make a word that was never in a prompt before."""
    return secrets.token_hex(12)


def trouble_of(name: str, reply: Reply) -> str | None:
    """Say why a reply is no whole answer; null for one, which may hold no text: few tokens were asked for."""
    if reply.status != HTTP_OK or reply.chat.error is not None:
        return reason(name, reply.status, reply.chat.error or "")
    return None if reply.ending == "whole" and not reply.chat.garbled else "the answer broke off or is none"
