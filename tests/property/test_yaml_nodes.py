"""The data of a document is what LiteLLM's own reader makes of it."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hubctl.core.text import yaml_nodes

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.dates()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@given(data=VALUES, flow=st.booleans())
def test_a_document_reads_as_safe_load_does(data: object, flow: bool) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True)
    assert yaml_nodes.read(text).data == yaml.safe_load(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: 1}\nc: *x\n",
        "base: &b {a: 1, b: 2}\nm: {<<: *b, b: 3}\n",
        "a: yes\nb: 0o7\nc: 017\nd: 1_000\ne: ~\nf:\ng: .5\nh: 1e3\ni: 0x1F\nj: 12:30:45\nk: '1'\n",
        'a: "x"\nb: !!str 1\nc: !!int "3"\nd: ! 5\n',
        "- a\n-\n- |\n  x\n  y\n",
        "a: 1\na: 2\n",
    ],
)
def test_what_people_write_reads_as_safe_load_does(text: str) -> None:
    assert yaml_nodes.read(text).data == yaml.safe_load(text)


_TEN_EACH = "".join(f"  - &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 10))


@pytest.mark.parametrize(
    "text", ["model_list: &a\n  - *a\n", "a: &a {b: {c: *a}}\n", f"x:\n  - &a0 [b]\n{_TEN_EACH}model_list: *a9\n"]
)
def test_aliases_without_an_end_are_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match="alias"):
        yaml_nodes.read(text)
