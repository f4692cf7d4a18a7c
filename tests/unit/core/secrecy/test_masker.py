"""No secret of a hub in what is shown: by its value, by its pieces, by its look, and by its place."""

import base64
import html
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest

from hubctl.core.providers import catalog
from hubctl.core.providers.table import PROVIDERS, Provider
from hubctl.core.secrecy import gather
from hubctl.core.secrecy.gather import Gathered
from hubctl.core.secrecy.masker import UNSHOWN, Masker, Piecemeal

FOUND = gather.of_variables(
    {"REDIS_PASSWORD": "b113d00d", "KEYS": "first-key;second-key", "SHORT_KEY": "ab", "NAME": "redis"}.items()
)
FOUND |= gather.of_variables({"DATABASE_URL": "postgresql://u:p%40ssw0rd@db/x", "BROKEN": "x://["}.items())
HIDE = Masker(lambda: FOUND)
SECRET = "Gr#ndm@ther/of:all?keys&77"
OF_SECRET = Masker(lambda: Gathered(frozenset({SECRET}), frozenset({"litellm", "my-hub"})))


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
    assert Masker()("nothing to hide") == "nothing to hide"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(json.dumps({"x": SECRET})),
        repr(SECRET),
        json.dumps(SECRET).replace("&", "\\u0026"),
        "".join(f"\\x{ord(each):02x}" for each in SECRET),
        "".join(f"\\U{ord(each):08X}" for each in SECRET),
        html.escape(SECRET),
        "".join(f"&#{ord(each)};" for each in SECRET),
        shlex.quote(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"me:{SECRET}".encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.b64encode(f"me2:{SECRET}x".encode()).decode(),
        SECRET.encode().hex(),
        f"7{SECRET.encode().hex().upper()}0",
    ],
)
def test_a_secret_is_hidden_however_software_writes_it(written: str) -> None:
    shown = OF_SECRET(f"before {written} behind")
    assert shown.startswith("before ")
    assert shown.endswith(" behind")
    assert not [at for at in range(len(written) - 12) if written[at : at + 12] in shown]


@pytest.mark.parametrize("secret", ["q7Zx!k", "718200", "äöüßéñ"])
def test_the_shortest_secret_is_hidden_in_base64_and_hex(secret: str) -> None:
    mask = Masker(lambda: Gathered(frozenset({secret})))
    assert mask(f"header {base64.b64encode(secret.encode()).decode()} end") == "header … end"
    assert mask(f"bytes {secret.encode().hex()} end") == "bytes … end"


def test_no_piece_of_eight_characters_is_shown_wherever_it_was_cut() -> None:
    for start in range(len(SECRET) - 8):
        for end in range(start + 8, len(SECRET) + 1):
            assert SECRET[start:end] not in OF_SECRET(f"cut: {SECRET[start:end]}! and more")


@pytest.mark.parametrize("password", ["litellm", "ollama", "healthy", "my-hub-db-1", "gpt-4o", "openai", "127.0.0.1"])
def test_a_password_that_is_a_name_of_the_hub_is_hidden_in_places_of_credentials_alone(password: str) -> None:
    names = gather.of_text("litellm_params: {model: openai/gpt-4o}").names | {"litellm", "ollama", "my-hub-db-1"}
    mask = Masker(lambda: Gathered(frozenset({password}), names))
    told = f"the service {password} is well; http://{password}:4000/v1"
    assert mask(told) == told
    assert password not in mask(f"DB_PASS={password}")
    assert password not in mask(f'{{"password": "{password}"}}')
    assert password not in mask(f"redis://me:{password}@redis/0")


