"""Fixtures that several files here use."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaignhub.env import env
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from tests.campaigns.factories import make_user
from tests.security.two_clients import MARK, Side, make_side
from tests.submissions.factories import make_campaign
from tests.support.simulated_aws import simulated_aws


@pytest.fixture
def mails_in_memory(settings: Any) -> None:
    """Keep what is sent in ``django.core.mail.outbox``."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def working_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An account in which publishing and replaying would go through."""
    monkeypatch.setattr(env(), "site_root", tmp_path / "site")
    with simulated_aws(monkeypatch):
        yield


@pytest.fixture
def theirs() -> Side:
    """The client whose things are in the addresses."""
    return make_side(MARK)


@pytest.fixture
def ours() -> Side:
    """The client whose staff walks."""
    return make_side("Bystander")


@pytest.fixture
def campaign() -> Campaign:
    """A campaign with entries to decide on."""
    return make_campaign()


@pytest.fixture
def olivia(campaign: Campaign) -> User:
    """A colleague who decided first."""
    user = make_user((campaign.client, Role.OWNER))
    user.first_name = "Olivia"
    user.save()
    return user
