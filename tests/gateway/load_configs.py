"""Loads litellm configs with the real LiteLLM, each in a fork of its own: `litellm-python load_configs.py CONFIG...`.

Prints one JSON line for each: the error that ends the start, or what the proxy would work with.
"""

import asyncio
import importlib
import json
import os
import signal
import sys
from collections import deque
from multiprocessing.connection import wait
from typing import Any, cast

LONGEST_S = 20
AT_ONCE = 16  # ten of them wait for eight seconds each, for a Redis that nobody knows


def load(config: str) -> dict[str, Any]:
    """Load one config as the proxy does when it starts."""
    proxy_server: Any = importlib.import_module("litellm.proxy.proxy_server")
    try:
        router, _, _ = asyncio.run(proxy_server.ProxyConfig().load_config(router=None, config_file_path=config))
    except BaseException as error:  # noqa: BLE001 - whatever ends the start is the answer
        return {"error": f"{type(error).__name__}: {error}"}
    return {"error": None, "entries": [deployment.get("model_name") for deployment in router.model_list]}


def begin(config: str) -> int:
    """Load a config in a fork. Gives the end of a pipe from which the answer comes."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        signal.alarm(LONGEST_S)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the child ends at once
        with os.fdopen(writer, "w") as out:
            json.dump(load(config), out, default=str)
        os._exit(0)
    os.close(writer)
    return reader


def main() -> None:
    """Fork for every config, some at a time."""
    waiting = deque(sys.argv[1:])
    under_way: dict[int, str] = {}
    answers = {}
    while waiting or under_way:
        while waiting and len(under_way) < AT_ONCE:
            config = waiting.popleft()
            under_way[begin(config)] = config
        for ready in wait([*under_way]):
            with os.fdopen(cast(int, ready)) as answer:
                answers[under_way.pop(answer.fileno())] = answer.read()
            os.wait()
    for config in sys.argv[1:]:
        print(answers[config] or json.dumps({"error": "the process ended"}))


if __name__ == "__main__":
    main()
