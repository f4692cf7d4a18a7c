"""Ask a LiteLLM proxy how it is, without causing a model call: never /health, which pays for one per deployment."""

from contextlib import suppress
from dataclasses import dataclass, replace

from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services.health import Health
from hubctl.adapters.services.http_probe import UnsendableHeader, get
from hubctl.core.compose.stack import Address
from hubctl.core.probe import Answer, NoAnswer
from hubctl.errors import GatewayRefused, GatewayUnreachable, HubError


@dataclass(frozen=True, slots=True)
class GatewayHealth(Health):
    """The health of the gateway, and the model names it lists: listed is not usable. Null when it did not say."""

    models: tuple[str, ...] | None = None


def check(address: Address, key: str | None, timeout_s: float) -> GatewayHealth:
    """Ask whether the gateway is alive, ready, and takes the key; a bad answer is a value, not an error.

    Source: /health/liveliness, /health/readiness, /v1/models, /health/readiness/details of the LiteLLM proxy.
    """
    deadline = Deadline(timeout_s)
    try:
        alive = get(address, "/health/liveliness", deadline=deadline)
        trouble = _trouble_alive(alive)
    except NoAnswer as failure:
        return GatewayHealth.unanswered(failure)
    health = GatewayHealth("unhealthy", trouble) if trouble else _look_inside(address, key, deadline)
    return replace(health, latency_ms=alive.latency_ms)


def models(address: Address, key: str | None, timeout_s: float) -> tuple[str, ...]:
    """The model names that the gateway lists: what its config loaded, not what works.

    Raises GatewayUnreachable when nothing answers, GatewayRefused on a wrong key or an answer that is not LiteLLM's.
    """
    try:
        health = _ask_models(address, key, Deadline(timeout_s))
    except NoAnswer as failure:
        raise _unusable(address, failure) from failure
    if health.models is None:
        raise GatewayRefused(
            f"the gateway at {address} did not list its models: {health.detail}",
            hint="a key changed in the env file counts only after `hubctl restart`; `hubctl doctor` looks further",
        )
    return health.models


def _unusable(address: Address, failure: NoAnswer) -> HubError:
    if failure.kind in ("garbage", "too_large"):
        return GatewayRefused(
            f"what answers at {address} is not a usable LiteLLM: it {failure.detail}",
            hint="`hubctl status` shows which service listens where",
        )
    return GatewayUnreachable(
        f"no answer from the gateway at {address}: {failure.detail}",
        hint="`hubctl status` shows what runs, `hubctl doctor` why it does not answer",
    )


def _look_inside(address: Address, key: str | None, deadline: Deadline) -> GatewayHealth:
    try:
        trouble = _trouble_ready(get(address, "/health/readiness", deadline=deadline))
        if trouble:
            return GatewayHealth("unhealthy", trouble)
        health = _ask_models(address, key, deadline)
    except NoAnswer as failure:
        return GatewayHealth("unhealthy", f"alive, but then {failure.detail}")
    if health.models is None:
        return health
    return replace(health, version=_ask_version(address, key, deadline))


def _trouble_alive(answer: Answer) -> str | None:
    match answer.status, answer.json():
        case 200, "I'm alive!":
            return None
        case 503, {"status": "shutting_down"}:
            return "is shutting down"
    raise answer.unlike("LiteLLM's /health/liveliness")


def _trouble_ready(answer: Answer) -> str | None:
    match answer.status, answer.json():
        case _, {"db": "disconnected" | "stalled" as db}:  # `status` says "healthy" even then, and the code may be 200
            return f"alive, but its database is {db}"
        case 200, {"status": str()}:
            return None
    raise answer.unlike("LiteLLM's /health/readiness")


def _ask_models(address: Address, key: str | None, deadline: Deadline) -> GatewayHealth:
    try:
        answer = get(address, "/v1/models", deadline=deadline, headers=_authorization(key))
    except UnsendableHeader:
        return GatewayHealth("unauthorized", "the key holds characters that no HTTP header can carry")
    if is_about_the_key(answer, has_key=bool(key)):
        reason = "it refuses the key that hubctl has" if key else "it wants a key and hubctl knows none"
        return GatewayHealth("unauthorized", f"alive, but {reason}")
    names = _model_names(answer)
    return GatewayHealth("healthy", f"ready, models listed{'' if key else ' to anybody'}: {len(names)}", models=names)


def is_about_the_key(answer: Answer, *, has_key: bool) -> bool:
    """Tell a refused key from every other failure.

    Without a database LiteLLM answers a wrong key with 400 and the type of error below; LiteLLM 1.106.2 without the
    `prisma` package answers no key at all with a bare 500.
    """
    match answer.status:
        case 401 | 403:
            return True
        case 400:
            return _error_type(answer) == "no_db_connection"
        case 500:
            return not has_key
    return False


def _error_type(answer: Answer) -> object:
    with suppress(NoAnswer):
        match answer.json():
            case {"error": {"type": error_type}}:
                return error_type
    return None


def _model_names(answer: Answer) -> tuple[str, ...]:
    match answer.status, answer.json():
        case 200, {"data": [*entries]}:
            return tuple(_model_name(entry, answer) for entry in entries)
    raise answer.unlike("LiteLLM's /v1/models")


def _model_name(entry: object, answer: Answer) -> str:
    match entry:
        case {"id": str(name)}:
            return name
    raise answer.unlike("LiteLLM's /v1/models")


def _ask_version(address: Address, key: str | None, deadline: Deadline) -> str | None:
    with suppress(NoAnswer):  # a version is nice to have
        match get(address, "/health/readiness/details", deadline=deadline, headers=_authorization(key)).json():
            case {"litellm_version": str(version)}:
                return version
    return None


def _authorization(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}
