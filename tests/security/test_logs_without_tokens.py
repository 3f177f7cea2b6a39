"""No log of the site holds a token that works, however its address was asked for."""

import io
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core.signing import TimestampSigner, dumps
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from gunicorn.config import Config

from campaignhub.access_log import TokenlessLogger
from campaignhub.local_aws.ministack import MiniStack
from campaignhub.local_aws.services import Plan, services
from campaignhub.logs import JsonLine, without_tokens
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.publishing.services.drafts import draft_of, draft_token
from campaigns.setup.models import Campaign
from tests.campaigns.factories import make_draft, make_promoter, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> str:
    """A token that opens a draft."""
    client = make_promoter()
    viewer: User = make_user((client, Role.OWNER))
    campaign: Campaign = make_draft(client=client)
    made = draft_token(campaign, viewer=viewer, at=timezone.now())
    assert draft_of(made, at=timezone.now()) == campaign
    return made


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the site's own log says meanwhile, as its one handler writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


FORMS = (
    "/draft/{token}/",
    "/draft/{token}/assets/logo.png",
    "/draft/{token}",
    "//draft/{token}/",
    "/admin/?next=/draft/{token}/",
    "/admin/login/?next={quoted}",
    "/admin/login/?next={twice}",
    "/x/?t={token}&u=1",
    "/x/{token}",
    "/draft/{letters}/",
    "https://staff.example/draft/{token}/?part=1",
)
"""How a draft's token gets into an address, a query or a referrer."""


def spelled(form: str, token: str) -> str:
    """Return an address with a token in it."""
    address = f"/draft/{token}/"
    letters = "".join(f"%{ord(letter):02x}" for letter in token)
    once = quote(address, safe="")
    return form.format(token=token, quoted=once, twice=quote(once, safe=""), letters=letters)


def holds(text: str, token: str) -> bool:
    """Tell whether a token can be read out of a text, by its signature."""
    signature = token.rpartition(":")[2]
    return signature in text or signature in re.sub(
        r"%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text.replace("%25", "%")
    )


class Asked:
    """What gunicorn knows of a request when it writes its line."""

    def __init__(self, address: str, **headers: str) -> None:
        path, _, query = address.partition("?")
        self.environ = {
            "REQUEST_METHOD": "GET",
            "RAW_URI": address,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_REFERER": headers.get("Referer", "-"),
        }
        self.headers = list(headers.items())


def logged(asked: Asked, how: str, place: Path) -> str:
    """Return what the line of a request says in a log of this format."""
    config = Config()
    config.set("accesslog", str(place))
    config.set("errorlog", str(place.with_suffix(".errors")))
    config.set("access_log_format", how)
    logger: Any = TokenlessLogger(config)
    answer = SimpleNamespace(
        status="200 OK", sent=5, headers=[("Location", asked.environ["RAW_URI"])]
    )
    logger.access(answer, asked, asked.environ, timedelta(milliseconds=5))
    closed(logger)
    (line,) = place.read_text().splitlines()
    read: dict[str, str] = json.loads(line)
    assert (read["level"], read["at"][-6:]) == ("info", "+00:00")
    return read["message"]


def closed(logger: Any) -> None:
    """Let go of the files of a logger; gunicorn's live as long as its process."""
    for log in (logger.access_log, logger.error_log):
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()


EVERYTHING = (
    "%(r)s | %(m)s %(U)s %(q)s %(s)s | %(f)s | %({referer}i)s %({location}o)s %({raw_uri}e)s"
)


@pytest.mark.parametrize("form", FORMS)
def test_the_access_log_has_no_token_in_whatever_format(
    form: str, token: str, tmp_path: Path
) -> None:
    address = spelled(form, token)
    line = logged(Asked(address, Referer=f"https://x.example{address}"), EVERYTHING, tmp_path / "a")
    assert not holds(line, token), line
    assert line.startswith("GET ")
    assert "200" in line


def test_what_tells_pages_apart_stays_in_the_access_log(token: str, tmp_path: Path) -> None:
    how = "%(m)s %(U)s %(s)s %(M)s ms"
    line = logged(Asked(f"/draft/{token}/assets/logo.png"), how, tmp_path / "a")
    assert line == "GET /draft/[token removed]/assets/logo.png 200 5 ms"
    entry = uuid4()
    for path in (
        f"/admin/submissions/submission/{entry}/change/",
        "/c/summer-receipts/assets/page.3f2a9c0d1e4b5a6f.css",
        "/admin/?e=100%25&q=K7M4-2QXD",
        "/welcome/accept/",
    ):
        assert logged(Asked(path), "%(r)s", tmp_path / uuid4().hex) == f"GET {path} HTTP/1.1"


