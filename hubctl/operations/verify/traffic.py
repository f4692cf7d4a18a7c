"""Claims about requests in general: many at once, the log, and how soon the gateway says how it is."""

import statistics
import time
from collections.abc import Sequence

from hubctl import parallel
from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.net.bounded_socket import Deadline
from hubctl.adapters.services import http_probe
from hubctl.core.probe import HTTP_OK, NoAnswer
from hubctl.errors import HubError
from hubctl.operations.verify.finding import Finding, Unproved, failed, not_configured, proved
from hubctl.operations.verify.running import Running, fresh, trouble_of

AT_ONCE = 8
STATUS_PATHS = ("/health/liveliness", "/health/readiness", "/v1/models")
STATUS_LIMIT_MS = 100.0
STATUS_ROUNDS = 5
QUERY = "hubctl-verify"
LOG_LINES = 400
LOGGED_WITHIN_S = 2.0
_POLL_S = 0.2


def at_once(hub: Running) -> Finding:
    """Requests that come together are all answered, each with an answer of its own."""
    model = hub.answering
    began = time.monotonic()
    replies = parallel.each(
        lambda _: _asked(hub, model), range(AT_ONCE), timeout_s=hub.timeout_s + 1, late=lambda _: "came too late"
    )
    took_s = time.monotonic() - began
    if troubles := [reply for reply in replies if isinstance(reply, str)]:
        return failed(f"{model}: {len(troubles)} of {AT_ONCE} at once were not answered: {troubles[0]}")
    ids = {reply.chat.id for reply in replies if isinstance(reply, Reply)}
    if len(ids) < AT_ONCE:
        return failed(f"{model}: {AT_ONCE} requests at once got only {len(ids)} different answers")
    return proved(f"{model}: {AT_ONCE} of {AT_ONCE} at once answered in {took_s:.2f} s, {len(ids)} different ids")


def _asked(hub: Running, model: str) -> Reply | str:
    try:
        reply = hub.ask(model)
    except HubError as error:
        return error.message
    return trouble_of(model, reply) or reply


def soon(hub: Running) -> Finding:
    """The status endpoints answer in under a tenth of a second."""
    key = hub.credentials.gateway_key
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    texts, slow = [], False
    for path in STATUS_PATHS:
        try:
            answers = [
                http_probe.get(hub.gateway.address, path, deadline=Deadline(hub.timeout_s), headers=headers)
                for _ in range(STATUS_ROUNDS)
            ]
        except NoAnswer as silence:
            return failed(f"{path} {silence.detail}")
        if refused := [answer.status for answer in answers if answer.status != HTTP_OK]:
            return failed(f"{path} answered HTTP {refused[0]}")
        median_ms = statistics.median(answer.latency_ms for answer in answers)
        slow = slow or median_ms >= STATUS_LIMIT_MS
        texts.append(f"{path} {median_ms:.0f} ms (slowest {max(answer.latency_ms for answer in answers):.0f})")
    text = f"median of {STATUS_ROUNDS}: {', '.join(texts)}"
    return failed(f"{text}: the limit is {STATUS_LIMIT_MS:.0f} ms") if slow else proved(text)


def logged(hub: Running) -> Finding:
    """The gateway's log has the access line of one very call, which carries a mark in its query."""
    if hub.environment.get("LITELLM_LOG", "").upper() in {"ERROR", "CRITICAL"}:
        raise Unproved(not_configured("LITELLM_LOG keeps access lines out of the log"))
    mark, _ = _marked_call(hub)
    give_up_at = time.monotonic() + LOGGED_WITHIN_S
    while not (lines := [line for line in _log(hub) if mark in line]):
        if time.monotonic() >= give_up_at:
            return failed(f"{LOGGED_WITHIN_S:g} s after its answer, no line of the log has the mark {mark} of the call")
        time.sleep(_POLL_S)
    return proved(f"the log of {hub.service} has: {' '.join(lines[0].split())}")


def bodies_kept_out(hub: Running) -> Finding:
    """The log holds no prompt: after the access line of the call has come, where there is one."""
    mark, nonce = _marked_call(hub)
    give_up_at = time.monotonic() + LOGGED_WITHIN_S
    while True:
        lines = _log(hub)
        if any(nonce in line for line in lines):
            return failed(f"the prompt with {nonce} is in the log of {hub.service}: it logs what users write")
        if any(mark in line for line in lines):
            return proved(f"the log has the call's access line, and in its last {len(lines)} lines no {nonce}")
        if time.monotonic() >= give_up_at:
            return proved(f"{LOGGED_WITHIN_S:g} s after the answer, the last {len(lines)} lines have no {nonce}")
        time.sleep(_POLL_S)


def _marked_call(hub: Running) -> tuple[str, str]:
    """Ask a model; gives the mark in the request's line and the nonce in its body. Raises Unproved."""
    model = hub.answering
    mark, nonce = fresh(), fresh()
    if trouble := trouble_of(model, hub.ask(model, nonce=nonce, query=f"{QUERY}={mark}")):
        raise Unproved(failed(f"{model}: {trouble}"))
    return mark, nonce


def _log(hub: Running) -> Sequence[str]:
    return [line.text for line in hub.runtime.logs(hub.service, follow=False, tail=LOG_LINES, since=None)]
