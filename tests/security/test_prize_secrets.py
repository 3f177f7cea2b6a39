"""No moment's time and no code is shown by any address to anyone whom it does not concern."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import AuditEntry
from campaigns.accounts.rules.roles import CAPABILITIES, Capability, Role
from campaigns.prizes.models import Prize, SealedSet
from campaigns.publishing.services.manifest import manifest_of, page_content
from campaigns.setup.models import Campaign
from tests.security.access import walked
from tests.security.two_clients import (
    Side,
    make_operator,
    secret_codes,
    secret_times,
    signed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("working_account")]


def secrets_in(text: str, side: Side) -> list[str]:
    """Return what of a side's secrets stands in a text."""
    sealed: SealedSet = side[SealedSet]
    clocks = [f"{at:%M:%S}" for at in secret_times()]
    words = [*secret_codes("Quillmark"), sealed.nonce, *clocks, *sealed.moments.split()[:1]]
    return [word for word in words if word in text]


def readers(side: Side) -> Iterator[tuple[str, object]]:
    """Return everybody but an auditor, signed in."""
    for role, user in side.staff.items():
        if role is not Role.AUDITOR:
            yield role.value, signed_in(user)
    yield "operator", signed_in(make_operator())


def test_only_an_auditor_has_the_right_to_moments() -> None:
    roles = [role for role, granted in CAPABILITIES.items() if Capability.PRIZE_MOMENTS in granted]
    assert roles == [Role.AUDITOR]
    assert Capability.PRIZE_MOMENTS not in CAPABILITIES[Role.OWNER]


def test_no_page_shows_a_code_or_the_time_of_a_moment(theirs: Side) -> None:
    for who, browser in readers(theirs):
        for address in walked("staff", "room", "thing"):
            path = address.filled(theirs)
            answer = browser.get(path)  # type: ignore[attr-defined]
            text = b"".join(answer) if answer.streaming else answer.content
            assert not secrets_in(text.decode(errors="replace"), theirs), (who, path)


def test_an_auditor_reads_moments_and_that_stands_in_the_log(theirs: Side) -> None:
    sealed: SealedSet = theirs[SealedSet]
    address = reverse("admin:campaigns_campaign_sealed_moments", args=[sealed.pk])
    answer = theirs.browser(Role.AUDITOR).get(address)
    assert sealed.nonce in answer.content.decode()
    prize = theirs[Prize]
    assert f"<td>{prize} <code>{prize.key}</code></td>" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    line = AuditEntry.objects.get(code="prize.moments_viewed")
    assert not secrets_in(f"{line.before} {line.after} {line.target}", theirs)


def test_neither_page_nor_manifest_carries_them(theirs: Side) -> None:
    campaign: Campaign = theirs[Campaign]
    campaign.closes_at = timezone.now()
    page = page_content(campaign, release=1)
    assert not secrets_in(page.model_dump_json(), theirs)
    manifest = manifest_of(campaign, release=1, page_sha256="0" * 64)
    assert not secrets_in(manifest.model_dump_json(), theirs)
