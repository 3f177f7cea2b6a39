"""Forms of clients, their staff and their senders."""

from typing import Any, ClassVar

from django import forms

from campaignhub.staff_site.widgets import Plain, RadioCards
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.invitations import LONGEST_ADDRESS
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.accounts.rules.senders import covers
from campaigns.accounts.services.scope import clients_of
from campaigns.accounts.wording import ROLE_WORDS


class OfClient(forms.Form):
    """A form for one of one's own clients; where there is but one, it is chosen."""

    capability: ClassVar[Capability] = Capability.CLIENT_EDIT
    client = forms.ModelChoiceField(
        Client.objects.none(),
        widget=Plain,
        empty_label="Choose a client",
        error_messages={"required": "Choose a client."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client: Any = self.fields["client"]
        client.queryset = own = clients_of(user, self.capability)
        if own.count() == 1:
            self.initial["client"] = own.get().pk
        for field in self.fields.values():
            if not isinstance(field.widget, RadioCards):
                field.widget.attrs.setdefault("class", "plain-input")


class SenderIdentityForm(OfClient):
    """Which domain or address a client's mails may come from."""

    identity = forms.CharField(
        max_length=254,
        label="Domain or address",
        help_text="Such as nordlicht.example (every address at it) or hello@nordlicht.example.",
        error_messages={"required": "Enter a domain or an e-mail address."},
    )


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A client, whose mails come from an address at one of its own senders."""

    class Meta:
        model = Client
        fields = (
            "name",
            "legal_name",
            "address",
            "help_email",
            "help_phone",
            "sender_name",
            "sender_email",
        )
        labels = {"help_email": "Help e-mail", "sender_email": "Sender address"}
        error_messages = {"name": {"required": "Enter the client's name."}}
        help_texts = {
            "legal_name": "As written in the official rules.",
            "sender_name": "Used with a sender address of the client's own. Leave empty for the "
            "client's name.",
            "sender_email": "An address at one of the senders below. Leave empty to send from the "
            "platform's address.",
        }

    def clean_sender_email(self) -> str:
        """Refuse an address at which operators gave the client nothing."""
        address: str = self.cleaned_data.get("sender_email", "")
        identities = self.instance.sender_identities.all() if self.instance.pk else ()
        if address and not any(covers(one.identity, address) for one in identities):
            raise forms.ValidationError(
                "This isn't one of the client's senders. Choose an address from the list, or ask "
                "your CampaignHub operator to add it."
            )
        return address


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
