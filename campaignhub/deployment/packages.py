"""What functions import, as files: from wheels of their target, or from the packages installed here.

Wheels for AWS, whose functions run on another processor and another Python
than whoever deploys. The emulator starts functions with this very interpreter, so
there the installed packages are the target's own, and no download stands between
an edit and its trial.
"""

import fcntl
import hashlib
import importlib.metadata
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from campaignhub.deployment.errors import CannotPack
from campaignhub.deployment.target import Target

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
"""The versions that everything here is tested with."""

DOWNLOAD_SECONDS = 600


@dataclass(frozen=True)
class Package:
    """One package of one version."""

    name: str
    identity: str
    """What decides its files: equal identities, equal bytes."""
    requires: tuple[str, ...]
    members: Callable[[], Iterator[tuple[str, bytes]]]
    """Its files: path below ``site-packages`` and content."""


def installed(roots: Sequence[str]) -> list[Package]:
    """Return the packages installed here and all that they need."""

    def find(name: str) -> Package:
        found = importlib.metadata.distribution(name)
        return Package(
            name=canonicalize_name(found.name),
            identity=f"{found.name}=={found.version}",
            requires=tuple(found.requires or ()),
            members=lambda: (
                (str(file), Path(str(file.locate())).read_bytes())
                for file in sorted(found.files or (), key=str)
                if file.parts[0] != ".." and not file.name.endswith(".pyc")
            ),
        )

    return _closure(roots, find, {"extra": ""})


def of_wheels(roots: Sequence[str], target: Target, directory: Path) -> list[Package]:
    """Return the packages and all that they need, of the wheels in a directory.

    Raises:
        CannotPack: a wheel is missing, or is not for the target.
    """
    wheels = {}
    for path in sorted(directory.glob("*.whl")):
        try:
            name, _version, _build, tags = parse_wheel_filename(path.name)
        except InvalidWheelFilename as error:
            raise CannotPack(f"{path.name} is not named as a wheel is.") from error
        if not {tag.platform for tag in tags} & {"any", *target.platforms}:
            raise CannotPack(f"{path.name} does not run on {target.runtime}, {target.machine}.")
        wheels[str(name)] = path

    def find(name: str) -> Package:
        # pip asks the conditions of this interpreter, not of the target's: what only that one needs
        # is missing here, and what only this one needs is left out.
        if canonicalize_name(name) not in wheels:
            raise CannotPack(f"{name} is needed on {target.runtime} and was not downloaded.")
        path = wheels[canonicalize_name(name)]
        return Package(
            name=canonicalize_name(name),
            identity=f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}",
            requires=_required(path),
            members=lambda: _unpacked(path),
        )

    return _closure(roots, find, target.markers)


def _closure(
    roots: Sequence[str], find: Callable[[str], Package], markers: dict[str, str]
) -> list[Package]:
    found: dict[str, Package] = {}
    waiting = [Requirement(root) for root in roots]
    while waiting:
        requirement = waiting.pop()
        if canonicalize_name(requirement.name) in found:
            continue
        package = find(requirement.name)
        found[package.name] = package
        for text in package.requires:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate(markers):
                waiting.append(needed)
    return sorted(found.values(), key=lambda package: package.name)


def _required(wheel: Path) -> tuple[str, ...]:
    with _opened(wheel) as packed:
        found = [name for name in packed.namelist() if _is_metadata(name)]
        if len(found) != 1:
            raise CannotPack(
                f"{wheel.name} has {len(found)} files of metadata, and a wheel has one."
            )
        headers = HeaderParser().parsestr(packed.read(found[0]).decode())
    return tuple(headers.get_all("Requires-Dist", ()))


def _is_metadata(name: str) -> bool:
    return name.count("/") == 1 and name.endswith(".dist-info/METADATA")


def _unpacked(wheel: Path) -> Iterator[tuple[str, bytes]]:
    with _opened(wheel) as packed:
        for member in sorted(packed.infolist(), key=lambda one: one.filename):
            name = member.filename
            top, _, rest = name.partition("/")
            if member.is_dir() or (top.endswith(".data") and rest.startswith("scripts/")):
                continue
            if top.endswith(".data"):
                raise CannotPack(f"{wheel.name} wants {rest} to be installed elsewhere.")
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise CannotPack(f"{wheel.name} has {name!r}, which is no regular file.")
            yield name, packed.read(member)


@contextmanager
def _opened(wheel: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(wheel) as packed:
            yield packed
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise CannotPack(
            f"{wheel.name} can't be read: {error}. Remove {wheel.parent}, and it is downloaded again."
        ) from error


def downloaded(roots: Sequence[str], target: Target, cache: Path) -> Path:
    """Return a directory with the wheels of pinned versions, downloaded once per set, target and pins.

    By pip, from whichever index it is configured to ask, and by one of several
    processes: the directory appears whole or not at all.

    Raises:
        CannotPack: pip does not get them; its reason is in the text.
    """
    wanted = [*sorted(roots), *target.platforms, target.python, *_pins(roots)]
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:16]
    whole = cache / f"{target.runtime}-{target.architecture}-{digest}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if whole.exists():
            return whole
        for left in cache.glob("loading-*"):
            shutil.rmtree(left)
        loading = Path(tempfile.mkdtemp(prefix="loading-", dir=cache))
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
            *("--no-input", "--only-binary", ":all:", "--dest", str(loading)),
            *("--implementation", "cp", "--python-version", target.python),
            *(part for tag in target.platforms for part in ("--platform", tag)),
            *("--constraint", str(CONSTRAINTS), *roots),
        ]
        try:
            ran = subprocess.run(  # noqa: S603
                command,
                check=False,
                capture_output=True,
                text=True,
                timeout=DOWNLOAD_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotPack(f"pip has no wheels after {DOWNLOAD_SECONDS} seconds.") from error
        if ran.returncode:
            errors = [line for line in ran.stderr.splitlines() if line.startswith("ERROR")]
            raise CannotPack("; ".join(errors) or f"pip failed: {ran.stderr[-500:]}")
        loading.replace(whole)
    return whole


def _pins(roots: Sequence[str]) -> list[str]:
    """Return the lines of the constraints that concern what the roots need; other pins move more often."""
    names = {package.name for package in installed(roots)}
    lines = CONSTRAINTS.read_text().splitlines()
    return [line for line in lines if canonicalize_name(line.partition("==")[0]) in names]
