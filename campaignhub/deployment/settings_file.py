"""What a deployment gave, as the site's settings: a file for ``CAMPAIGNHUB_ENV_FILE``."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from campaignhub.private_files import write_private


def outputs_as_environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """Name the outputs as :class:`campaignhub.env.Env` reads them."""
    return {environment_name(name): value for name, value in outputs.items()}


def environment_name(name: str) -> str:
    """Return how the environment calls what a template calls ``TableName``: ``TABLE_NAME``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()


def settings_of(outputs: Mapping[str, str], *, region: str, label: str) -> dict[str, str]:
    """Return the settings that follow from what the stacks gave; no secret is among them."""
    found = outputs_as_environment(outputs)
    if "API_URL" in found:
        # Where nothing stands before it, pages call the gateway itself.
        found.setdefault("PUBLIC_API_URL", found["API_URL"])
    return {**found, "AWS_REGION": region, "ENVIRONMENT_LABEL": label}


def store_settings(path: Path, settings: Mapping[str, str]) -> bool:
    """Write the file, and return whether it says something new."""
    text = json.dumps(dict(sorted(settings.items())), indent=2, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, text)
    return True
