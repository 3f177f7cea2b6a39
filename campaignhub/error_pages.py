"""Pages for what fails before it is known who asks. Django's own want a session, which may not be there yet."""

from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseServerError
from django.template.loader import render_to_string


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponseBadRequest:  # noqa: ARG001 - Django calls it so
    """Answer 400: another host than ours, too many fields, a character that no database takes."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def server_error(_request: HttpRequest) -> HttpResponseServerError:
    """Answer 500, with words of ours and nothing of the inside."""
    return HttpResponseServerError(render_to_string("500.html"))
