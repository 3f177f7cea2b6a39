"""The middleware that confines a request to the clients of the member of staff who sends it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from campaigns.accounts.services.scope import StaffScope
from campaigns.accounts.tenancy import enter


def staff_scope(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request a scope of its own, first of all, so that nothing of another is left around it.

    It costs nothing until a row of a client is touched. Where nobody is signed
    in that fails: the few public pages that may say so themselves. What is still
    to be read when the answer has been returned, such as a stream, fails too.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        with enter(StaffScope(lambda: getattr(request, "user", None))):
            return get_response(request)

    return answer
