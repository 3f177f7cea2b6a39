"""What staff send, without characters that nobody means and no reader sees."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters, among them NUL, which PostgreSQL takes in no text; and the marks that turn the
reading direction around, by which "fdp.exe" passes for "exe.pdf" and the words behind it are misread.
Right-to-left scripts need none of them: letters know their own direction."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def clean_input(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Take them out of queries and forms, before any page or search reads them.

    A password stays as it was typed.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        request.GET = _cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and request.content_type in _FORMS:
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]
        return get_response(request)

    return answer


def _cleaned(sent: QueryDict) -> QueryDict:
    if not any(_UNSEEN.search(text) for _name, texts in sent.lists() for text in texts):
        return sent
    cleaned = sent.copy()
    for name, texts in sent.lists():
        if "password" not in name:
            cleaned.setlist(name, [_UNSEEN.sub("", text) for text in texts])
    cleaned._mutable = False
    return cleaned
