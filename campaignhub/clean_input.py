"""What staff send, without characters that nobody means, no reader sees and no database takes."""

import re
from collections.abc import Callable, Iterable
from itertools import chain

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters, among them NUL, which PostgreSQL takes in no text; the two that no queue carries
(``ingest_lambda.rules.storable``): a choice of a form or a partner's name goes that way; and the marks that turn the
reading direction around, by which "fdp.exe" passes for "exe.pdf" and the words behind it are misread.
Right-to-left scripts need none of them: letters know their own direction."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, and half a surrogate pair, which is in no UTF-8: a request that calls its charset UTF-7 spells both
in plain letters, and the query that meets one breaks."""
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def storable_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a path or a cookie that no database takes. Stands before the session, which looks one up."""

    def answer(request: HttpRequest) -> HttpResponse:
        _refuse(chain([request.path_info], *request.COOKIES.items()), _UNSTORABLE)
        return get_response(request)

    return answer


def clean_input(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Take them out of queries and forms, before any page or search reads them.

    A password stays as it was typed. What is no character at all is refused,
    and so is a name that holds any: our pages spell theirs.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        request.GET = _cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and request.content_type in _FORMS:
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]
        return get_response(request)

    return answer


def _refuse(texts: Iterable[str], unfit: re.Pattern[str]) -> None:
    if any(unfit.search(text) for text in texts):
        raise BadRequest("a character that no page of ours sends")


def _cleaned(sent: QueryDict) -> QueryDict:
    _refuse(sent, _UNSEEN)
    _refuse(chain(sent, *(texts for _name, texts in sent.lists())), _HALF_PAIR)
    if not any(_UNSEEN.search(text) for _name, texts in sent.lists() for text in texts):
        return sent
    cleaned = sent.copy()
    for name, texts in sent.lists():
        if "password" not in name:
            cleaned.setlist(name, [_UNSEEN.sub("", text) for text in texts])
    cleaned._mutable = False
    return cleaned
