"""No secret of a hub in what is shown: by its value, by the look of a key, and by its place in an address."""

import pytest

from hubctl.core.providers.masking import masker

HIDE = masker(
    [
        {"REDIS_PASSWORD": "b113d00d", "KEYS": "first-key;second-key", "SHORT_KEY": "ab"},
        {"DATABASE_URL": "postgresql://u:p%40ssw0rd@db/x", "BROKEN": "x://[", "NAME": "redis"},
    ]
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis refused b113d00d", "redis refused …"),
        ("second-key and first-key", "… and …"),
        ("password p@ssw0rd or p%40ssw0rd", "password … or …"),
        ("see http://me:else@host/", "see http://…@host/"),
        ("key sk-0123456789abc is wrong", "key sk-… is wrong"),
        ("ab is no secret, redis neither", "ab is no secret, redis neither"),
    ],
)
def test_secrets_are_hidden_and_the_rest_stays(text: str, shown: str) -> None:
    assert HIDE(text) == shown


def test_without_secrets_a_text_stays_as_it_is() -> None:
    assert masker([])("nothing to hide") == "nothing to hide"
