"""Challenges: what the verifier says, what is its own trouble, and what follows from either."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from ingest_lambda.adapters.bucket import open_forms
from ingest_lambda.adapters.challenge import Challenges, Turnstile
from ingest_lambda.adapters.table import Partner
from ingest_lambda.adapters.tokens import verify
from ingest_lambda.config import Config
from ingest_lambda.contract import (
    Channel,
    MalformedSecret,
    Manifest,
    StartRequest,
    TokenPayload,
    challenge_secrets_of,
)
from ingest_lambda.errors import ChallengeFailed, TryAgain
from ingest_lambda.functions.start import Caller, Starter
from ingest_lambda.rules.people import api_key_hash
from tests.ingest_lambda.writing import KEYS, NOON, Desk

pytestmark = pytest.mark.usefixtures("account")

SPEC = {"provider": "turnstile", "site_key": "site", "on_trouble": "review"}


@contextmanager
def verifier(answer: bytes, status: int = 200) -> Iterator[tuple[Turnstile, list[dict[str, Any]]]]:
    """A verifier on this machine that gives one answer and remembers the questions."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append({name: value[0] for name, value in parse_qs(body).items()})
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Turnstile(url=f"http://127.0.0.1:{server.server_port}/", seconds=5), asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"success": True}, "passed"),
        ({"success": False, "error-codes": ["invalid-input-response"]}, "failed"),
        ({"success": False, "error-codes": ["timeout-or-duplicate"]}, "failed"),
        ({"success": False}, "failed"),
        ({"success": False, "error-codes": ["invalid-input-secret"]}, "unreachable"),
        ({"success": False, "error-codes": ["internal-error"]}, "unreachable"),
        ({"success": "yes"}, "unreachable"),
        ([], "unreachable"),
    ],
)
def test_what_the_verifier_says_is_told_from_its_own_trouble(said, outcome):
    with verifier(json.dumps(said).encode()) as (turnstile, asked):
        assert turnstile.verify("answer", secret="ours", address="192.0.2.7") == outcome
    assert asked == [{"secret": "ours", "response": "answer", "remoteip": "192.0.2.7"}]


@pytest.mark.parametrize(("answer", "status"), [(b"<html>", 200), (b"{}", 500)])
def test_a_verifier_in_trouble_is_unreachable(answer, status):
    with verifier(answer, status) as (turnstile, _):
        assert turnstile.verify("answer", secret="ours", address=None) == "unreachable"


@pytest.mark.parametrize(
    "broken",
    [
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
    ],
)
def test_a_verifier_that_breaks_off_is_unreachable(broken):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65_536)
                line.sendall(broken)

        thread = threading.Thread(target=answer)
        thread.start()
        away = Turnstile(url=f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=5)
        assert away.verify("answer", secret="ours", address=None) == "unreachable"
        thread.join()


def test_a_verifier_that_is_away_is_unreachable():
    away = Turnstile(url="http://127.0.0.1:9/", seconds=1)
    assert away.verify("answer", secret="ours", address=None) == "unreachable"


def test_the_secrets_are_read_by_site_key():
    assert challenge_secrets_of("a:1,b:2") == {"a": "1", "b": "2"}
    assert challenge_secrets_of("") == {}


@pytest.mark.parametrize("text", ["nothing", "a:", ":1", "a:1,", "a:1, b:2", "a:1,a:2"])
def test_secrets_that_are_malformed_are_not_passed_over(text):
    with pytest.raises(MalformedSecret):
        challenge_secrets_of(text)


class Says:
    """A provider with one opinion."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.calls = 0

    def verify(self, answer: str, *, secret: str, address: str | None) -> Any:
        self.calls += 1
        return self.outcome


def starter(provider: Says, *, secret: bool = True, **spec: Any) -> Starter:
    desk = Desk(challenge={**SPEC, **spec})
    return Starter(
        desk.table,
        desk.writer.releases,
        open_forms(Config()),
        KEYS,
        "ef" * 32,
        Challenges({"site": "ours"} if secret else {}, {"turnstile": provider}),
    )


def start(
    at: Starter, *, channel: Channel = Channel.WEB, **request: Any
) -> tuple[str, TokenPayload]:
    answer = at.start(
        "summer",
        StartRequest.model_validate({"release": 1, "locale": "en", **request}),
        caller=Caller(address="192.0.2.7", channel=channel, api_key="a key"),
        at=NOON,
    )
    return answer.token, verify(answer.token, token_keys=KEYS)


def test_a_passed_challenge_holds_for_the_whole_submission():
    provider = Says("passed")
    at = starter(provider)
    token, payload = start(at, challenge="answer")
    assert payload.challenge == "passed"
    assert start(at, token=token)[1].challenge == "passed"
    assert provider.calls == 1


def test_a_page_may_start_before_the_proof_and_bring_it_later():
    at = starter(Says("passed"))
    token, payload = start(at)
    assert payload.challenge == "failed"
    assert start(at, token=token)[1].challenge == "failed"
    assert start(at, token=token, challenge="answer")[1].challenge == "passed"


@pytest.mark.parametrize("outcome", ["failed", "unreachable"])
def test_with_review_as_policy_trouble_is_noted(outcome):
    assert start(starter(Says(outcome)), challenge="answer")[1].challenge == outcome


@pytest.mark.parametrize(
    ("outcome", "answer", "error"),
    [
        ("failed", "answer", ChallengeFailed),
        ("passed", None, ChallengeFailed),
        ("unreachable", "answer", TryAgain),
    ],
)
def test_with_refusal_as_policy_nobody_starts_unproven(outcome, answer, error):
    with pytest.raises(error):
        start(starter(Says(outcome), on_trouble="refuse"), challenge=answer)


def test_a_site_key_without_a_secret_is_our_trouble_not_the_visitors():
    provider = Says("passed")
    assert start(starter(provider, secret=False), challenge="answer")[1].challenge == "unreachable"
    assert provider.calls == 0


def test_partners_are_not_asked():
    provider = Says("failed")
    at = starter(provider, on_trouble="refuse")
    at.table.published.put_partner(api_key_hash("a key"), Partner(client_id="k1", name="Kiosks"))
    assert start(at, channel=Channel.PARTNER)[1].challenge is None
    assert provider.calls == 0


def test_without_a_challenge_in_the_campaign_none_is_asked():
    manifest = Desk().writer.releases.manifest("summer", 1)
    assert isinstance(manifest, Manifest)
    assert manifest.challenge is None
