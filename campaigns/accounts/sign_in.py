"""Signing in and changing one's password: the two places where a password is typed and checked."""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.forms import AdminOwnPasswordChangeForm

from campaignhub.client_address import client_address
from campaignhub.env import env
from campaignhub.errors import DomainError
from campaignhub.passwords import HashingBusy
from campaigns.accounts.models import User
from campaigns.accounts.rules.passwords import MOST_CHARS
from campaigns.accounts.services import sign_in
from campaigns.accounts.services.sign_in import Origin
from campaigns.accounts.services.throttle import TooManyAttempts
from campaigns.accounts.tenancy import unscoped

_DEVICE_COOKIE = "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"
_REQUIRED = {
    "old_password": "Enter your current password.",
    "new_password1": "Choose a new password.",
    "new_password2": "Enter the new password again.",
}
_TOO_LONG = f"A password can have {MOST_CHARS} characters at most."
_DIFFERENT = "That user name and password don't match. Check both and try again."


def origin_of(request: HttpRequest | None) -> Origin:
    """Return where an attempt comes from; a command or a test comes from nowhere."""
    if request is None:
        return Origin()
    return Origin(client_address(request), request.COOKIES.get(_DEVICE_COOKIE, ""))


def remember_device(request: HttpRequest, response: HttpResponse) -> None:
    """Let the browser of who has just signed in be known at the next sign-in."""
    kept = request.COOKIES.get(_DEVICE_COOKIE, "")
    response.set_cookie(
        _DEVICE_COOKIE,
        sign_in.remember_device(kept, request.user),  # type: ignore[arg-type]
        max_age=sign_in.DEVICE_DAYS * 86_400,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


class SignInBackend(ModelBackend):
    """The only backend: whatever calls Django's ``authenticate`` is throttled.

    A refusal is raised through ``authenticate``, so that a caller who does not
    expect it fails instead of passing.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the account, or ``None``; raise where the password was not looked at."""
        if not username or not password:
            return None
        with unscoped("nobody is signed in yet"):
            return sign_in.check_password(
                username, password, origin=origin_of(request), at=timezone.now()
            )

    async def aauthenticate(self, *args: Any, **kwargs: Any) -> User | None:
        """Do the same; Django's own would check the password past us."""
        return await sync_to_async(self.authenticate)(*args, **kwargs)


class SignInForm(AuthenticationForm):
    """The sign-in form. What may not sign in is answered like a wrong password, by the service."""

    error_messages = {"invalid_login": _DIFFERENT, "inactive": _DIFFERENT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = "Enter your user name."
        self.fields["password"].error_messages["required"] = "Enter your password."

    def clean(self) -> dict[str, Any]:
        """Check name and password; say when to come back where neither was looked at."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except DomainError as refused:
            raise as_form_error(refused) from refused
        return cleaned

    def confirm_login_allowed(self, user: Any) -> None:
        """Leave it to the service."""


class SignInPage(LoginView):
    """The page where staff sign in.

    Anyone can ask for it, as often as they like: with the admin's frame, navigation and
    widgets around it, a sign-in that is refused unseen would cost the site half
    of what a hash costs.
    """

    form_class = SignInForm
    template_name = "admin/login.html"


class PasswordForm(AdminOwnPasswordChangeForm):
    """A new password, for who knows the current one."""

    error_messages = {
        **AdminOwnPasswordChangeForm.error_messages,
        "password_incorrect": "That is not your current password.",
        "password_mismatch": "The two new passwords differ.",
    }

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        for name, sentence in _REQUIRED.items():
            self.fields[name].error_messages["required"] = sentence
            self.fields[name].validators.append(MaxLengthValidator(MOST_CHARS, _TOO_LONG))

    def clean_old_password(self) -> str:
        """Check the current password, as a sign-in does."""
        typed: str = self.cleaned_data["old_password"]
        try:
            right = sign_in.confirm_password(
                self.user, typed, origin=origin_of(self._request), at=timezone.now()
            )
        except DomainError as refused:
            raise as_form_error(refused) from refused
        if not right:
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return typed

    def validate_password_for_user(self, user: Any, _password_field_name: str = "") -> None:
        """Say what is wrong with a password where it was chosen, not where it was confirmed."""
        super().validate_password_for_user(user, "new_password1")


class PasswordPage(PasswordChangeView):
    """The page where staff change their password. Other sessions of theirs end with it."""

    form_class = PasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the form its request."""
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, with a line in the log."""
        try:
            with transaction.atomic():
                answer: HttpResponse = super().form_valid(form)
                sign_in.log_password_change(
                    form.user, origin=origin_of(self.request), at=timezone.now()
                )
        except HashingBusy as busy:
            form.add_error("new_password1", as_form_error(busy))
            return self.form_invalid(form)
        return answer


def mark_refusal(response: HttpResponse, form: Any = None) -> None:
    """Answer 429 with ``Retry-After`` where a form was refused before it was looked at."""
    form = form or (getattr(response, "context_data", None) or {}).get("form")
    if not isinstance(form, BaseForm) or not form.is_bound:
        return
    for error in (error for found in form.errors.as_data().values() for error in found):
        if wait := (error.params or {}).get("wait_seconds"):
            response.status_code = 429
            response["Retry-After"] = str(wait)


@checks.register(checks.Tags.security, deploy=True)
def check_proxies(**_: Any) -> list[checks.CheckMessage]:
    """Warn where every client would seem to have the address of the proxy, and share its limit."""
    if not env().production or env().trusted_proxies:
        return []
    return [
        checks.Warning(
            "TRUSTED_PROXIES is 0: sign-ins are throttled by the address of the proxy, "
            "so one attacker holds up everyone who signs in on a new device.",
            hint="Set it to the number of proxies before the site: 1 for a load balancer, "
            "2 with a distribution before it.",
            id="campaigns.W001",
        )
    ]


def as_form_error(refused: DomainError) -> ValidationError:
    """Return what a form says where a password was not looked at, or not kept.

    Raises:
        DomainError: it is another refusal, and not the form's to say.
    """
    if isinstance(refused, TooManyAttempts):
        wait = refused.wait_seconds
    elif isinstance(refused, HashingBusy):
        wait = 5
    else:
        raise refused
    return ValidationError(refused.message, code=refused.code, params={"wait_seconds": wait})
