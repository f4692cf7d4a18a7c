"""Which secrets are found in the files of a hub, and that no name shows one."""

import base64
import random
import time

import pytest

from hubctl.core.secrecy import gather
from hubctl.core.secrecy.masker import Masker
from hubctl.core.text import env_text

PASSWORD = "Hunter2Hunter2"
LETTERS = "correcthorsebatterystaple"


def of_files(config: str = "", env: str = "") -> Masker:
    values = env_text.read(env, {}).values()
    return Masker(lambda: gather.of_text(config) | gather.of_text(env) | gather.of_variables(values.items()))


@pytest.mark.parametrize(
    "env",
    [
        f"OLLAMA_HOST=http://me:{PASSWORD}@ollama:11434\nCACHE_PASSWORD={PASSWORD}",
        *(f"{name}=https://me:{PASSWORD}@h:1/x" for name in ("LANGFUSE_HOST", "MY_DB", "DB_NAME", "PG_USER", "MODEL")),
        f"CONN=host=db;password={PASSWORD}",
        f"PG_DSN=host=db,password={PASSWORD}",
        *(f"U1=postgresql://{user}:{PASSWORD}@db/x" for user in ("user", "username", "USER", "admin", PASSWORD)),
        f"U2=postgresql://db/x?user=a&password={PASSWORD}",
        *(f"{name}={PASSWORD}" for name in ("NUM_PASS", "MAX_SECRET_KEY", "MAX_TOKEN", "LIMIT_AUTH", "BOT_TOKENS")),
    ],
)
def test_a_password_in_an_env_file_is_found(env: str) -> None:
    assert PASSWORD not in of_files(env=f"A=1\n{env}\nB=2\n")(f"WRONGPASS for {PASSWORD}")


@pytest.mark.parametrize(
    "line",
    [
        *(f"api_key: {mark}{PASSWORD}" for mark in "!&*"),
        f"x: {{api_key: !{PASSWORD}, y: 1}}",
        f"? api_key\n: {PASSWORD}",
        f"DB_PASSWORD {PASSWORD}",
    ],
)
def test_a_password_that_its_format_takes_for_something_else_is_found(line: str) -> None:
    assert PASSWORD not in of_files(f"a: 1\n{line}\nb: 2\n")(f"no tag or alias '{PASSWORD}'")


@pytest.mark.parametrize(
    "line", ["api_key: !!binary", "credentials: &shared\n  user: x\nb: *shared", "password: !!str"]
)
def test_a_tag_of_yaml_and_an_anchor_in_use_are_no_secrets(line: str) -> None:
    assert not of_files(f"{line}\n")("!!binary &shared *shared !!str").count("…")


@pytest.mark.parametrize("name", ["host", "database", "model", "namespace", "dbname", "user", "cache_host", "url"])
def test_an_address_is_never_a_name(name: str) -> None:
    for value in (f"redis://me:{PASSWORD}@host:6379/0", f"'redis://:{PASSWORD}@host'"):
        assert PASSWORD not in of_files(f"x:\n  {name}: {value}\n")(f"wrong {PASSWORD}!")
        assert PASSWORD not in of_files(f"x: {{{name}: {value}, y: 1}}\n")(f"wrong {PASSWORD}!")


@pytest.mark.parametrize("secret", ["Zq7xWv3kLp9mTn2r", LETTERS])
@pytest.mark.parametrize(
    "files",
    [
        ("api_key: {0}\napi_base: https://{0}:@llm.example.com/v1\n", ""),
        ("api_base: https://{0}:x-oauth-basic@github.com\n", ""),
        ("api_base: https://{0}@llm.example.com/v1\n", ""),
        ("", "API_URL=https://{0}:@api.example.com/v1\n"),
        ("", "API_URL=https://{0}@api.example.com/v1\n"),
        ("x: {{api_base: 'http://user:{0}@127.0.0.1:9/v1?sig=SigLynxValue33'}}\n", ""),
    ],
)
def test_a_user_of_an_address_is_not_taken_out_of_the_secrets(files: tuple[str, str], secret: str) -> None:
    mask = of_files(*(text.format(secret) for text in files))
    assert secret not in mask(f"boom {secret} x")
    assert secret not in mask(f"boom {base64.b64encode(secret.encode()).decode()}")


@pytest.mark.parametrize("name", ["hub-Hunter2Hunter2-db-1", "/home/Hunter2Hunter2/hub"])
def test_a_name_in_which_a_whole_secret_stands_is_not_shown_whole(name: str) -> None:
    found = gather.Gathered(frozenset({PASSWORD}), frozenset({name, "hub-redis-1"}))
    assert PASSWORD not in Masker(lambda: found)(f"{name} is well")


def test_an_alias_of_a_model_is_a_name_and_what_leads_to_no_name_is_none() -> None:
    config = "- model_name: llama3.2:3b\nmodel_group_alias:\n  llama3: llama3.2:3b\n  hunter2x: something\n"
    mask = of_files(config, "REDIS_PASSWORD=llama3\nDB_PASSWORD=hunter2x")
    assert mask("llama3 leads to llama3.2:3b, not to hunter2x") == "llama3 leads to llama3.2:3b, not to …"


def test_a_name_that_holds_a_piece_of_a_secret_is_shown() -> None:
    found = gather.Gathered(frozenset({"my-hub-redis-1-password"}), frozenset({"my-hub-redis-1", "redis"}))
    text = "my-hub-redis-1 is well, see http://my-hub-redis-1:6379"
    assert Masker(lambda: found)(text) == text
    assert Masker(lambda: found)("my-hub-redis-1-pass is wrong") == "… is wrong"


