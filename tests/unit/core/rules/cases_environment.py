"""Cases of the rules about env files."""

from tests.unit.core.rules.judging import COMPOSE, KEY, LITELLM_ENV, OPENWEBUI_ENV, Case, Machine, hub


def env(text: str) -> dict[str, str]:
    return {"litellm.env": text}


URL = "postgresql://u:0a1b2c3d4e5f60718293@db:5432/x"
SHARED = COMPOSE.replace("env_file: openwebui.env", "env_file: [openwebui.env, litellm.env]")

FIRES: dict[str, list[Case]] = {
    "HUB401": [env("A=1\nB C=2 # <-\n"), env("A='open # <-\n"), env("# x\n=v # <-\n")],
    "HUB402": [env("A=1\nKEY: v # <-\n")],
    "HUB403": [env("A=1 # <-\nB=2\nA=2\n"), env("A=1 # <-\nA=1 # c\n")],
    "HUB404": [env("A=1\nB=  # set this later # <-\n"), env("A=1\nB=  # <-\n")],
    "HUB405": [env("PASSWORD=ab$cd # <-\n"), env('P="x${NOPE}" # <-\n')],
    "HUB406": [env("KEY=\u201cabc\u201d # <-\n")],
    "HUB407": [env("A=$(openssl rand -hex 32) # <-\nB=`uuidgen` # <-\n"), env('A="sk-$(pass show x)" # <-\n')],
    "HUB408": [hub(litellm_env=LITELLM_ENV + "A=caf\udce9 # <-\n"), hub(dotenv="A=caf\udce9 # <-\n")],
    "HUB411": [Machine(env(f"A=1\nLITELLM_MASTER_KEY={KEY} # <-\n"), mode=0o644)],
    "HUB412": [Machine(env(f"LITELLM_MASTER_KEY={KEY} # <-\n"), tracked=True)],
    "HUB421": [hub(litellm_env=LITELLM_ENV + "MY_THING=1 # <-\nOPENAI_API_KY=x # <-\n")],
    "HUB422": [
        hub(compose=SHARED, litellm_env=LITELLM_ENV + f"DATABASE_URL={URL} # <-\n"),
        hub(
            litellm_env=LITELLM_ENV + "DATABASE_URL=postgresql://me:1@db:5432/x # <-\n",
            openwebui_env=OPENWEBUI_ENV + "DATABASE_URL=postgres://you:2@db/x\n",
        ),
    ],
    "HUB423": [hub(litellm_env=LITELLM_ENV + "DATABASE_URL=sqlite:///data/webui.db # <-\n")],
    "HUB424": [
        Machine(hub(litellm_env=LITELLM_ENV + f"DATABASE_URL={URL} # <-\n"), lacks=frozenset({"prisma"})),
    ],
    "HUB425": [
        hub(openwebui_env=OPENWEBUI_ENV.replace("fedcba9876543210" * 4, "'' # <-")),
        hub(openwebui_env=OPENWEBUI_ENV + "WEBUI_SECRET_KEY='' # <-\n"),
    ],
    "HUB426": [
        hub(
            litellm_env=LITELLM_ENV + "PORT=8080 # <-\n",
            compose=COMPOSE.replace(', "--port", "4000"', ""),
        )
    ],
    "HUB427": [
        env("REDIS_PASSWORD=ab12 # <-\n"),
        env("SHORTPW=x9Kq2 # <-\n"),
        hub(litellm_env=LITELLM_ENV + "REDIS_PASSWORD=litellm # <-\n"),
        env("PGUSER=x\nDB_USER=webui-user\nDB_PASS=webui-user # <-\n"),
        env("DATABASE_URL=postgresql://openwebui:openwebui@db:5432/x # <-\n"),
        {"compose.yml": "services:\n  redis: {image: redis, environment: {REDIS_PASSWORD: redis}} # <-\n"},
    ],
}
QUIET: dict[str, list[Case]] = {
    "HUB401": [env("A=1\nB_C=2\n"), env("export A=1\nB = x y z\nC='a $b'\nD=\n# E F\n"), hub()],
    "HUB402": [env("A=1\nKEY=v\n"), env("A=http://x:1\nB='a: b'\nC=d: e\n")],
    "HUB403": [env("B=2\nA=2\n"), env("A=1\n#A=2\nB=1\n")],
    "HUB404": [env('A=1\nB=""  # set this later\n'), env("A=\nB='' # c\nC=#x\nD=v # c\n")],
    "HUB405": [env("PASSWORD='ab$cd'\n"), env("A='x$y'\nB=x$$y\nC=1\nD=a$C\nE=$(cmd)\n")],
    "HUB406": [env('KEY="abc"\n'), env("A='x'\nB=it\u2019s\n")],
    "HUB407": [
        env("A=3f9a1c7e5b2d4860\nB=7b0e6f52-1c1d-4a8e-9f53-2f4f0a6f8c11\n"),
        env("A='$(cmd)'\nB=$$(cmd)\nC=a`b\nD=1 # $(cmd)\nE=pa$(5\n"),
    ],
    "HUB408": [
        hub(litellm_env=LITELLM_ENV + "A=caf\u00e9\n"),
        hub(),
        hub(config="# caf\udce9\n"),
        env("A=caf\u00e9\n"),
    ],
    "HUB411": [
        env(f"A=1\nLITELLM_MASTER_KEY={KEY}\n"),
        env(f"LITELLM_MASTER_KEY={KEY}\n"),
        Machine({"litellm.env.example": f"K_TOKEN={KEY}\n"}, mode=0o644),
        Machine(env("LITELLM_MASTER_KEY=sk-your-key-0123456789\nPORT=1\n"), mode=0o644),
    ],
    "HUB412": [
        env(f"LITELLM_MASTER_KEY={KEY}\n"),
        Machine(env("LITELLM_MASTER_KEY=\nA=1\n"), tracked=True),
        Machine({"litellm.env.example": f"LITELLM_MASTER_KEY={KEY}\n"}, tracked=True),
    ],
    "HUB421": [
        hub(litellm_env=LITELLM_ENV + "OPENAI_API_KEY=x\n"),
        hub(litellm_env=LITELLM_ENV + "OPENAI_API_KEY=x\nREDIS_HOST=redis\nHTTP_PROXY=x\nLITELLM_MODE=PRODUCTION\n"),
        hub(compose=SHARED, litellm_env=LITELLM_ENV + "MY_THING=1\n"),
        env("MY_THING=1\n"),
    ],
    "HUB422": [
        hub(),
        hub(
            litellm_env=LITELLM_ENV + f"DATABASE_URL={URL}\n",
            openwebui_env=OPENWEBUI_ENV + f"DATABASE_URL={URL}y\n",
        ),
    ],
    "HUB423": [hub(litellm_env=LITELLM_ENV + f"DATABASE_URL={URL}\n"), hub()],
    "HUB424": [hub(litellm_env=LITELLM_ENV + f"DATABASE_URL={URL}\n"), hub()],
    "HUB425": [hub(), hub(openwebui_env="X=1\n"), hub(openwebui_env="WEBUI_AUTH=False\nWEBUI_SECRET_KEY=\n")],
    "HUB426": [hub(), hub(litellm_env=LITELLM_ENV + "PORT=8080\n")],
    "HUB427": [
        env(f"REDIS_PASSWORD={KEY}\n"),
        env("REDIS_PASSWORD=\nDB_PASSWORD_FILE=/x\nWEBUI_AUTH=False\nKEY=${X}\nDB_USER=a\n"),
    ],
}
