"""Forms for senders: what an operator assigns to a client, and which address the client chooses."""

from django import forms

from campaigns.accounts.admin.client_forms import OfClient
from campaigns.accounts.models import Client
from campaigns.accounts.rules.senders import covers


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
