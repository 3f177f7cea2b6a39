"""Who may see what. The room of accounts decides; ``settings.STAFF_SITE`` names its modules."""

from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse


class _Scope(Protocol):
    def clients_of(self, user: Any, capability: Any = ...) -> QuerySet[Any]: ...

    def can(self, user: Any, capability: Any, client: Any = None) -> bool: ...

    def capabilities_of(self, user: Any) -> frozenset[Any]: ...


class _SignIn(Protocol):
    PasswordPage: Any
    SignInPage: Any

    def remember_device(self, request: HttpRequest, response: HttpResponse) -> None: ...

    def mark_refusal(self, response: HttpResponse) -> None: ...


@cache
def scope() -> _Scope:
    """Return the module that says at which clients a member of staff may do what."""
    return cast(_Scope, import_module(settings.STAFF_SITE["SCOPE"]))


@cache
def sign_in() -> _SignIn:
    """Return the module that signs people in and changes their password."""
    return cast(_SignIn, import_module(settings.STAFF_SITE["SIGN_IN"]))


def granted(request: HttpRequest) -> frozenset[str]:
    """Return what the person may do at one client at least; asked of the database once a request."""
    kept: frozenset[str] | None = getattr(request, "_granted", None)
    if kept is None:
        kept = scope().capabilities_of(request.user)
        request._granted = kept  # type: ignore[attr-defined]
    return kept
