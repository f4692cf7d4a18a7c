"""What in a hub's files would stop a start, found before anything is stopped."""

from collections.abc import Iterable, Iterator, Mapping

from hubctl.adapters.files import disk
from hubctl.core.compose.layout import Service, config_path
from hubctl.core.text import env_text
from hubctl.errors import BadFile


def bad_env_files(services: Iterable[Service], variables: Mapping[str, str]) -> Iterator[BadFile]:
    """Find the env files and lines for which Compose refuses the whole project; it does not always name the file."""
    for env_file in dict.fromkeys(each for service in services for each in service.env_files):
        if not env_file.required and not env_file.path.exists():
            continue
        try:
            text = disk.read_text(env_file.path)
        except BadFile as error:
            yield error
            continue
        for problem in env_text.read(text, variables).problems:
            yield BadFile(
                f"{env_file.path}, line {problem.line}: {problem.message}",
                hint="write NAME=value, the value in single quotes when it holds spaces or $",
            )


def config_obstacles(service: Service) -> list[BadFile]:
    """Say why a gateway's config cannot be mounted: where it is missing, Docker makes an empty directory."""
    path = config_path(service) if service.role == "gateway" else None
    if path is None or path.is_file():
        return []
    what = "is a directory, not a file" if path.is_dir() else "is missing"
    return [BadFile(f"{path} {what}", hint="`hubctl init` makes what is missing")]
