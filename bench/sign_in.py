"""What does the review desk feel while strangers guess passwords?

The web processes as ``manage.py up`` starts them, over SQLite with submissions
in it. A moderator asks for the desk's pages at a fixed rate, timed from when
each was *due*; beside that come wrong passwords: 20 a second for a list of
names from one address, and 20 a second from two hundred addresses for as many
names, which no count by address or account holds up. Milliseconds, p95.

The peer is what one gets without doing anything: Django's own backend, which
hashes every password that comes, at its own cost of 100 MiB and eight lanes.
"""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from bench.desk import environment
from bench.load import Outcome, Request
from bench.load import run as send
from bench.report import Report, Scale
from campaignhub.env import ROOT

COUNT: dict[Scale, int] = {"small": 300, "bench": 20_000, "soak": 100_000}
SECONDS: dict[Scale, int] = {"small": 3, "bench": 30, "soak": 120}
DESK_PER_SECOND = 4
GUESSES_PER_SECOND = 20
ADDRESSES = 200
START_SECONDS = 60

GOAL_P95_MS = 150

Guess = Callable[[int], Request]


def run(report: Report) -> None:
    """Measure the desk alone, beside both kinds of guessing, and beside Django's own backend."""
    with tempfile.TemporaryDirectory() as directory:
        env = {
            **environment(),
            "DATABASE_URL": f"sqlite:///{directory}/site.sqlite3",
            "TRUSTED_PROXIES": "1",
        }
        site = _filled(env, COUNT[report.scale])
        with _served("bench.sign_in_site:ours", env) as address:
            _warm_up(address, site, "ours")
            quiet = _measure(report, address, site, "ours", None)
            one = _measure(report, address, site, "ours", _guesses(address, addresses=1))
            many = _measure(report, address, site, "ours", _guesses(address, addresses=ADDRESSES))
        with _served("bench.sign_in_site:plain", env) as address:
            _warm_up(address, site, "plain")
            peer = _measure(report, address, site, "plain", _guesses(address, addresses=ADDRESSES))
    report.say(f"the desk alone: p95 {quiet:.0f} ms")
    for what, p95 in (("one address", one), (f"{ADDRESSES} addresses", many)):
        report.row(
            f"review desk beside {GUESSES_PER_SECOND} wrong sign-ins a second from {what}",
            goal=f"p95 < {GOAL_P95_MS} ms",
            measured=f"{p95:.0f} ms ({p95 / quiet:.1f} × the desk alone)",
            met=p95 < GOAL_P95_MS,
            peer=f"Django's own backend {peer:.0f} ms, {peer / p95:.1f} ×",
        )


def _filled(env: dict[str, str], count: int) -> dict[str, Any]:
    made = subprocess.run(
        [sys.executable, "-m", "bench.sign_in_site", str(count)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    site: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return site


@contextmanager
def _served(application: str, env: dict[str, str]) -> Iterator[str]:
    """Serve the site as ``campaignhub.local_aws.services`` does; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    server = subprocess.Popen(
        [sys.executable, *command, "--workers", "2", "--threads", "4", "--preload"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{address}/healthz"):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The site did not start.")
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(60)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except OSError:
        return False
    return True


def _warm_up(address: str, site: dict[str, Any], which: str) -> None:
    """Ask for each page, and guess, often enough that both processes have compiled all of it."""
    asyncio.run(send(_desk(address, site, which), count=48, connections=8))
    asyncio.run(send(_guesses(address, addresses=ADDRESSES), count=16, connections=4))


def _measure(
    report: Report, address: str, site: dict[str, Any], which: str, guess: Guess | None
) -> float:
    """Return the desk's p95 in milliseconds, with or without guesses beside it."""
    seconds = SECONDS[report.scale]

    async def both() -> tuple[Outcome, Outcome | None]:
        desk = send(
            _desk(address, site, which),
            count=DESK_PER_SECOND * seconds,
            connections=DESK_PER_SECOND * 4,
            rate=DESK_PER_SECOND,
        )
        if guess is None:
            return await desk, None
        guesses = send(
            guess,
            count=GUESSES_PER_SECOND * seconds,
            connections=GUESSES_PER_SECOND * 3,
            rate=GUESSES_PER_SECOND,
        )
        return await asyncio.gather(desk, guesses)

    desk, guesses = asyncio.run(both())
    if not desk.only(200):
        raise SystemExit(f"The desk did not answer: {desk}")
    report.say(f"{which}, desk:    {desk}   p95 {desk.percentile_ms(0.95):.0f} ms")
    if guesses is not None:
        report.say(f"{which}, guesses: {guesses}")
    return desk.percentile_ms(0.95)


def _desk(address: str, site: dict[str, Any], which: str) -> Callable[[int], Request]:
    cookie = ("Cookie", f"sessionid={site['sessions'][which]}")
    pages = site["pages"]
    return lambda number: Request(
        f"{address}{pages[number % len(pages)]}", headers=(cookie,), method="GET"
    )


def _guesses(address: str, *, addresses: int) -> Guess:
    """Return what guesses for another name each time, from so many addresses in turn."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{address}/admin/login/", timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        raise SystemExit("The sign-in page has no form.")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    begun = os.getpid() * 1_000_000 + int(time.time()) % 1_000_000

    def guess(number: int) -> Request:
        form = {
            "csrfmiddlewaretoken": token[1],
            "username": f"name-{begun}-{number}",
            "password": "wrong horse battery",
        }
        nth = number % addresses
        return Request(
            f"{address}/admin/login/",
            urlencode(form).encode(),
            "application/x-www-form-urlencoded",
            (
                ("Cookie", cookies),
                ("X-Forwarded-For", f"198.51.{nth // 250}.{nth % 250 + 1}"),
            ),
        )

    return guess
