"""Which files of the packages go into an archive; none that would land beside its place."""

from collections.abc import Iterator, Sequence

from campaignhub.deployment.errors import CannotPack
from campaignhub.deployment.packages import Package

OURS = "ingest_lambda"
"""The package of the functions themselves, which is packed after those that they need."""

SERVICES = {"dynamodb", "s3", "secretsmanager", "sqs", "sts"}
"""Of the 400 services that botocore describes (100 MB), those that a function calls."""


def needed_of(packages: Sequence[Package]) -> Iterator[tuple[str, bytes]]:
    """Yield what functions need of the packages: path below the archive's root, and content.

    Raises:
        CannotPack: a name leads out of the archive, or is one of ours, or is there twice: what was
            unpacked last would be imported, and another's code with it.
    """
    owners: dict[str, str] = {}
    for package in packages:
        label = package.identity.partition(" ")[0]
        for name, content in package.members():
            if why := _misplaced(name):
                raise CannotPack(f"{label} has {name!r}, which {why}.")
            if not _is_needed(tuple(name.split("/"))):
                continue
            if name in owners:
                raise CannotPack(f"{label} has {name!r}, which {owners[name]} has too.")
            owners[name] = label
            yield name, content


def _misplaced(name: str) -> str:
    """Say why a file can't be packed under its name; nothing where it can."""
    parts = name.split("/")
    if "\\" in name or ":" in parts[0] or {"", ".", ".."} & set(parts):
        return "leads out of the archive"
    if not name.isprintable():
        return "is no name of a file"
    if parts[0].partition(".")[0] == OURS:
        return "would be taken for ours"
    return ""


def _is_needed(parts: tuple[str, ...]) -> bool:
    if "__pycache__" in parts or {"tests", "testing"} & set(parts[:-1]):
        return False
    if parts[0].endswith(".dist-info"):
        return parts[-1] == "METADATA"
    if parts[:2] in (("botocore", "data"), ("boto3", "data")) and len(parts) > 3:
        return parts[2] in SERVICES and "examples" not in parts[-1]
    if "swagger_ui" in parts and not parts[-1].endswith(".py"):
        return False
    return not parts[-1].endswith((".pyi", ".c", ".h", ".pyx", ".exe", ".pyc"))
