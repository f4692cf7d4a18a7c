"""Rules about what entries ask for (HUB131 to HUB139): provider, model, and whether these still exist."""

import re
from collections import defaultdict
from collections.abc import Iterator

from hubctl.core.judging.config import Config, Entry
from hubctl.core.judging.rule import Found, Group
from hubctl.core.judging.subject import Subject, targets

RULES = Group()

_DROPPED = "LiteLLM starts without the entry: it is missing from /v1/models, and a chat with it gets a 400"
_SOON_DAYS = 60
# Families that their makers switched off and that LiteLLM's price list no longer names.
_GONE = re.compile(
    r"(?:anthropic/)?claude-(?:instant|1|2|3)(?:[.-]\d)?(?:-(?:opus|sonnet|haiku))?(?:-(?:\d{8}|latest))?"
    r"|gemini/gemini-(?:pro|pro-vision|1\.[05]-(?:pro|flash)(?:-\S*)?)"
)
# What people take for the name of a provider: not near enough to be guessed.
_MEANT = {
    "google": "gemini", "claude": "anthropic", "gpt": "openai", "chatgpt": "openai", "vertex": "vertex_ai",
    "aws": "bedrock", "grok": "xai", "hf": "huggingface", "local": "ollama_chat", "vllm-openai": "hosted_vllm",
}  # fmt: skip
_EMBEDS = re.compile(r"embed|bge|minilm|e5-|gte-|rerank", re.IGNORECASE)


def _is_found_otherwise(subject: Subject, config: Config, entry: Entry, target: str) -> bool:
    """Whether LiteLLM finds the provider by something else than the first part of the target."""
    providers = config.section("litellm_settings").get("custom_provider_map")
    own = {item.get("provider") for item in providers if isinstance(item, dict)} if isinstance(providers, list) else ()
    api_base = subject.resolved(entry.params.get("api_base"))
    given = entry.params.get("api_base")
    return (
        bool(entry.params.get("custom_llm_provider"))
        or entry.provider in own
        or subject.known.is_bare_model(target)
        or bool(api_base and subject.known.is_endpoint(api_base))
        # An address in a variable that is not known here may well be one by which LiteLLM tells the provider.
        or (api_base is None and isinstance(given, str))
        or target.startswith(("os.environ/", "$"))
    )


@RULES.rule(
    "HUB131",
    "error",
    "A target without a provider that LiteLLM knows",
    effect=_DROPPED,
    fix="write the target as PROVIDER/MODEL, for example `openai/gpt-4o`, `ollama_chat/llama3.2:3b`",
    since="0.1.0",
    by_version=True,
)
def has_no_provider(subject: Subject) -> Iterator[Found]:
    """A bare name that is in no list, or a first part that is no provider."""
    for config, entry, target in targets(subject):
        if entry.provider in subject.known.providers or _is_found_otherwise(subject, config, entry, target):
            continue
        if entry.provider is None:
            yield Found(config.path, config.target_span(entry), f"LiteLLM cannot tell which provider has `{target}`")
        else:
            near = _MEANT.get(entry.provider.lower())
            near = near or subject.guesses.nearest(entry.provider, subject.known.providers)
            guess = f"write `{near}/{target.partition('/')[2]}`" if near else None
            yield Found(
                config.path,
                config.target_span(entry),
                f"`{entry.provider}` in `{target}` is no provider of LiteLLM's",
                fix=guess,
            )


@RULES.rule(
    "HUB132",
    "warning",
    "A bare Gemini name",
    effect="without a prefix LiteLLM asks Vertex AI, which wants Google Cloud credentials and not GEMINI_API_KEY",
    fix="write `gemini/MODEL` for an API key of Google AI Studio, `vertex_ai/MODEL` for Vertex AI",
    since="0.1.0",
)
def is_bare_gemini(subject: Subject) -> Iterator[Found]:
    """`gemini-...` without a prefix."""
    for config, entry, target in targets(subject):
        is_vertex = any(str(key).startswith("vertex_") for key in entry.params)
        is_gemini = target.startswith("gemini-") and subject.known.is_bare_model(target)
        if is_gemini and "custom_llm_provider" not in entry.params and not is_vertex:
            yield Found(
                config.path, config.target_span(entry), f"`{target}` goes to Vertex AI", fix=f"write `gemini/{target}`"
            )


