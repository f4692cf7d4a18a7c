"""`hubctl test-model`."""

from collections.abc import Callable
from pathlib import Path

import typer

from hubctl import interrupts
from hubctl.adapters.gateway.client import Gateway
from hubctl.commands._command import command
from hubctl.commands.smoke import options
from hubctl.core.gateway.chat import MAX_TOKENS, Question
from hubctl.hub import Hub
from hubctl.operations.models import usable
from hubctl.operations.smoke import run as smoke
from hubctl.operations.smoke.call import PROMPT, Plan
from hubctl.operations.smoke.ci import Reports
from hubctl.operations.smoke.run import SmokeTest
from hubctl.operations.smoke.verdict import Expected

app = typer.Typer(rich_markup_mode=None)


@command(app, "test-model")
def ask(
    hub: Hub,
    *,
    names: options.Models = None,
    paid: options.Paid = False,
    budget: options.Budget = "0.05",
    timeout: options.Timeout = 60.0,
    wait: options.Wait = None,
    prompt: options.Prompt = PROMPT,
    system: options.System = None,
    max_tokens: options.MaxTokens = MAX_TOKENS,
    temperature: options.Temperature = None,
    stream: options.Stream = True,
    expect: options.Expect = None,
    max_latency: options.MaxLatency = None,
    repeat: options.Repeat = 1,
    jobs: options.Jobs = 1,
    retries: options.Retries = 0,
    fail_fast: options.FailFast = False,
    allow_cached: options.AllowCached = False,
    through_fallbacks: options.ThroughFallbacks = False,
    junit: options.JUnit = None,
    github: options.GitHub = False,
) -> SmokeTest:
    """Ask models for a real answer."""
    question = Question("", prompt, system, max_tokens, temperature, stream, allow_cached, through_fallbacks)
    limit_usd = options.usd(budget)
    plan = Plan(question, Expected(expect, max_latency), paid, limit_usd, timeout, repeat, retries, jobs, fail_fast)
    return _reports(hub, junit, github=github).of(lambda: run(hub, names or [], plan, wait_s=wait))


def run(
    hub: Hub,
    names: list[str],
    plan: Plan,
    *,
    wait_s: float | None = None,
    heard: Callable[[str], None] | None = None,
) -> SmokeTest:
    """Test models as planned, and remember which are usable; `heard` gets the text of streamed answers as it comes."""
    interrupts.leaves("nothing was changed")
    known = smoke.names(hub.config)
    gateway = Gateway(hub.gateway_address(), hub.credentials.gateway_key, heard=heard)
    if wait_s is not None:
        smoke.wait(gateway, timeout_s=wait_s, progress=hub.progress)
    result = smoke.run(known, gateway, names, plan, demo=hub.runtime.demo_models(), progress=hub.progress)
    if untold := usable.remember(hub.state_folder, known, hub.environment, result.results):
        hub.output.warn(untold)
    return result


def _reports(hub: Hub, junit: Path | None, *, github: bool) -> Reports:
    """Find out who is to read of the test. In GitHub Actions its pages do by themselves."""
    environment = hub.settings.environment
    on_github = github or environment.get("GITHUB_ACTIONS") == "true"
    page = environment.get("GITHUB_STEP_SUMMARY") if on_github else None
    return Reports(
        junit=hub.settings.cwd / junit if junit else None,
        summary=Path(page) if page else None,
        annotate=hub.output.annotate if on_github else None,
    )
