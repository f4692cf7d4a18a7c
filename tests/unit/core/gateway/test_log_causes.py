import pytest

from hubctl.core.gateway.log_causes import causes

YAML_CAUSE = (
    'yaml.parser.ParserError: while parsing a block mapping in "/app/c.yaml", line 1, column 1 '
    "expected <block end>, but found '-' in \"/app/c.yaml\", line 3, column 2"
)

# Ends of logs as LiteLLM 1.106.2 wrote them, shortened where nothing is looked for.
LOGS = {
    "a missing key in an entry": (
        """ERROR:    Traceback (most recent call last):
  File "/venv/litellm/proxy/proxy_server.py", line 7186, in load_config
    litellm_model_name = model["litellm_params"]["model"]
                         ~~~~~^^^^^^^^^^^^^^^^^^
KeyError: 'litellm_params'

ERROR:    Application startup failed. Exiting.

\x1b[1;37m#       'This feature doesn't meet my needs because...'       #\x1b[0m""",
        ("KeyError: 'litellm_params'",),
    ),
    "no master key": (
        """UnsafeMasterKeyError: LiteLLM proxy refused to start. The fix is printed once the server exits.

ERROR:    Application startup failed. Exiting.

LiteLLM proxy refused to start: no master key is set.""",
        ("LiteLLM proxy refused to start: no master key is set.",),
    ),
    "a database without prisma, in red": (
        "\x1b[1;31mLiteLLM Proxy: a database URL is set but the prisma CLI is neither on PATH nor importable.\x1b[0m",
        ("LiteLLM Proxy: a database URL is set but the prisma CLI is neither on PATH nor importable.",),
    ),
    "a taken port": (
        """INFO:     Application startup complete.
ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 4600): address already in use
INFO:     Waiting for application shutdown.""",
        ("ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 4600): address already in use",),
    ),
    "a chain of exceptions": (
        """ModuleNotFoundError: No module named 'nomodule'

The above exception was the direct cause of the following exception:

ImportError: Could not import handler from nomodule
""",
        ("ModuleNotFoundError: No module named 'nomodule'", "ImportError: Could not import handler from nomodule"),
    ),
    "broken YAML, with its place": (
        """yaml.parser.ParserError: while parsing a block mapping
  in "/app/c.yaml", line 1, column 1
expected <block end>, but found '-'
  in "/app/c.yaml", line 3, column 2
INFO:     that was all""",
        (YAML_CAUSE,),
    ),
    "Redis away": (
        """19:04:08 - LiteLLM:ERROR: redis_cache.py:764 - Error connecting to Sync Redis client
19:04:08 - LiteLLM Proxy:WARNING: login_throttle.py:126 - trusted_proxy_ranges is not set or not a valid list
INFO:     127.0.0.1:51360 - "GET /health/liveliness HTTP/1.1" 200 OK""",
        ("19:04:08 - LiteLLM:ERROR: redis_cache.py:764 - Error connecting to Sync Redis client",),
    ),
    "logs in JSON": (
        '{"message": "Cannot connect to host ollama:11434", "level": "ERROR", "timestamp": "2026-11-23T19:00:00"}',
        ("ERROR: Cannot connect to host ollama:11434",),
    ),
    "a database that refuses": (
        '2026-11-23 19:00:00 UTC [1] FATAL:  database "openwebui" does not exist',
        ('2026-11-23 19:00:00 UTC [1] FATAL:  database "openwebui" does not exist',),
    ),
    "a program that is not there": ("sh: 1: litellm: not found", ("sh: 1: litellm: not found",)),
    "a brace that is not JSON": ("{ Error: no", ()),
    "a quiet log": ("INFO:     Application startup complete.\n", ()),
}


@pytest.mark.parametrize("name", LOGS)
def test_the_lines_that_name_the_cause_are_found(name: str) -> None:
    log, expected = LOGS[name]
    assert causes(log.splitlines()) == expected


def test_no_lines_give_no_causes() -> None:
    assert causes([]) == ()


def test_only_the_last_ones_are_given_and_each_once() -> None:
    lines = [f"ValueError: {number}" for number in (1, 2, 3, 4, 3)]
    assert causes(lines, limit=2) == ("ValueError: 3", "ValueError: 4")


def test_a_long_line_is_cut() -> None:
    (line,) = causes(["ValueError: " + "x" * 1000])
    assert len(line) == 300
    assert line.endswith("…")
