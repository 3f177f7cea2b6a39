"""Function archives: our code and what it imports, the same bytes from the same input.

Two archives: only the images function carries decoders. Texts come compiled, for
a function has no Babel. Modules come compiled in the emulator, and for AWS where
that is asked for: a function's first answer waits for every import, and compiling
takes 0.4 of 0.7 s of CPU. Only a Python of the target's version can compile for it, so by default
modules are packed as they are: whichever Python packs, the bytes are the same.
"""

import hashlib
import marshal
import os
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

from campaignhub.deployment.errors import CannotPack
from campaignhub.deployment.members import SERVICES, needed_of
from campaignhub.deployment.packages import Package, downloaded, installed, of_wheels
from campaignhub.deployment.target import Target
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

FROM_THE_BUILD = ("LightCodeKey", "ImagesCodeKey", "Runtime", "Architecture")
"""The parameters of the template that a build decides."""

LARGEST_BYTES = {"light": 15_000_000, "images": 40_000_000}
"""The most that an archive may take: a cold start downloads it, and Lambda takes 50 MB."""

LARGEST_UNPACKED_BYTES = 250 * 1024 * 1024
"""What Lambda unpacks at most: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

KEPT_SECONDS = 3600
"""How long an archive stays that no build uses any more; a deployment uploads its own within minutes."""

LAYOUT = "6"
"""Raise when this module packs differently: it is part of the name of what is kept."""

SOURCE = Path(__file__).parents[2] / "ingest_lambda"

_ONLY_BEFORE = "contract/compiling.py"
"""What compiles the texts here, so that no function does."""

_SCRATCH = "packing-"
"""How the directories begin in which archives are put together."""

_EPOCH = (1980, 1, 1, 0, 0, 0)

Find = Callable[[Sequence[str]], list[Package]]


@dataclass(frozen=True)
class Archives:
    """The two archives of one state of the code, and what they were built for."""

    light: Path
    images: Path
    target: Target

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the template that follow from the build."""
        values = (
            self.light.name,
            self.images.name,
            self.target.runtime,
            self.target.architecture,
        )
        return dict(zip(FROM_THE_BUILD, values, strict=True))


def build_here(directory: Path) -> Archives:
    """Return archives for this interpreter, of the packages installed here; built where they are not there yet."""
    return _build_both(directory, Target.here(), installed, is_compiled=True)


def build_for(
    target: Target, directory: Path, cache: Path, *, is_compiled: bool = False
) -> Archives:
    """Return archives for a target, of its wheels, which ``cache`` keeps.

    Raises:
        CannotPack: a wheel is missing, an object is not for the target, an archive is too large,
            or this Python can't compile for the target.
    """
    here = Target.here().python
    if is_compiled and here != target.python:
        raise CannotPack(
            f"Only Python {target.python} compiles modules for {target.runtime}, and this is {here}."
        )

    # One download for both: the images function needs all that the others do.
    wheels = downloaded(IMAGES, target, cache)
    return _build_both(
        directory, target, lambda roots: of_wheels(roots, target, wheels), is_compiled=is_compiled
    )


def _build_both(directory: Path, target: Target, find: Find, *, is_compiled: bool) -> Archives:
    packing = _Packing(directory, target, find, is_compiled)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        built = Archives(packing.build("light", LIGHT), packing.build("images", IMAGES), target)
        _remove_unused(directory)
    except OSError as error:
        # A full disk, for one. Archives have their names only when they are whole.
        raise CannotPack(f"The archives can't be built in {directory}: {error}.") from error
    return built


def _remove_unused(directory: Path) -> None:
    """Remove archives that no build used lately, and what a killed one left.

    Not at once: another process may have built them for another target, or for
    another state of the code, and has yet to upload them.
    """
    oldest = time.time() - KEPT_SECONDS
    for pattern in ("light-*.zip", "images-*.zip", f"{_SCRATCH}*"):
        for left in directory.glob(pattern):
            with suppress(FileNotFoundError):  # another process removed it
                if left.stat().st_mtime > oldest:
                    continue
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()


