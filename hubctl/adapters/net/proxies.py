"""The way to a server on the internet as the shell has it: proxies, certificates, and addresses fit to be shown."""

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # not in the stubs


def proxy(url: str, shell: Mapping[str, str]) -> str | None:
    """Give the proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY want for an address; null for none.

    Small letters go before capitals, as with curl. Raises ValueError for an address that is none.
    """
    parts = urlsplit(url)
    names = (f"{parts.scheme}_proxy", "all_proxy")
    chosen = next((value for name in names for value in (shell.get(name), shell.get(name.upper())) if value), None)
    excluded = {"no": shell.get("no_proxy") or shell.get("NO_PROXY") or ""}
    if chosen is None or proxy_bypass_environment(parts.netloc, excluded):
        return None
    return chosen if "://" in chosen else f"http://{chosen}"


def certificates(shell: Mapping[str, str]) -> ssl.SSLContext | bool:
    """Give the certificates to trust: those of SSL_CERT_FILE and SSL_CERT_DIR, else the usual ones.

    Raises ValueError that names the variables where these cannot be read.
    """
    named = {name: shell[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if shell.get(name)}
    if not named:
        return True
    try:
        return ssl.create_default_context(cafile=named.get("SSL_CERT_FILE"), capath=named.get("SSL_CERT_DIR"))
    except OSError as error:
        places = ", ".join(f"{name}={value}" for name, value in named.items())
        raise ValueError(f"no certificates in {places}: {error.strerror or error}") from error


def shown(url: str) -> str:
    """Give the server of an address, without the login that may stand in it."""
    try:
        server = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return "an address that is none"
    return server or "an address without a server"
