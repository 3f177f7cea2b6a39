"""The form by which somebody without an account accepts an invitation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.accounts.models import Invitation
from campaigns.accounts.rules.passwords import MOST_CHARS
from campaigns.accounts.services.invitations import check_name_choice, check_password_choice


def _name(label: str, autocomplete: str, missing: str) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": autocomplete})
    missed = {"required": missing}
    return forms.CharField(max_length=150, label=label, widget=widget, error_messages=missed)


def _password(label: str, missing: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        max_length=MOST_CHARS,
        strip=False,
        label=label,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": missing},
        **more,
    )


class JoinForm(forms.Form):
    """Names, which the person decides, and a password."""

    given_name = _name("First name", "given-name", "Enter your first name.")
    family_name = _name("Last name", "family-name", "Enter your last name.")
    password = _password(
        "Password",
        "Choose a password.",
        help_text="At least 12 characters, and not the name of the client, a campaign, the product "
        "or yourself. A sentence is easy to remember and hard to guess.",
    )
    password_again = _password("Confirm password", "Type the password again.")

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        names = {"given_name": invitation.given_name, "family_name": invitation.family_name}
        super().__init__(*args, **{"initial": names, **kwargs})
        self._invitation = invitation

    def focus_first_error(self) -> None:
        """Let the page open at the first field that has to be corrected."""
        name = next((name for name in self.fields if name in self.errors), "")
        if name:
            self.fields[name].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords; refuse one that is easy to guess, and a name that is none."""
        typed = self.cleaned_data
        if "given_name" in typed and "family_name" in typed:
            try:
                check_name_choice(typed["given_name"], typed["family_name"])
            except ValidationError as error:
                self.add_error("family_name", error)
        password = typed.get("password")
        if not password:
            return typed
        if "password_again" in typed and typed["password_again"] != password:
            self.add_error("password_again", "The two passwords differ.")
        try:
            check_password_choice(
                password,
                self._invitation,
                first_name=typed.get("given_name", ""),
                last_name=typed.get("family_name", ""),
            )
        except ValidationError as error:
            self.add_error("password", error)
        return typed
