"""The errors hubctl shows to an operator: what happened, why, and the next command."""

import traceback
from typing import ClassVar


class HubError(Exception):
    """hubctl could not do what was asked (exit 4). `code` is stable and goes into JSON; `hint` is the next step."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message, also where more was found out since."""
        return self.message

    @property
    def sentence(self) -> str:
        """Message and next step in one line, for where an error is part of an answer."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


class HubNotFound(HubError):
    """No folder upwards has a compose file with a LiteLLM service."""

    code = "hub_not_found"


class BadFile(HubError):
    """A file of the hub is missing, unreadable, or not what it should be. The message names file and line.

    `place` is line and column (from 1) where these are known.
    """

    code = "bad_file"

    def __init__(self, message: str, *, hint: str | None = None, place: tuple[int, int] | None = None) -> None:
        super().__init__(message, hint=hint)
        self.place = place


class EditRefused(HubError):
    """An edit would not change exactly what was asked for. The message names file, line and cause."""

    code = "edit_refused"


class AmbiguousService(HubError):
    """More than one service fits; the operator has to name one."""

    code = "ambiguous_service"


class UnknownService(HubError):
    """The hub has no service of that name or role."""

    code = "unknown_service"


class EngineUnavailable(HubError):
    """No Docker engine answered: away, frozen, no permission, wrong address."""

    code = "engine_unavailable"


class EngineRemote(HubError):
    """The engine runs on another machine, where hubctl only looks: the files that containers mount lie there."""

    code = "engine_remote"


class UnknownContext(HubError):
    """No Docker context has the name that --context, DOCKER_CONTEXT or Docker's config file gives."""

    code = "unknown_context"


class EngineRefused(HubError):
    """The engine answered and said no: image missing, port taken, container gone."""

    code = "engine_refused"


class NotOwned(HubError):
    """What the engine has under this hub's name, or a link leads to, is not known to be its own: it is left alone."""

    code = "not_owned"


class ContainerGone(EngineRefused):
    """The container that was meant is gone, or going: somebody else removes it, or makes it anew."""

    code = "container_gone"


class ComposeFailed(HubError):
    """Docker Compose is missing or ended with an error."""

    code = "compose_failed"


class ComposeOvertaken(ComposeFailed):
    """Another Docker Compose worked on the same containers at the same moment."""

    code = "compose_overtaken"


class PortTaken(HubError):
    """A port that the hub needs is held by somebody else: `owner` in words, where it can be known."""

    code = "port_taken"

    def __init__(
        self,
        port: int,
        owner: str | None = None,
        *,
        hint: str = "stop that, or set another port in .env (LITELLM_PORT, OPENWEBUI_PORT, ...)",
    ) -> None:
        super().__init__(f"port {port} of this machine is taken{f' by {owner}' if owner else ''}", hint=hint)
        self.port = port


class NotReady(HubError):
    """The stack did not become healthy within the time limit, or a service ended."""

    code = "not_ready"


class GatewayUnreachable(HubError):
    """Nothing (usable) answers at the gateway's address."""

    code = "gateway_unreachable"


class GatewaySilent(GatewayUnreachable):
    """The gateway took the request and gave no whole answer in time."""

    code = "gateway_silent"


class GatewayLost(GatewayUnreachable):
    """What listens at the gateway's address is not known to be this hub's any more, so nothing was sent to it."""

    code = "gateway_lost"


class GatewayRefused(HubError):
    """The gateway answered and refused: wrong master key, or an answer that is not LiteLLM's."""

    code = "gateway_refused"


class BudgetExceeded(HubError):
    """What was asked for can cost more than it may, or nobody knows how much."""

    code = "budget_exceeded"


class DashboardMissing(HubError):
    """The libraries of the dashboard are not installed beside hubctl."""

    code = "dashboard_missing"


class EmbeddedMissing(HubError):
    """The LiteLLM proxy is not installed beside hubctl."""

    code = "embedded_missing"


class Declined(HubError):
    """The operator said no, or a question could not be asked."""

    code = "declined"


class Busy(HubError):
    """Another hubctl holds the lock: one change at a time."""

    code = "busy"


class HalfDone(HubError):
    """An earlier change was stopped half way; it has to be finished or taken back before the next one."""

    code = "half_done"


class NothingToUndo(HubError):
    """There is no change that can be taken back, or what it left was changed since."""

    code = "nothing_to_undo"


class BadKey(HubError):
    """A provider's key is missing, refused by the provider, or not what it should be. The message never shows it."""

    code = "bad_key"


class RolledBack(HubError):
    """A change was made, not proved, and taken back."""

    code = "rolled_back"


class UnknownProvider(HubError):
    """The catalog has no provider of that name."""

    code = "unknown_provider"


class UnknownModel(HubError):
    """The config has no entry of that name."""

    code = "unknown_model"


class AmbiguousModel(HubError):
    """More than one entry fits; the operator has to name one by its line."""

    code = "ambiguous_model"


class PullFailed(HubError):
    """Ollama could not be asked to pull a model, or could not pull it. The message has its own words."""

    code = "pull_failed"


class Unwritten(HubError):
    """What was found out could not be written to stdout: the disk is full, or what else takes it."""

    code = "unwritten"


def place_of(error: Exception) -> str:
    """Tell what a bug is and where, without values: a traceback may hold a secret."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " <- ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
    return f"this is a bug in hubctl: {type(error).__name__} in {places}"
