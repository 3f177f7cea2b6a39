"""How operators and staff come to the operations page."""

from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.setup.models import Campaign
from tests.campaigns.factories import make_user

OPERATIONS = reverse("admin:operations")


def signed_in(user: User) -> Browser:
    """Return a browser in which somebody is signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser


def operator() -> Browser:
    """Sign somebody in who runs the installation."""
    return signed_in(make_operator())


def make_operator() -> User:
    """Make somebody who runs the installation."""
    user = make_user()
    user.is_superuser = True
    user.save()
    return user


def manager(campaign: Campaign, role: Role = Role.CAMPAIGN_MANAGER) -> Browser:
    """Sign somebody in who has a role at the campaign's client."""
    return signed_in(make_user((campaign.client, role)))
