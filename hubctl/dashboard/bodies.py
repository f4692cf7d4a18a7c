"""What the bodies of requests hold. A field that nobody knows is refused: it was meant to do something."""

from pydantic import BaseModel, ConfigDict, Field

from hubctl.operations.smoke.call import PROMPT

LONGEST_NAME, LONGEST_PROMPT = 200, 16_000


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Body):
    """A body without anything in it: `{}`."""


class ChangeAsked(Body):
    """A change, or with dry_run only what it would be."""

    dry_run: bool = False


class TestAsked(Body):
    """A question for one model. A paid one is asked only with `paid`, and within the budget of `hubctl test-model`."""

    model: str = Field(min_length=1, max_length=LONGEST_NAME)
    prompt: str = Field(default=PROMPT, min_length=1, max_length=LONGEST_PROMPT)
    stream: bool = False
    paid: bool = False
