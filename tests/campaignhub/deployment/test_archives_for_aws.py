"""Archives for AWS are of the target's own wheels, whichever machine packs them."""

import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from campaignhub.deployment.archives import IMAGES, LARGEST_BYTES, build_for
from campaignhub.deployment.errors import CannotPack
from campaignhub.deployment.packages import downloaded, of_wheels
from campaignhub.deployment.target import Target
from campaignhub.env import VAR
from tests.ingest_lambda.declared import functions

WHEELS = VAR / "wheels"
"""Kept from run to run: the registry is asked once per set of pinned versions."""


@pytest.fixture(scope="module")
def archives():
    """Build what `manage.py deploy` uploads unless told otherwise."""
    return build_for(Target(), VAR / "archives", WHEELS)


def objects(archive):
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            content = packed.read(name)
            if content.startswith(b"\x7fELF"):
                yield name, content


def test_every_object_is_for_arm64_and_the_runtime_s_c_library(archives):
    found = dict(objects(archives.images))

    assert len(found) > 5
    for name, content in found.items():
        assert int.from_bytes(content[18:20], "little") == 0xB7, name
        wanted = re.findall(rb"GLIBC_2\.(\d+)", content)
        assert max(map(int, wanted), default=0) <= 34, name
        if "cpython" in name:
            assert "cpython-313-aarch64" in name


def test_every_wheel_s_tag_runs_on_the_target(archives):
    for wheel in downloaded(IMAGES, Target(), WHEELS).glob("*.whl"):
        *_, tags = parse_wheel_filename(wheel.name)
        platforms = {tag.platform for tag in tags}
        assert platforms == {"any"} or all("aarch64" in name for name in platforms)


def test_a_second_build_gives_the_same_bytes(archives, tmp_path):
    second = build_for(Target(), tmp_path, WHEELS)

    assert (second.light.name, second.images.name) == (archives.light.name, archives.images.name)
    assert second.light.read_bytes() == archives.light.read_bytes()
    assert second.images.read_bytes() == archives.images.read_bytes()


def test_members_are_alike_for_every_packer_and_small(archives):
    for name, archive in (("light", archives.light), ("images", archives.images)):
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
        assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
        assert {member.external_attr >> 16 for member in members} == {0o644}
        assert len({member.filename for member in members}) == len(members)
        assert not [member for member in members if member.filename.endswith(".pyc")]
        assert archive.stat().st_size <= LARGEST_BYTES[name]


def test_modules_are_compiled_by_a_python_of_the_target_s_version_only(tmp_path):
    other = Target("3.14" if sys.version_info[:2] != (3, 14) else "3.13")

    with pytest.raises(CannotPack, match=f"Only Python {other.python} compiles"):
        build_for(other, tmp_path, WHEELS, is_compiled=True)


def test_the_template_runs_what_was_built(archives):
    given = archives.parameters()

    assert (given["Runtime"], given["Architecture"]) == ("python3.13", "arm64")
    assert given["LightCodeKey"] == archives.light.name


def imports_every_handler(built, interpreter, directory):
    """Fail unless an interpreter finds every handler in its unpacked archive, and nothing beside it."""
    handlers = {
        function["Handler"].rpartition(".")[2]: name for name, function in functions().items()
    }
    for archive in (built.light, built.images):
        place = directory / archive.stem
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(place)
        mine = [
            handler
            for handler, name in handlers.items()
            if (name == "ImagesFunction") == (archive == built.images)
        ]
        program = (
            f"import sys; sys.path.insert(0, {str(place)!r})\n"
            "import ingest_lambda.handlers as handlers\n"
            f"for name in {mine!r}: assert callable(getattr(handlers, name)), name\n"
            "if 'images' in sys.path[0]: import PIL.Image, pillow_heif, pypdfium2\n"
            "import boto3\n"
            "assert all(m.__file__.startswith(sys.path[0]) for m in (boto3, handlers))\n"
        )
        subprocess.run([interpreter, "-I", "-S", "-c", program], check=True, cwd=place)


def test_every_handler_is_found_in_the_unpacked_archive(tmp_path):
    """For the machine at hand, by the same way: its wheels, not what is installed."""
    built = build_for(Target.here(), VAR / "archives-here", WHEELS)
    imports_every_handler(built, sys.executable, tmp_path)


