"""Forms that begin with a client: one of those at which the person who fills them in may do so."""

from typing import Any, ClassVar

from django import forms

from campaignhub.staff_site.widgets import Plain, RadioCards
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import clients_of


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
