"""Passwords among the arguments of programs that health checks and commands call: `redis-cli -a`, `curl -u`."""

import re
from collections.abc import Iterator

# Between a program and its flag there are other arguments, also as a list of YAML or JSON.
_OTHERS = r"\b(?:[^\n;|]|\n[ \t]{0,40}-(?=[ \t])){0,300}?[\s\"']"
_NEXT = r"(?:[\"']?,?\s*(?:-[ \t]+)?)"
_FLAG = re.compile(
    rf"(?:redis|valkey|keydb)-cli{_OTHERS}-a{_NEXT}"
    rf"|(?:curl|wget|http|etcdctl|influx){_OTHERS}(?:-u|-U|--user|--proxy-user)(?:=|{_NEXT})(?P<user>)"
    rf"|(?:mysql|mariadb)[\w-]{{0,20}}{_OTHERS}-p(?=[^\s\"',])"
    rf"|(?:sshpass|mongo\w{{0,20}}|rabbitmqadmin){_OTHERS}-p{_NEXT}"
)
_PROGRAM = re.compile(r"-cli|curl|wget|http[\s\"']|etcdctl|influx|mysql|mariadb|sshpass|mongo|rabbitmqadmin")
_VALUE = re.compile(r"(?P<quote>\\*[\"'])(?P<inside>(?:\\.|(?!(?P=quote))[^\\\n])+)|(?P<plain>[^\s\"',\]]+)")


def passwords(text: str) -> Iterator[tuple[int, int]]:
    """Give where they stand, without their quotes; a variable, or what is hidden already, is none."""
    for flag in _FLAG.finditer(text) if _PROGRAM.search(text) else ():
        if value := _VALUE.match(text, flag.end()):
            start, end = value.span("inside" if value["quote"] else "plain")
            if flag["user"] is not None:  # `user:password`
                start = text.find(":", start, end) + 1 or end
            if start < end and text[start] not in "$-" and "…" not in text[start:end]:
                yield start, end