@dataclass(frozen=True)
class _Packing:
    directory: Path
    target: Target
    find: Find
    is_compiled: bool

    def build(self, name: str, roots: tuple[str, ...]) -> Path:
        packages, ours = self.find(roots), list(_ours())
        built_by = sys.version.split()[0] if self.is_compiled else ""
        identities = [package.identity for package in packages]
        base_digest = _digest(LAYOUT, str(self.target), built_by, *sorted(SERVICES), *identities)
        content = [f"{path.relative_to(SOURCE)}:{_digest(path.read_bytes())}" for path in ours]
        target = self.directory / f"{name}-{_digest(base_digest, *content)}.zip"
        if _is_there(target):
            return target
        base = self.directory / f"{name}-packages-{base_digest}.zip"
        if not _is_there(base):
            self._write(base, needed_of(packages))
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=self.directory) as scratch:
            copy = Path(scratch) / "archive.zip"
            shutil.copyfile(base, copy)
            self._append(copy, (_ours_packed(path) for path in ours))
            _refuse_too_large(name, copy)
            copy.replace(target)
        return target

    def _write(self, target: Path, members: Iterator[tuple[str, bytes]]) -> None:
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=target.parent) as scratch:
            archive = Path(scratch) / "archive.zip"
            self._append(archive, members)
            archive.replace(target)

    def _append(self, archive: Path, members: Iterator[tuple[str, bytes]]) -> None:
        tag = sys.implementation.cache_tag
        with zipfile.ZipFile(archive, "a") as packed:
            for name, content in members:
                if misfit := self.target.misfit(name, content):
                    raise CannotPack(f"{misfit}.")
                _add(packed, name, content)
                if self.is_compiled and name.endswith(".py"):
                    folder, _, module = name.rpartition("/")
                    cached = f"{folder}/__pycache__/{module[:-3]}.{tag}.pyc".lstrip("/")
                    _add(packed, cached, _compiled(name, content))


def _is_there(archive: Path) -> bool:
    """Tell whether an archive is there, and note that it is in use (``_remove_unused``)."""
    try:
        os.utime(archive)
    except FileNotFoundError:
        return False
    return True


def _refuse_too_large(name: str, archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        unpacked = sum(member.file_size for member in packed.infolist())
    size, most = archive.stat().st_size, LARGEST_BYTES[name]
    if size > most or unpacked > LARGEST_UNPACKED_BYTES:
        raise CannotPack(
            f"The archive {name} has {size:,} bytes of at most {most:,}, "
            f"and {unpacked:,} unpacked of at most {LARGEST_UNPACKED_BYTES:,}."
        )


def _ours() -> Iterator[Path]:
    for path in sorted((*SOURCE.rglob("*.py"), *SOURCE.rglob("*.po"))):
        if "__pycache__" not in path.parts and path != SOURCE / _ONLY_BEFORE:
            yield path


def _ours_packed(path: Path) -> tuple[str, bytes]:
    name = f"ingest_lambda/{path.relative_to(SOURCE)}"
    if path.suffix == ".po":
        return f"{name[:-3]}.mo", compiled(path)
    return name, path.read_bytes()


def _digest(*parts: str | bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part if isinstance(part, bytes) else part.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]


def _compiled(name: str, source: bytes) -> bytes:
    """Compile a module into the file that Python would cache: never checked against its source (PEP 552).

    In an old format of ``marshal``: the newer ones write down how often an
    object happened to be shared, so that no two runs give equal bytes.
    """
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    unchecked = (1).to_bytes(4, "little")
    return b"".join((MAGIC_NUMBER, unchecked, source_hash(source), marshal.dumps(code, 2)))


def _add(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A fixed date and mode, for equal bytes; deflated lightly, since it is unpacked at every cold start.
    member = zipfile.ZipInfo(name, _EPOCH)
    member.external_attr = 0o644 << 16
    packed.writestr(member, content, zipfile.ZIP_DEFLATED, compresslevel=1)
