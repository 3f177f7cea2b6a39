"""Hostile text in every column that somebody types stays text on every page, mail and preview, for every role."""

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from campaignhub import aws
from campaignhub.content_policy import HEADER
from campaignhub.env import env
from campaigns.accounts.rules.roles import Role
from campaigns.publishing.services.drafts import draft_token
from submissions.operations.services.dead_letters import pairs
from tests.security.addresses import addresses
from tests.security.columns import typed_columns, untouched_columns
from tests.security.forms import forms_in
from tests.security.hostile import MARK, PIECES, TURNING, hostile, raw_in
from tests.security.scene import Scene, make_scene
from tests.support.simulated_aws import simulated_aws

pytestmark = pytest.mark.django_db

ROLES = [*(role.value for role in Role), "operator"]
FEWEST_PAGES = {
    Role.AUDITOR.value: 20,
    Role.MODERATOR.value: 15,
    Role.CAMPAIGN_MANAGER.value: 40,
}
LINK = re.compile(
    r'(?:href|src|data-live|data-next|data-sentences)="(/(?!static/|media/)[^"#]*|\?[^"#]*)'
)
ENDS = ("/logout/", "/leave/", "/live-preview/")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(env(), "site_root", tmp_path / "site")
    with simulated_aws(monkeypatch):
        made = make_scene(at=timezone.now())
        for pair in pairs().values():
            body = {"slug": made.campaign.slug, "kind": hostile(turn=1), hostile(40): [hostile()]}
            aws.sqs().send_message(QueueUrl=pair.dead_url, MessageBody=json.dumps(body))
        yield made


def registered(scene: Scene, role: str) -> list[str]:
    """Return every address of the registry, with what the scene has for its parts."""
    token = draft_token(scene.campaign, viewer=scene.staff[role], at=timezone.now())
    things = scene.things | {"token": [token], "uidb64": ["MQ"]}
    return [one for found in addresses(things).values() for one in found]


def walk(browser: Browser, seeds: list[str]) -> Iterator[tuple[str, HttpResponse]]:
    """Open the addresses and what their pages lead to: every mail's sample, else few queries of a place."""
    waiting, seen = list(seeds), set(seeds)
    queries: dict[str, int] = {}
    while waiting:
        address = waiting.pop(0)
        answer: Any = browser.get(address, follow=True)
        yield address, answer
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        here = answer.request["PATH_INFO"]
        for found in LINK.findall(answer.content.decode()):
            link = unescape(found)
            link = f"{here}{link}" if link.startswith("?") else link
            place = link.partition("?")[0]
            queries[place] = queries.get(place, 0) + 1
            if (
                link not in seen
                and queries[place] <= (30 if "/samples/" in place else 2)
                and not place.endswith(ENDS)
            ):
                seen.add(link)
                waiting.append(link)


def test_no_column_that_somebody_types_was_forgotten(scene: Scene):
    assert untouched_columns() == [], (
        "make it hostile in scene.py, or name it in NOT_TYPED of columns.py"
    )


@pytest.mark.parametrize("role", ROLES)
def test_hostile_text_is_text_on_every_page_that_a_role_can_open(scene: Scene, role: str):
    browser = Browser(raise_request_exception=True)
    browser.force_login(scene.staff[role])
    shown = policies = 0

    for address, answer in walk(browser, registered(scene, role)):
        assert answer.status_code < 500, address
        if "html" not in answer.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        assert raw_in(page) == [], address
        shown += MARK in unescape(page) and answer.status_code == 200
        policy = answer[HEADER]
        assert "script-src 'self'" in policy or "sandbox" in policy, address
        assert "unsafe" not in policy.replace("style-src-attr 'unsafe-inline'", "").replace(
            "style-src 'unsafe-inline'; img-src data:", ""
        ), address
        policies += 1

    assert shown >= FEWEST_PAGES.get(role, 50)
    assert policies >= shown


@pytest.mark.parametrize("role", [Role.OWNER.value, Role.MODERATOR.value, "operator"])
def test_hostile_text_typed_into_every_form_is_kept_as_text_or_refused_in_words(
    scene: Scene, role: str
):
    browser = Browser()
    browser.force_login(scene.staff[role])
    typed = f"\x00{TURNING}{hostile()}"
    names = set()

    for address in registered(scene, role):
        page: Any = browser.get(address, follow=True)
        if page.status_code != 200 or "html" not in page.get("Content-Type", ""):
            continue
        for form in forms_in(page.content.decode()):
            target = form.action or page.request["PATH_INFO"]
            if target.endswith("/logout/") or not form.typed:
                continue
            send = browser.post if form.method == "post" else browser.get
            for data in form.filled(lambda most: typed[:most]):
                answer: Any = send(target, data, follow=True)
                assert answer.status_code < 500, (address, data)
                if "html" in answer.get("Content-Type", ""):
                    assert raw_in(answer.content.decode()) == [], (address, data)
            names |= {re.sub(r"-\d+-|_(en|es|de|fr)$", "-", name) for name, _most in form.typed}

    assert len(names) >= {Role.MODERATOR.value: 3}.get(role, 30), names
    turned = re.compile(f"[\x00{TURNING}]")
    for model, name in typed_columns():
        for value in model._default_manager.values_list(name, flat=True):
            assert not turned.search(str(value)), (model.__name__, name)


@pytest.mark.parametrize("piece", PIECES[:5])
def test_the_eyes_see_each_piece_that_is_not_escaped(piece: str):
    assert raw_in(f'<p title="x">{piece}</p>') or raw_in(f'<p title="{piece}">x</p>')
    assert raw_in(f"<p title='{escape(piece)}'>{escape(piece)}</p>") == []


@pytest.mark.parametrize(
    "page",
    [
        '<a href=" JavaScript:go()">x</a>',
        '<form action="//foreign.example/"></form>',
        '<p x-text="data-hostile">',
        "<script>x</script>",
    ],
)
def test_the_eyes_see_what_needs_no_mark(page: str):
    assert raw_in(page)