@pytest.mark.parametrize("short", ["ab", "x1y2z", "12345"])
def test_a_short_password_is_hidden_in_places_of_credentials(short: str) -> None:
    mask = Masker(lambda: gather.of_variables({"DB_PASS": short}.items()))
    assert mask(f"it took {short} s") == f"it took {short} s"
    assert short not in mask(f"login with PGPASS={short} failed")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DB_PASS=hunter2 refused", "DB_PASS=… refused"),
        ("PGPASS=hunter2", "PGPASS=…"),
        ("REDIS_AUTH: hunter2", "REDIS_AUTH: …"),
        ("Authorization: Basic aHVudGVy", "Authorization: …"),
        ("sent Bearer a1b2c3d4e5 to it", "sent Bearer … to it"),
        ("Cookie: session=abc; other=def", "Cookie: …"),
        ("X-Auth: hunter2", "X-Auth: …"),
        ("GET /v1?a=1&password=hunter2&b=2", "GET /v1?a=1&password=…&b=2"),
        ("https://x.blob/y?sig=abc%2Fdef&se=1", "https://x.blob/y?sig=…&se=1"),
        ('{"password": "hunter2", "n": 1}', '{"password": "…", "n": 1}'),
        ('{\\"apiKey\\":\\"hunter2\\"}', '{\\"apiKey\\":\\"…\\"}'),
        ("{'token': 'hunter2'}", "{'token': '…'}"),
        ("postgresql://me:hun/ter@2@db:5432/x", "postgresql://…@db:5432/x"),
        ("ssh://me:hunter2@host/x", "ssh://…@host/x"),
        (
            "https://hooks.slack.com/services/T0/B0/xyz",
            "https://hooks.slack.com/services/T0/B0/xyz".partition("services")[0] + "…",
        ),
        ("https://discord.com/api/webhooks/1/abc", "https://discord.com/api/webhooks/…"),
        ("redis-server --requirepass hunter2 --save x", "redis-server --requirepass … --save x"),
        ("ghp_0123456789abcdefghij", "…"),
        ("SHORTPW=x9Kq2", "SHORTPW=…"),
        ("NUM_PASS=hunter2", "NUM_PASS=…"),
        ("redis-cli -a ab12 ping", "redis-cli -a … ping"),
        ("curl -u me:ab12 http://x", "curl -u me:… http://x"),
        ("mysqladmin -pab12 ping", "mysqladmin -p… ping"),
        ("key: Zq7xWv3k", "key: …"),
    ],
)
def test_a_secret_that_nobody_knows_is_hidden_by_its_place_or_look(text: str, shown: str) -> None:
    assert Masker()(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "write `api_key: os.environ/OPENAI_API_KEY`",
        "the key: not one of the files",
        "max_tokens: 100, input_cost_per_token=0.01, MAX_TOKENS=4096, TOTAL_TOKENS: 12",
        "http://litellm:4000/v1/models",
        "key_file=/run/secrets/x",
        "OPENAI_API_KEY=${OPENAI_API_KEY} is not set",
        "`hubctl provider set-key openai --stdin`",
        "OPENAI_API_KEY=sk-proj-…WXYZ",
        "Basic authentication and Bearer tokens",
        "a@b.example, git@host:path",
        *("monkey: banana", "turkey: bird", "compass: north", "hook: pre_call", "primary key: id", "auth = on"),
        *("keys: 3 present, 1 missing", "api_key: missing", "bypass: true", "donkey: grey", "tokens: 12345"),
        *("redis-cli -a $PW ping", "docker run --user 1000:1000 x"),
        "no Docker engine at ssh://ops@127.0.0.1:22",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert OF_SECRET(text) == text


def test_the_old_key_of_a_container_is_hidden_too() -> None:
    mask = Masker()
    assert mask("rotated-away-9") == "rotated-away-9"
    mask.learn({"OPENAI_API_KEY": "rotated-away-9"})
    assert mask("said rotated-away-9") == "said …"


def test_files_are_read_at_the_first_text_and_again_for_another_hub() -> None:
    reads: list[object] = []
    origin: list[object] = [None]

    def read() -> Gathered:
        reads.append(origin[0])
        return Gathered()

    mask = Masker(read, origin=lambda: origin[0])
    assert reads == []
    assert (mask("text a"), mask("text b")) == ("text a", "text b")
    origin[0] = "hub"
    assert mask("text c") == "text c"
    assert reads == [None, "hub"]


def test_what_cannot_be_masked_is_not_shown() -> None:
    def broken() -> Gathered:
        raise RuntimeError(SECRET)

    assert Masker(broken)(f"said {SECRET}") == UNSHOWN


def test_a_secret_that_comes_in_pieces_is_hidden_and_words_come_at_once() -> None:
    told: list[str] = []
    spoken = Piecemeal(OF_SECRET, told.append)
    for piece in ("Yes, ", "I ", f"know {SECRET[:9]}", SECRET[9:20], f"{SECRET[20:]} ", "we", "ll"):
        spoken.add(piece)
    assert told == ["Yes, ", "I ", "know ", "… "]
    spoken.finish()
    assert "".join(told) == "Yes, I know … well"


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_a_key_that_is_masked_already_stays_as_it_is(provider: Provider) -> None:
    for start in (*provider.key_starts, ""):
        shown = f"+{provider.variable}={catalog.masked(f'{start}abcdefghij0123456789WXYZ', provider)}"
        assert Masker()(shown) == shown
