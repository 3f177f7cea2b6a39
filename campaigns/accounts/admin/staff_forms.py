"""The forms by which colleagues are invited and given other roles."""

from typing import Any

from django import forms

from campaignhub.staff_site.widgets import RadioCards
from campaigns.accounts.admin.client_forms import OfClient
from campaigns.accounts.rules.invitations import LONGEST_ADDRESS
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.wording import ROLE_WORDS


def _role(**more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[(role.value, role.label) for role in Role],
        widget=RadioCards(words={role.value: words for role, words in ROLE_WORDS.items()}),
        **more,
    )


class InviteForm(OfClient):
    """Whom to invite, to which client, as what."""

    capability = Capability.STAFF_MANAGE
    email = forms.EmailField(
        label="E-mail",
        help_text="We'll send the invitation to this address.",
        max_length=LONGEST_ADDRESS,
        error_messages={
            "required": "Enter an e-mail address.",
            "invalid": "Enter an e-mail address such as ada@example.com, in plain letters (a to z).",
            "max_length": "This address is too long for an account.",
        },
    )
    given_name = forms.CharField(
        required=False, max_length=150, label="First name", help_text="They can correct it."
    )
    family_name = forms.CharField(required=False, max_length=150, label="Last name")
    role = _role(initial=Role.MODERATOR.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = "They see this client only, unless they work for others too."
        self.fields["client"].help_text = words


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = _role()
