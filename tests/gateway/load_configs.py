"""Loads litellm configs with the real LiteLLM, each in a process of its own: `python load_configs.py CONFIG...`.

Importing LiteLLM takes seconds, so it is imported once, and every config is loaded in a fork. Prints one JSON line for
each: the error that ends the start, or what the proxy would work with.
"""

import asyncio
import importlib
import json
import os
import signal
import sys
from typing import Any

LONGEST_S = 20


def load(config: str) -> dict[str, Any]:
    """Load one config as the proxy does when it starts."""
    proxy_server: Any = importlib.import_module("litellm.proxy.proxy_server")
    try:
        router, _, _ = asyncio.run(proxy_server.ProxyConfig().load_config(router=None, config_file_path=config))
    except BaseException as error:  # noqa: BLE001 - whatever ends the start is the answer
        return {"error": f"{type(error).__name__}: {error}"}
    return {"error": None, "entries": [deployment.get("model_name") for deployment in router.model_list]}


def main() -> None:
    """Fork for every config."""
    importlib.import_module("litellm.proxy.proxy_server")
    for config in sys.argv[1:]:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST_S)
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the child ends at once
            with os.fdopen(writer, "w") as out:
                json.dump(load(config), out, default=str)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answer:
            text = answer.read()
        os.waitpid(child, 0)
        print(text or json.dumps({"error": "the process ended"}), flush=True)


if __name__ == "__main__":
    main()
