"""Whatever a file holds, the rules give findings and never crash."""

from collections.abc import Iterable
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hubctl.adapters.gateway import litellm_facts
from hubctl.core.compose import layout
from hubctl.core.compose import text as compose_text
from hubctl.core.judging import judge
from hubctl.core.judging.config import Config
from hubctl.core.judging.rule import Finding
from hubctl.core.judging.subject import EnvFile, Subject
from hubctl.core.rules import RULES
from hubctl.errors import BadFile
from tests.unit.core.rules.judging import COMPOSE, CONFIG, KEY, words_at

PATH = Path("config.yaml")
KEYS = st.sampled_from(
    [
        "model_list",
        "model_name",
        "litellm_params",
        "model",
        "api_base",
        "api_key",
        "litellm_settings",
        "router_settings",
        "general_settings",
        "cache",
        "cache_params",
        "type",
        "host",
        "port",
        "fallbacks",
        "model_group_alias",
        "routing_strategy",
        "callbacks",
        "success_callback",
        "rpm",
        "master_key",
        "model_info",
        "include",
        "environment_variables",
        "data",
        "services",
        "image",
        "healthcheck",
        "test",
        "build",
        "volumes",
        "environment",
        "env_file",
        "ports",
        "depends_on",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["os.environ/X", "${X}", "ollama/a", "openai/gpt-4o", "http://[", "redis", "sk-1234", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def _whole(config: str, env: str, compose: str = COMPOSE) -> Subject:
    """A hub made of texts alone."""
    compose_path, env_path = Path("/hub/compose.yml"), Path("/hub/litellm.env")
    read = layout.build(
        compose_text.parse(compose, compose_path).data, root=Path("/hub"), files=(compose_path,), variables={}
    )
    env_file = EnvFile.read(env, env_path, {}, frozenset({"litellm"}))
    return Subject(
        litellm_facts.load(),
        "2026-11-24",
        config=Config.read(config, PATH),
        env_files=(env_file,),
        layout=read,
        texts={PATH: config, env_path: env, compose_path: compose},
        environments={service.name: env_file.content.values() for service in read.services},
        gateway="litellm",
        whole=True,
    )


def _lie_inside(subject: Subject, findings: Iterable[Finding]) -> None:
    for finding in findings:
        if finding.line is not None:
            text = subject.texts[finding.file]
            words = words_at(text, finding)
            is_blank = not text.removeprefix("\ufeff").split("\n")[finding.line - 1].strip()
            assert words == words.strip()
            assert words or is_blank


LINES = st.lists(st.text(max_size=12) | st.sampled_from(["\ufeffa: b", "\tx: y", "- \u00e9: \U0001f600 # c", "A='b\r"]))


@given(text=st.text(max_size=200) | LINES.map("\n".join))
def test_any_text_can_be_judged_and_each_place_lies_inside_it(text: str) -> None:
    subject = _whole(text, text)
    _lie_inside(subject, judge.check(RULES, subject))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.dictionaries(KEYS, VALUES, max_size=6))
@example(data={"model_list": {"api_key": "os.environ/NOPE"}})
@example(data={"litellm_settings": {"model_list": [{"api_key": "os.environ/NOPE"}]}})
def test_any_shape_of_config_can_be_judged(data: dict[str, object]) -> None:
    import yaml

    text = yaml.safe_dump(data, allow_unicode=True)
    subject = _whole(text, f"LITELLM_MASTER_KEY={KEY}\n")
    findings = judge.check(RULES, subject)
    _lie_inside(subject, findings)
    for finding in findings:
        assert finding.line is None or 1 <= finding.line <= text.count("\n") + COMPOSE.count("\n") + 2
    judge.stoppers(RULES, text, PATH, litellm_facts.load())


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.dictionaries(st.sampled_from(["litellm", "openwebui", "db"]), st.dictionaries(KEYS, VALUES), min_size=1))
def test_any_shape_of_compose_file_can_be_judged(data: dict[str, object]) -> None:
    import yaml

    try:
        subject = _whole(CONFIG, "", yaml.safe_dump({"services": data}, allow_unicode=True))
    except BadFile:
        return  # what no reader takes is refused before rules see it
    _lie_inside(subject, judge.check(RULES, subject))
