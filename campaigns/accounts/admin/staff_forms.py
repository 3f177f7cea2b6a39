"""The forms by which colleagues are invited and given other roles."""

from typing import Any

from django import forms

from campaignhub.staff_site.widgets import Plain, RadioCards
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.invitations import LONGEST_ADDRESS
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.wording import ROLE_WORDS


class InviteForm(forms.Form):
    """Whom to invite, to which client, as what."""

    client = forms.ModelChoiceField(
        Client.objects.none(),
        widget=Plain,
        empty_label="Choose a client",
        help_text="They see this client only, unless they work for others too.",
        error_messages={"required": "Choose a client."},
    )
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
    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in Role],
        widget=RadioCards(words={role.value: words for role, words in ROLE_WORDS.items()}),
        initial=Role.MODERATOR.value,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = clients_of(user, Capability.STAFF_MANAGE)
        client: Any = self.fields["client"]
        client.queryset = own
        if own.count() == 1:
            self.initial["client"] = own.get().pk
        for name in ("email", "given_name", "family_name"):
            self.fields[name].widget.attrs["class"] = "plain-input"


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in Role],
        widget=RadioCards(words={role.value: words for role, words in ROLE_WORDS.items()}),
    )
