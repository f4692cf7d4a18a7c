"""Whatever stands in a compose file: a Layout, or one BadFile."""

import contextlib
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hubctl import errors
from hubctl.core.compose import layout
from hubctl.core.compose.merge import merge
from hubctl.core.compose.text import parse

FILE = Path("/hub/compose.yaml")
KEYS = [
    "image", "build", "command", "entrypoint", "container_name", "ports", "env_file", "environment", "volumes",
    "configs", "depends_on", "healthcheck", "restart", "deploy", "scale", "profiles", "network_mode",
]  # fmt: skip
PARTS = ["test", "disable", "replicas", "source", "target", "published", "host_ip", "path", "required", "file"]
texts = st.one_of(
    st.text(max_size=12), st.sampled_from(["${A:-b}", "${", "3000:80", "litellm", "--config a.yml", "9" * 5000])
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.sampled_from(PARTS), texts), inner, max_size=3)
    ),
    max_leaves=6,
)
services = st.dictionaries(texts, st.one_of(values, st.dictionaries(st.sampled_from(KEYS), values)), max_size=3)
documents = st.fixed_dictionaries(
    {"services": st.one_of(services, values)}, optional={"configs": values, "name": values, "x": values}
)


def laid_out(data: dict[str, Any]) -> layout.Layout:
    found = layout.build(data, root=FILE.parent, files=(FILE,), variables={})
    for service in found.services:
        layout.config_path(service)
    for role in ("gateway", "cache", "database"):
        with contextlib.suppress(errors.AmbiguousService, errors.UnknownService):
            found.service(role)
    return found


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="a: -\t\n[]{}&*!|'\"#,?<", max_size=60)))
def test_any_text_is_read_or_one_bad_file(text: str) -> None:
    with contextlib.suppress(errors.BadFile):
        laid_out(merge({}, parse(text, FILE).data))


@settings(deadline=None)
@given(documents)
def test_any_values_in_any_place_make_a_layout(document: dict[str, Any]) -> None:
    assert laid_out(document).root == FILE.parent
    text = json.dumps(document)
    with contextlib.suppress(errors.BadFile):  # a lone surrogate, a key of null
        assert laid_out(merge({}, parse(text, FILE).data)).root == FILE.parent


@settings(deadline=None)
@given(documents, documents)
def test_any_two_files_can_be_merged(base: dict[str, Any], override: dict[str, Any]) -> None:
    assert laid_out(merge(merge({}, base), override)).files == (FILE,)
