"""What the embedded default decides once and keeps: secrets, ports, addresses, in ``var/env.json``."""

import json
import secrets
import socket
from pathlib import Path
from typing import Any

from campaignhub.deployment.settings_file import outputs_as_environment
from campaignhub.local_aws.ministack import CREDENTIALS, REGION
from campaignhub.local_aws.processes import EmbeddedError
from campaignhub.private_files import write_private

PORTS_TRIED = 50

_OF_EACH_START = {"INGEST_CONSUMER", "PIPE_TARGET"}
"""What the environment of each start says anew: left there, one start would decide for those after it."""


def write_json(path: Path, content: Any) -> None:
    """Write a file that only its owner reads, and that is the old one or the new one, never a part."""
    write_private(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read what :func:`write_json` wrote; nothing where there is no such file."""
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return content


def secrets_of(path: Path) -> dict[str, str]:
    """Return this installation's secrets, made up at the first start.

    They stay: tokens, sessions and the hashes of people are worthless under others.
    """
    held = read_json(path)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "TOKEN_KEYS": f"k1:{secrets.token_hex(32)}",
        "PERSON_SECRET": secrets.token_hex(32),
    }
    kept = {name: str(held.get(name) or value) for name, value in made.items()}
    write_json(path, {**held, **kept})
    return kept


def environment(
    secrets_kept: dict[str, str], outputs: dict[str, str], *, web: str, aws: str
) -> dict[str, str]:
    """Return all of ``var/env.json``, as :class:`campaignhub.env.Env` reads it."""
    found = outputs_as_environment(outputs)
    return {
        **{name: value for name, value in found.items() if name not in _OF_EACH_START},
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": aws,
        "ENVIRONMENT_LABEL": "On this machine",
        **CREDENTIALS,
        "PUBLIC_SITE_URL": web,
        "PUBLIC_API_URL": outputs["ApiUrl"],
        "PUBLIC_UPLOAD_URL": aws,
        **secrets_kept,
    }


def choose_port(wanted: int, *, fixed: bool, name: str, taken: frozenset[int] = frozenset()) -> int:
    """Return the wanted port, or the next free one where nobody asked for that very port.

    Raises:
        EmbeddedError: it was asked for and is taken, or none is free.
    """
    if fixed:
        if not _is_free(wanted):
            raise EmbeddedError(
                f"Port {wanted} ({name}) is taken by another program. End that program or set "
                f"{name} to another port."
            )
        return wanted
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if port not in taken and _is_free(port):
            return port
    raise EmbeddedError(f"No port from {wanted} on is free. Set {name} to one that is.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do, so that a port that only waits out old connections counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