@pytest.mark.soak
def test_every_handler_is_imported_by_a_python_of_the_target_s_version(tmp_path):
    """Of this machine's processor: what is of the target's, the objects above are read for."""
    python = interpreter_of(Target().python)
    if python is None:
        pytest.skip(f"There is no Python {Target().python} on this machine.")
    here = replace(Target(), architecture=Target.here().architecture)
    imports_every_handler(build_for(here, tmp_path / "archives", WHEELS), python, tmp_path)


def interpreter_of(version):
    """Return a Python of a version, from the path or from pyenv."""
    found = shutil.which(f"python{version}")
    for place in (found, *sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))):
        if place and subprocess.run([place, "-c", ""], check=False).returncode == 0:
            return str(place)
    return None


ELF = b"\x7fELF" + b"\x00" * 14


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.so", ELF + (0x3E).to_bytes(2, "little"), "another processor"),
        ("a.so", ELF + (0xB7).to_bytes(2, "little") + b"\x00GLIBC_2.38\x00", r"glibc 2\.38"),
        ("a.cpython-311-aarch64-linux-gnu.so", ELF + (0xB7).to_bytes(2, "little"), r"Python 3\.11"),
    ],
)
def test_an_object_that_the_target_cannot_load_is_named(name, content, why):
    assert re.search(why, Target().misfit(name, content))


def test_what_is_no_object_fits_everywhere():
    assert Target().misfit("a.py", b"import os") == ""
    assert (
        Target().misfit("a.abi3.so", ELF + (0xB7).to_bytes(2, "little") + b"\x00GLIBC_2.17\x00")
        == ""
    )


def wheel(directory, name, *requires, tags="py3-none-any"):
    """Write a wheel with nothing but its metadata."""
    path = directory / f"{name}-1.0-{tags}.whl"
    with zipfile.ZipFile(path, "w") as packed:
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
        lines += [f"Requires-Dist: {needed}" for needed in requires]
        packed.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n\n")
    return path


def test_conditions_are_those_of_the_target_not_of_the_machine_that_packs(tmp_path):
    wheel(tmp_path, "a", 'b; python_version < "3.13"', 'c; platform_machine == "aarch64"')
    wheel(tmp_path, "b")
    wheel(tmp_path, "c")

    assert [found.name for found in of_wheels(("a",), Target(), tmp_path)] == ["a", "c"]


def test_a_wheel_that_only_the_target_needs_is_missed_by_name(tmp_path):
    wheel(tmp_path, "a", 'b; python_version >= "3.13"')

    with pytest.raises(CannotPack, match=r"b is needed on python3\.13"):
        of_wheels(("a",), Target(), tmp_path)


def test_a_wheel_of_another_machine_is_refused(tmp_path):
    wheel(tmp_path, "a", tags="cp313-cp313-manylinux_2_28_x86_64")

    with pytest.raises(CannotPack, match=r"does not run on python3\.13, aarch64"):
        of_wheels(("a",), Target(), tmp_path)


def test_a_compiled_archive_starts_from_its_compiled_modules_and_is_not_too_large(tmp_path):
    """For the machine at hand: no other Python compiles for it."""
    built = build_for(Target.here(), VAR / "archives-compiled", WHEELS, is_compiled=True)
    plain = build_for(Target.here(), VAR / "archives-here", WHEELS)
    assert built.light.name != plain.light.name
    for name, archive in (("light", built.light), ("images", built.images)):
        assert archive.stat().st_size <= LARGEST_BYTES[name]
    with zipfile.ZipFile(built.light) as packed:
        packed.extractall(tmp_path)
        sources = {name for name in packed.namelist() if name.endswith(".py")}
        cached = {name for name in packed.namelist() if name.endswith(".pyc")}
        # Never checked against its source (PEP 552): its date says nothing where a function runs.
        assert {packed.read(name)[4] for name in cached} == {0b01}
    assert {cache_from_source(name) for name in sources} == cached
    # Without a source that could be compiled there: what is imported is what was packed.
    for name in sources:
        (tmp_path / name).write_text("raise AssertionError('compiled again')")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import ingest_lambda.handlers as handlers\n"
        "assert callable(handlers.write)\n"
    )
    subprocess.run([sys.executable, "-I", "-c", program], check=True, timeout=60)
