"""Function archives hold what a function imports, and nothing that only makes it slower."""

import subprocess
import sys
import zipfile

import pytest

from campaignhub.deployment.archives import build_here
from campaignhub.deployment.members import SERVICES
from campaignhub.env import VAR


@pytest.fixture(scope="module")
def archives():
    return build_here(VAR / "build")


def test_an_archive_is_whole_without_anything_around_it(archives, tmp_path):
    with zipfile.ZipFile(archives.images) as archive:
        archive.extractall(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import boto3, pydantic, disposable_email_domains, aws_lambda_powertools, PIL.Image, pillow_heif, pypdfium2\n"
        "import ingest_lambda.contract\n"
        "for service in ('dynamodb', 's3', 'sqs'):\n"
        "    boto3.client(service, region_name='us-east-1')\n"
        "assert ingest_lambda.__file__.startswith(sys.path[0])\n"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True, cwd=tmp_path)


def test_a_function_finds_its_texts_compiled_in_every_language_and_needs_no_babel(
    archives, tmp_path
):
    with zipfile.ZipFile(archives.light) as archive:
        names = [name for name in archive.namelist() if name.startswith("ingest_lambda/contract/")]
        archive.extractall(tmp_path)
    assert not [name for name in names if name.endswith(".po") or "compiling" in name]
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from ingest_lambda.contract import Reason, ReasonCode, sentence\n"
        "why = Reason(code=ReasonCode.BEFORE_PURCHASE_WINDOW, found='2026-05-28', expected='2026-06-01')\n"
        "for locale in ('en', 'en-US', 'es', 'de', 'fr'):\n"
        "    print(sentence(why, locale=locale, texts={}, timezone='Europe/London'))\n"
        "assert not {'babel', 'django'} & set(sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", program],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert [line[:12] for line in ran.stdout.splitlines()] == [
        "Your receipt",
        "Your receipt",
        "Tu ticket es",
        "Dein Bon ist",
        "Votre ticket",
    ]


def test_only_the_images_function_carries_decoders(archives):
    light = zipfile.ZipFile(archives.light).namelist()

    assert not [name for name in light if name.startswith(("PIL/", "pypdfium2", "pillow"))]
    assert not [name for name in light if "django" in name.lower() or "celery" in name.lower()]


def test_modules_come_compiled_because_a_visitor_waits_for_the_first_start(archives):
    names = set(zipfile.ZipFile(archives.light).namelist())
    tag = sys.implementation.cache_tag

    assert f"ingest_lambda/__pycache__/__init__.{tag}.pyc" in names
    assert f"pydantic/__pycache__/main.{tag}.pyc" in names


def test_of_all_services_only_ours_are_described(archives):
    names = zipfile.ZipFile(archives.light).namelist()
    described = {
        name.split("/")[2]
        for name in names
        if name.startswith("botocore/data/") and name.count("/") > 2
    }

    assert described == SERVICES


def test_the_same_input_gives_the_same_bytes(archives, tmp_path):
    again = build_here(tmp_path)

    assert again.light.name == archives.light.name
    assert again.light.read_bytes() == archives.light.read_bytes()