def test_an_address_cannot_write_a_second_line(tmp_path: Path) -> None:
    line = logged(Asked("/x\nGET /admin/ 200 1 ms\r\x1b[2K"), "%(m)s %(U)s", tmp_path / "a")
    assert line == "GET /x\\nGET /admin/ 200 1 ms\\r\\x1b[2K"


def test_an_error_of_the_web_server_names_no_token(token: str, tmp_path: Path) -> None:
    config = Config()
    config.set("errorlog", str(tmp_path / "errors"))
    logger: Any = TokenlessLogger(config)
    closed(logger)
    logger.setup(config)  # as a reload does
    try:
        raise ValueError(f"cannot serve /draft/{token}/")
    except ValueError:
        logger.exception("Error handling request %s", f"/draft/{token}/?a=%3A")
    closed(logger)
    text = (tmp_path / "errors").read_text()
    line = json.loads(text)
    assert line["level"] == "error"
    assert line["message"].startswith("Error handling request /draft/[token removed]/")
    assert line["exception"].endswith("\nValueError: cannot serve /draft/[token removed]/")
    assert not holds(text, token)


@pytest.mark.parametrize("form", FORMS)
def test_django_s_line_about_a_page_that_is_not_there_has_no_token(
    form: str, token: str, lines: io.StringIO
) -> None:
    address = spelled(form, token)
    browser = Browser(raise_request_exception=False)
    browser.get(address.replace("https://staff.example", ""))
    browser.get(f"/nothing{address}")
    logging.getLogger("django.request").error("Internal Server Error: %s", address)
    logging.getLogger("django.server").info('"GET %s HTTP/1.1" %s', address, 200)
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [one for one in told if one["logger"] == "django.request"]
    assert [one for one in told if one["logger"] == "django.server"]
    assert not holds(lines.getvalue(), token)


def test_a_view_that_fails_leaves_no_token_in_the_log(
    token: str, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError(f"no file for {reverse('draft_page', args=[token])}")

    monkeypatch.setattr("campaigns.publishing.views.preview_files", broken)
    answer = Browser(raise_request_exception=False).get(reverse("draft_page", args=[token]))
    assert answer.status_code == 500
    assert "Internal Server Error: /draft/[token removed]/" in lines.getvalue()
    assert not holds(lines.getvalue(), token)


@pytest.mark.parametrize("name", ["django", "django.server", "django.request", "django.security"])
def test_django_writes_by_no_handler_of_its_own(name: str) -> None:
    """They would print addresses as they come, and mail what a form held."""
    assert not logging.getLogger(name).handlers
    assert logging.getLogger(name).propagate


def test_other_tokens_go_too() -> None:
    invitation = "u8Zq0bN4Xr2mVt7yKc1LwE5aHs9Jd3Pf6GiQoTzUnRk"
    signed = (
        dumps({"a": 1}),
        TimestampSigner().sign("x" * 20),
        f"{'payload' * 10}.{'s' * 43}",
        "",
    )
    for text in (
        f"/welcome/%23{invitation}",
        f"/welcome/#{invitation}",
        f"/welcome/{invitation}/",
        f"/x?token={invitation}&a=1",
        f"/x?X-Amz-Signature={invitation}&a=1",
        f"Not Found: /c/summer/status/%23{signed[2]}",
    ):
        assert invitation not in without_tokens(text), text
        assert "s" * 43 not in without_tokens(text), text
    for text in filter(None, signed):
        assert text not in without_tokens(f"/x/{text}/")


def test_a_hostile_line_costs_no_more_than_its_length() -> None:
    for part in (
        "a" * 16 + ":",
        "a:",
        "#",
        "/draft/",
        "%25",
        "token=",
        "a%3A",
        "-" * 15,
        "/welcome/",
    ):
        times = []
        for length in (20_000, 80_000):
            text = part * (length // len(part))
            begun = time.perf_counter()
            without_tokens(text)
            times.append(time.perf_counter() - begun)
        # Four times the text: sixteen times the time would be the square. With room for a slow machine.
        assert times[1] < 12 * times[0] + 0.2, part


def test_the_installation_starts_its_web_server_with_this_logger(tmp_path: Path) -> None:
    plan = Plan(tmp_path, tmp_path, 8000, 4566, lambda: True, lambda _path: None, "")
    emulator = MiniStack(4566, tmp_path, tmp_path)
    web = services(plan, emulator, 8000)["web"]
    given = web.command[web.command.index("--logger-class") + 1]
    code = f"from gunicorn.util import load_class; print(load_class({given!r}).__name__)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == TokenlessLogger.__name__