@RULES.rule(
    "HUB133",
    "warning",
    "A retired model",
    effect="the provider refuses the calls: every chat with this entry fails, or its fallback answers",
    fix="point the entry at a living model; the name that clients ask for can stay",
    since="0.1.0",
    by_version=True,
)
def is_retired(subject: Subject) -> Iterator[Found]:
    """A model whose end has come by LiteLLM's price list, or whose family is gone from it."""
    for config, entry, target in targets(subject):
        if "mock_response" in entry.params or "*" in target:
            continue
        date = _end(subject, target)
        if date and date <= subject.today:
            yield Found(config.path, config.target_span(entry), f"`{target}` was retired on {date}")
        elif date and _days(subject.today, date) <= _SOON_DAYS:
            yield Found(
                config.path, config.target_span(entry), f"`{target}` will be retired on {date}", severity="info"
            )
        elif date is None and "api_base" not in entry.params and _GONE.fullmatch(target):
            yield Found(config.path, config.target_span(entry), f"`{target}` was retired by its maker")


def _end(subject: Subject, target: str) -> str | None:
    """The date on which a model ends; null for one without, and for one of a server of somebody else."""
    provider, slash, model = target.partition("/")
    if slash and provider in {"openai", "anthropic"}:
        return subject.known.retired.get(target) or subject.known.retired.get(model)
    return subject.known.retired.get(target)


def _days(today: str, date: str) -> int:
    from datetime import date as Date  # noqa: N812 - a class

    return (Date.fromisoformat(date) - Date.fromisoformat(today)).days


@RULES.rule(
    "HUB134",
    "warning",
    "`ollama/` instead of `ollama_chat/`",
    effect="LiteLLM flattens the chat into one prompt, and tools into prose: answers get worse, tool calls unreliable",
    fix="write `ollama_chat/MODEL`, which speaks Ollama's chat API",
    since="0.1.0",
)
def is_flattened(subject: Subject) -> Iterator[Found]:
    """Chat models under `ollama/`; embeddings belong there."""
    for config, entry, target in targets(subject):
        info = entry.fields.get("model_info")
        mode = info.get("mode", "chat") if isinstance(info, dict) else "chat"
        if entry.provider == "ollama" and mode == "chat" and not _EMBEDS.search(f"{target} {entry.name}"):
            fix = f"write `ollama_chat/{target[7:]}`"
            yield Found(config.path, config.target_span(entry), f"`{target}` is asked by /api/generate", fix=fix)


@RULES.rule(
    "HUB135",
    "info",
    "A model name that stands several times for different models",
    effect="LiteLLM shares the calls between them, so answers under one name come from different models by turns",
    fix="give each model its own name; to use one only when another fails, name it in `fallbacks`",
    since="0.1.0",
)
def shares_a_name(subject: Subject) -> Iterator[Found]:
    """The same name for targets whose models differ: told from load balancing, where they are the same."""
    groups: dict[str, list[tuple[Config, Entry, str]]] = defaultdict(list)
    for each in targets(subject):
        groups[each[1].name or ""].append(each)
    for name, members in groups.items():
        models = {target.rpartition("/")[2]: None for _, _, target in members}
        if name and len(models) > 1:
            config, entry, _ = members[1]
            yield Found(
                config.path, config.target_span(entry), f"`{name}` stands for several models: {', '.join(models)}"
            )


@RULES.rule(
    "HUB136",
    "warning",
    "The same entry twice",
    effect="LiteLLM shares the calls between two entries that are the same: nothing is gained, and both must be edited",
    fix="remove one, or give it another `api_base` or key if the load was to be shared",
    since="0.1.0",
)
def stands_twice(subject: Subject) -> Iterator[Found]:
    """Entries with the same name and the same parameters."""
    seen: dict[str, Entry] = {}
    for config, entry, _ in targets(subject):
        said = f"{entry.name}\n{sorted(entry.params.items(), key=str)}"
        if said in seen and entry.name:
            first = config.target_span(seen[said]).line
            words = f"the entry `{entry.name}` is the same as the one on line {first}"
            yield Found(config.path, config.target_span(entry), words)
        seen.setdefault(said, entry)


@RULES.rule(
    "HUB137",
    "warning",
    "A parameter that LiteLLM does not know",
    effect="LiteLLM sends it to the provider as it stands, which ignores it or refuses the call",
    fix="correct the name; a parameter that is the provider's own is fine: tell `# hubctl: ignore HUB137` there",
    since="0.1.0",
    by_version=True,
)
def is_a_typo(subject: Subject) -> Iterator[Found]:
    """Keys of `litellm_params` that are nearly one of LiteLLM's: others may be meant for the provider."""
    for config, entry, _ in targets(subject):
        for key in map(str, entry.params):
            known = subject.known.litellm_params
            near = None if key in known else subject.guesses.nearest(key, known)
            if near:
                span = config.span(*entry.params_path, key)
                yield Found(config.path, span, f"`{key}` is no parameter of LiteLLM's", fix=f"did you mean `{near}`?")