LINES = ("MIIEpAIBAAKCAQEAabcdefgh", "withoutAnyFigureInItAtAllAbc", "anotherLineOfIt")
PEM = "\n".join(("-----BEGIN RSA PRIVATE KEY-----", *LINES, "-----END RSA PRIVATE KEY-----"))


@pytest.mark.parametrize("name", ["TLS", "SSLCERT", "MULTIPEM", "MY_KEYFILE"])
def test_every_line_of_a_private_key_is_found(name: str) -> None:
    for env in (f'{name}="{PEM}"\n', f"{name}='{PEM}'\n", f'{name}="{PEM}"\n'.replace("\n", "\\n")[:-2]):
        mask = of_files(env=env)
        for line in LINES:
            assert line not in mask(f"cannot read {line} of it"), env
    mask = of_files("x:\n  y: |\n" + "".join(f"    {line}\n" for line in PEM.splitlines()))
    assert "anotherLineOfIt" not in mask("at anotherLineOfIt")


@pytest.mark.parametrize(
    "line",
    [
        "    test: redis-cli -a {} ping",
        "    test: ['CMD', 'redis-cli', '-h', 'x', '-a', '{}', 'ping']",
        "    test: [CMD, redis-cli, -a, {}, ping]",
        "    test:\n      - CMD\n      - redis-cli\n      - -a\n      - {}\n      - ping",
        '    test: ["CMD-SHELL", "redis-cli -a {} ping | grep PONG"]',
        "    command: curl -u user:{} http://x",
        "    test: [CMD, curl, --user, 'me:{}', http://x]",
        "    test: mysqladmin -uroot -p{} ping",
        "    labels:\n      - traefik.http.middlewares.a.basicauth.users=me:{}",
        "    environment:\n      CONNECTION_STRING: Server=tcp:x,1433;User=me;Password={};",
        "    environment:\n      DB_PASS: ${{DB_PASS:-{}}}",
        "    environment: {{API_KEY: os.environ/X}}  # was {}",
        "    # the token of Peter: {}",
    ],
)
def test_a_secret_behind_no_telling_name_is_found(line: str) -> None:
    assert PASSWORD not in of_files(f"services:\n  x:\n{line.format(PASSWORD)}\n")(f"wrong {PASSWORD}!")


@pytest.mark.parametrize("name", ["ENCRYPTION", "MY_LICENSE", "S3_SESSION", "UNLOCK", "MYSTUFF"])
@pytest.mark.parametrize("secret", ["Zq7xWv3kLp9mTn2r", PASSWORD, "a7b2c9d4e1f6"])
def test_a_value_that_looks_random_is_found_whatever_its_name(name: str, secret: str) -> None:
    assert secret not in of_files(env=f"{name}={secret}\n")(f"wrong {secret}!")


@pytest.mark.parametrize(
    "value",
    ["gpt-4o-mini", "llama3.2:3b", "2026-11-30T00:45:19Z", "us-east-1", "4h30m15s", "info", "10.0.0.1:8080", "v1.77.3"],
)
def test_a_value_that_tells_something_is_shown(value: str) -> None:
    assert of_files(env=f"SETTING={value}\n")(f"setting is {value}") == f"setting is {value}"


@pytest.mark.parametrize(
    "config", ["monkey: bananas", "turkey: birdies", "compass: northern", "hook: pre_call", "cache_key: mine77"]
)
def test_a_word_that_only_ends_like_a_credential_is_none(config: str) -> None:
    assert of_files(f"x:\n  {config}\n")(config) == config


def test_digits_of_a_key_are_no_digits_of_a_figure() -> None:
    mask = of_files(env="API_KEY=12345678\nPIN_PASS=123456\n")
    assert mask("cost 1234567890 tokens, 0.1234567 USD") == "cost 1234567890 tokens, 0.1234567 USD"
    assert mask("key 12345678, x12345678, 123456") == "key …, x…, …"


@pytest.mark.parametrize(
    "bomb",
    [
        "\\",
        "-----BEGIN PRIVATE KEY-----",
        "mysql",
        "mysql ",
        "curl -u ",
        "a_",
        "#was ",
        "a1",
        "://a:b@",
        "${A:-",
        "%41",
        "4142",
        ": &a ",
        "\n? key",
        "{a: b",
        "PASS ",
    ],
)
def test_a_long_text_of_one_word_takes_no_longer_than_others(bomb: str) -> None:
    text = f"key {bomb * (40_000 // len(bomb))}é"
    began = time.process_time()
    mask = Masker(lambda: gather.of_text(text) | gather.Gathered(frozenset({"a1a1a1a1a", "11111111"})))
    mask(text)
    assert time.process_time() - began < 2


def test_the_account_of_an_ssh_address_is_no_name() -> None:
    assert gather.of_text("DOCKER=ssh://hunter2hunter@10.0.0.7:22\n").names == {"10.0.0.7"}


def test_thousands_of_secrets_are_gathered_and_looked_for_within_seconds() -> None:
    chance = random.Random(1)
    pairs = [(f"VAR_{number}", f"{chance.getrandbits(128):032x}") for number in range(20_000)]
    text = "".join(f"{name}={value}\n" for name, value in pairs)
    began = time.process_time()
    mask = Masker(lambda: gather.of_text(text) | gather.of_variables(pairs))
    assert mask("warm up") == "warm up"
    assert mask(text[:300_000]).count("…") > 6_000
    assert time.process_time() - began < 5
