"""Forms for what keeps people out and lets partners in: block lists and partner keys."""

from django import forms

from campaignhub.staff_site.countries import COUNTRIES
from campaignhub.staff_site.widgets import Plain, RadioCards
from campaigns.access.models import BlockEntry
from campaigns.accounts.admin.forms import OfClient


class BlockForm(OfClient):
    """Whom to put on a client's block list."""

    kind = forms.ChoiceField(
        choices=BlockEntry.Kind.choices,
        initial=BlockEntry.Kind.EMAIL.value,
        widget=RadioCards(),
        label="What",
    )
    value = forms.CharField(
        max_length=254,
        label="Address or number",
        help_text="Only a masked form of it can be seen later.",
        error_messages={"required": "Enter the address or number."},
    )
    country = forms.ChoiceField(
        choices=[("", "Written with + and country code"), *COUNTRIES.items()],
        required=False,
        widget=Plain,
        label="Country of a phone number",
    )
    note = forms.CharField(
        required=False, max_length=200, label="Reason (staff only)", help_text="No personal data."
    )


class PartnerKeyForm(OfClient):
    """Whom to give a key."""

    name = forms.CharField(
        max_length=80,
        label="Partner",
        help_text="The name you will look for, such as a kiosk, call centre or app.",
        error_messages={"required": "Enter the partner's name."},
    )
    rate_per_second = forms.IntegerField(
        initial=10,
        min_value=1,
        label="Entries a second, at most",
        help_text="Above it, the partner is asked to wait.",
    )
    quota_per_day = forms.IntegerField(
        required=False,
        min_value=1,
        label="Entries a day, at most",
        help_text="Leave empty for no limit.",
    )
