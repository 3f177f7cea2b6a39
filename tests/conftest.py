"""What every test may ask for."""

import gc
import re
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from tests.support import evidence
from tests.support.browsers import open_chromium, open_page
from tests.support.examples import examples
from tests.support.granted import refused
from tests.support.installation import UNDO_SECONDS, Installation, running_installation
from tests.support.ways_in import chosen_way_in, is_way_in_chosen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# How long an example takes says more of the machine than of the code.
hypothesis_settings.register_profile("any_machine", deadline=None, max_examples=examples())
hypothesis_settings.load_profile("any_machine")


STACKS = {"embedded", "rough", "stack"}
"""Fixtures that run AWS, or a whole installation."""
FOUND_BY = {
    r"\b(mark\.(dialects|sqlite))\b": {"dialects", "sqlite"},
    r"\b(mark\.(browser|flow)|embedded|rough|stack)\b": {"browser", "flow"},
}
"""What `tests/run` finds the files by whose tests bear a mark, so that it imports no others."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None]:
    """Mark what needs a stack; leave out what only the other database can show, and long runs unless asked for.

    What takes longest comes first, so that no process is left with it at the end.
    """
    from django.db import connection

    for item in items:
        if isinstance(item, pytest.Function) and STACKS & set(item.fixturenames):
            item.add_marker("flow")
    for pattern, marks in FOUND_BY.items():
        marked = {
            item.path for item in items if marks & {mark.name for mark in item.iter_markers()}
        }
        if missed := [str(path) for path in marked if not re.search(pattern, path.read_text())]:
            raise pytest.UsageError(
                f"tests/run would not find {missed}: nothing in them is {pattern}"
            )
    out = {"sqlite"} if connection.vendor == "postgresql" else {"postgres"}
    out |= set() if "soak" in config.getoption("markexpr") else {"soak"}
    unfit = [item for item in items if out & {mark.name for mark in item.iter_markers()}]
    if is_way_in_chosen():
        unfit += [item for item in items if "embedded" not in getattr(item, "fixturenames", ())]
    if unfit:
        config.hook.pytest_deselected(items=unfit)
        items[:] = [item for item in items if item not in set(unfit)]
    yield
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share out files by what has to be started for their tests."""
    from tests.support.scheduling import SharedStarts

    return SharedStarts(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking thousands of tests that stay, and run it less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what a failing test saw: the logs of its installation, and its pages as they stood."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        report.sections += evidence.keep(item.nodeid, item.funcargs.values())
    return report


@pytest.fixture(scope="session", autouse=True)
def _quick_settings() -> Iterator[None]:
    """Hash passwords quickly, keep files in memory and look for static ones only when asked for one.

    The first two are somebody else's to test. WhiteNoise would read the lists of all static files
    for each client that a test makes: twenty times as long as the rest of a first request.
    """
    from django.conf import settings
    from django.test import override_settings

    in_memory: dict[str, Any] = {
        "BACKEND": "django.core.files.storage.InMemoryStorage",
        "OPTIONS": {"base_url": "/media/"},
    }
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={
            **settings.STORAGES,
            "default": in_memory,
            "receipts": in_memory,
        },
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_tests() -> Iterator[None]:
    """Let tests that commit be cleaned up on PostgreSQL: what is append-only refuses TRUNCATE there."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    emptied = DatabaseOperations.sql_flush

    def sql_flush(*arguments: Any, **options: Any) -> list[str]:
        # For this transaction, and only because the tests' role is a superuser.
        return ["SET LOCAL session_replication_role = replica", *emptied(*arguments, **options)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _made_under_no_scope() -> Iterator[None]:
    """Let fixtures that last longer than a test make what they need."""
    from campaigns.accounts.tenancy import unscoped

    with unscoped("tests arrange rows of several clients"):
        yield


@pytest.fixture(autouse=True)
def _arranged_under_no_scope() -> Iterator[None]:
    """Let a test arrange and look at rows of several clients; a request that it makes has its own scope."""
    from campaigns.accounts.tenancy import unscoped

    with unscoped("tests arrange rows of several clients"):
        yield


STRANDED = """
from campaigns.setup.models import Campaign
from submissions.review.services.stranded import stranded
print([str(entry) for entry in stranded(Campaign.objects.values_list('pk', flat=True), at=timezone.now())])
"""


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run one whole installation for all flow and browser tests: what ``make up`` starts.

    A test that stops or kills a part of it leaves it running again, or makes one of its own with
    :func:`running_installation`. In the end no entry of any test may be left without an answer,
    a queue or a clock, and no process may have called what its role on AWS does not allow.
    """
    settings = {"UNDO_SECONDS": str(UNDO_SECONDS), **chosen_way_in()}
    directory = tmp_path_factory.mktemp("embedded")
    with running_installation(directory, aws_port=None, **settings) as installation:
        yield installation
        assert installation.python(STRANDED).strip() == "[]"
        assert not any(refused(installation).values()), refused(installation)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Start Debian's Chromium once; each page below has a profile of its own in it."""
    with open_chromium() as chromium:
        yield chromium


@pytest.fixture
def phone(browser: "Browser") -> "Iterator[Page]":
    """Open an empty page as wide as a phone, with touch. Errors in its scripts fail the test."""
    with open_page(browser, width=390, height=844, touch=True) as page:
        yield page


@pytest.fixture
def desktop(browser: "Browser") -> "Iterator[Page]":
    """Open an empty page as wide as a desktop's. Errors in its scripts fail the test."""
    with open_page(browser, width=1440, height=900) as page:
        yield page
