"""Forms for senders: what an operator assigns to a client, and which address the client chooses."""

from typing import Any

from django import forms

from campaignhub.staff_site.widgets import Plain
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.senders import covers


class SenderIdentityForm(forms.Form):
    """Which domain or address a client's mails may come from."""

    client = forms.ModelChoiceField(
        Client.objects.none(),
        widget=Plain,
        empty_label="Choose a client",
        error_messages={"required": "Choose a client."},
    )
    identity = forms.CharField(
        max_length=254,
        label="Domain or address",
        help_text="Such as nordlicht.example (every address at it) or hello@nordlicht.example.",
        error_messages={"required": "Enter a domain or an e-mail address."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        client: Any = self.fields["client"]
        client.queryset = Client.objects.all() if user.is_superuser else Client.objects.none()
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "plain-input")


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
