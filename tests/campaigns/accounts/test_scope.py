"""Staff see their own clients and no others."""

import pytest

from campaigns.accounts.rules.roles import CAPABILITIES, Capability, Role
from campaigns.accounts.services.scope import can, clients_of
from tests.campaigns.factories import make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_its_line_says_at_its_client_and_nothing_elsewhere(role: Role) -> None:
    own, other = make_client(), make_client("Stranger")
    user = make_user((own, role))
    assert list(clients_of(user)) == [own]
    for capability in Capability:
        assert can(user, capability, own) is (capability in CAPABILITIES[role])
        assert not can(user, capability, other)
