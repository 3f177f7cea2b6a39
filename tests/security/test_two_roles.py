"""Somebody works for two clients in two roles: each list shows what the role at its client allows."""

from typing import Any

import pytest
from django.urls import reverse

from campaigns.accounts.models import Membership
from campaigns.accounts.rules.roles import Role
from tests.security.two_clients import MARK, Side, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("working_account")]


def rows(page: Any) -> str:
    """Return the rows of a list as they are shown; its filters may name each client that one works for."""
    assert page.status_code == 200
    shown: str = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return shown


@pytest.mark.parametrize("room", ["mail_mail", "accounts_auditentry", "access_partnerkey"])
def test_a_list_leaves_out_the_client_at_which_the_role_may_not_see_it(
    room: str, theirs: Side, ours: Side
) -> None:
    owner_of_ours = ours.staff[Role.OWNER]
    membership = Membership.objects.create(
        user=owner_of_ours, client=theirs.client, role=Role.MODERATOR
    )
    address = reverse(f"admin:{room}_changelist")
    assert MARK not in rows(signed_in(owner_of_ours).get(address))

    membership.role = Role.OWNER
    membership.save()
    assert MARK in rows(signed_in(owner_of_ours).get(address))
