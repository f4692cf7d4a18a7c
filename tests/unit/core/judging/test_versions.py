"""What one version of LiteLLM accepts is not said of another one without a word about it."""

from pathlib import Path

import pytest

from tests.unit.core.rules.judging import COMPOSE, CONFIG, hub, judged

ODD = CONFIG + "router_settings: {brand_new_key: 1}\nmodel_list: []\n"


@pytest.mark.parametrize(
    ("tag", "version"), [("main-v1.80.5-stable", "1.80.5"), ("v1.99.0", "1.99.0"), ("1.99.0", "1.99.0")]
)
def test_a_gateway_of_another_version_is_named(tag: str, version: str, tmp_path: Path) -> None:
    files = hub(config=ODD, compose=COMPOSE.replace("litellm:main-stable", f"litellm:{tag}"))
    (found,) = judged(files, tmp_path, "HUB203")
    assert found.message.endswith(f"(judged by LiteLLM 1.106.2; this gateway runs {version})")
    (twice,) = judged(files, tmp_path, "HUB105")
    assert "judged by" not in twice.message  # true of every version


@pytest.mark.parametrize("tag", ["main-stable", "v1.106.2"])
def test_nothing_is_said_of_the_same_or_an_unknown_version(tag: str, tmp_path: Path) -> None:
    files = hub(config=ODD, compose=COMPOSE.replace("litellm:main-stable", f"litellm:{tag}"))
    (found,) = judged(files, tmp_path, "HUB203")
    assert "judged by" not in found.message
