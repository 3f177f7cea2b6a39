"""Function archives: our code and what it imports, the same bytes from the same input.

Taken from the packages installed here, so that no download stands between an
edit and its trial, and with compiled modules, because a function's first answer
waits for every import. Texts come compiled, too, for a function has no Babel. Two
archives: only the images function carries decoders.
"""

import hashlib
import importlib.metadata
import marshal
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

from packaging.requirements import Requirement

from ingest_lambda.contract.compiling import compiled

LIGHT = (
    "boto3",
    "pydantic",
    "aws-lambda-powertools",
    "disposable-email-domains",
    "idna",
    "phonenumberslite",
)
IMAGES = (*LIGHT, "pillow", "pillow-heif", "pypdfium2")

LAYOUT = "5"
"""Raise when this module packs differently: it is part of the name of what is kept."""

SOURCE = Path(__file__).parents[2] / "ingest_lambda"

_ONLY_BEFORE = "contract/compiling.py"
"""What compiles the texts here, so that no function does."""

_SERVICES = {"dynamodb", "s3", "sqs", "sts"}
"""Of the 400 services that botocore describes (100 MB), those that a function calls."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Archives:
    """The two archives of one state of the code."""

    light: Path
    images: Path


def build_archives(directory: Path) -> Archives:
    """Return the archives of the code as it is, built where they are not there yet."""
    directory.mkdir(parents=True, exist_ok=True)
    return Archives(
        light=_build("light", LIGHT, directory), images=_build("images", IMAGES, directory)
    )


def _build(name: str, roots: tuple[str, ...], directory: Path) -> Path:
    packages = sorted(_closure(roots), key=lambda found: found.name.lower())
    versions = [f"{package.name}=={package.version}" for package in packages]
    ours = list(_ours())
    base_digest = _digest(LAYOUT, sys.version, *versions)
    content = [f"{path.relative_to(SOURCE)}:{_digest(path.read_bytes())}" for path in ours]
    target = directory / f"{name}-{_digest(base_digest, *content)}.zip"
    if target.exists():
        return target
    base = directory / f"{name}-packages-{base_digest}.zip"
    if not base.exists():
        _write(base, (entry for package in packages for entry in _files(package)))
    for old in directory.glob(f"{name}-*.zip"):
        if old != base:
            old.unlink()
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        copy = Path(scratch) / "archive.zip"
        shutil.copyfile(base, copy)
        _append(copy, ((f"ingest_lambda/{path.relative_to(SOURCE)}", path) for path in ours))
        copy.replace(target)
    return target


def _ours() -> Iterator[Path]:
    for path in sorted((*SOURCE.rglob("*.py"), *SOURCE.rglob("*.po"))):
        if "__pycache__" not in path.parts and path != SOURCE / _ONLY_BEFORE:
            yield path


def _digest(*parts: str | bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part if isinstance(part, bytes) else part.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]


def _closure(roots: tuple[str, ...]) -> list[importlib.metadata.Distribution]:
    found: dict[str, importlib.metadata.Distribution] = {}
    waiting = [Requirement(root) for root in roots]
    while waiting:
        requirement = waiting.pop()
        package = importlib.metadata.distribution(requirement.name)
        if package.name in found:
            continue
        found[package.name] = package
        for text in package.requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                waiting.append(needed)
    return list(found.values())


def _files(package: importlib.metadata.Distribution) -> Iterator[tuple[str, Path]]:
    for file in sorted(package.files or (), key=str):
        if _is_needed(file.parts):
            yield str(file), Path(str(file.locate()))


def _is_needed(parts: tuple[str, ...]) -> bool:
    if parts[0] == ".." or "__pycache__" in parts or {"tests", "testing"} & set(parts[:-1]):
        return False
    if parts[0].endswith(".dist-info"):
        return parts[-1] == "METADATA"
    if parts[:2] == ("botocore", "data") and len(parts) > 3:
        return parts[2] in _SERVICES and "examples" not in parts[-1]
    if parts[:2] == ("boto3", "data") and len(parts) > 3:
        return parts[2] in _SERVICES
    if "swagger_ui" in parts and not parts[-1].endswith(".py"):
        return False
    return not parts[-1].endswith((".pyi", ".c", ".h", ".pyx", ".exe"))


def _write(target: Path, members: Iterator[tuple[str, Path]]) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        archive = Path(scratch) / "archive.zip"
        _append(archive, members)
        archive.replace(target)


def _append(archive: Path, members: Iterator[tuple[str, Path]]) -> None:
    tag = sys.implementation.cache_tag
    with zipfile.ZipFile(archive, "a") as target:
        for name, path in members:
            if name.startswith("ingest_lambda/") and name.endswith(".po"):
                _add(target, f"{name[:-3]}.mo", compiled(path))
                continue
            content = path.read_bytes()
            _add(target, name, content)
            if name.endswith(".py"):
                folder, _, module = name.rpartition("/")
                cached = f"{folder}/__pycache__/{module[:-3]}.{tag}.pyc".lstrip("/")
                _add(target, cached, _compiled(name, content))


def _compiled(name: str, source: bytes) -> bytes:
    """Compile a module into the file that Python would cache: never checked against its source (PEP 552).

    In an old format of ``marshal``: the newer ones write down how often an
    object happened to be shared, so that no two runs give equal bytes.
    """
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    unchecked = (1).to_bytes(4, "little")
    return b"".join((MAGIC_NUMBER, unchecked, source_hash(source), marshal.dumps(code, 2)))


def _add(target: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A fixed date and mode, for equal bytes; deflated lightly, since it is unpacked at every cold start.
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    target.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=1)
