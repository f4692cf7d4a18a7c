"""`hubctl models pull`."""

from typing import Annotated

import typer

from hubctl.commands import _completion
from hubctl.commands._options import NoRestart, Yes, seconds
from hubctl.commands.change.terms import terms
from hubctl.hub import Hub
from hubctl.operations.models import pull
from hubctl.operations.models.pull import Pulled

SILENCE_S = 300.0  # Ollama says nothing while it verifies what arrived, which takes minutes for 40 GB


def fetch(
    hub: Hub,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="As Ollama knows it (llama3.2:3b), or a name of the config.",
            autocompletion=_completion.local_models,
        ),
    ],
    add: Annotated[bool, typer.Option("--add", help="Then give it an entry in the config, if it has none.")] = False,
    timeout: Annotated[float, seconds("How long Ollama may say nothing new.")] = SILENCE_S,
    no_restart: NoRestart = False,
    yes: Yes = False,  # noqa: ARG001 - every changing command takes it; this one never asks
) -> Pulled:
    """Pull a model into the hub's Ollama. Stopped half way, the same command goes on where it stopped."""
    return pull.pull(
        hub.ollama_to_change(),
        hub.gateway_files(),
        name,
        add=terms(hub, no_restart=no_restart) if add else None,
        silence_s=timeout,
        following=hub.output.bar(),
    )
