"""What staff send is freed of characters that no reader sees, before anything reads it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from campaignhub.clean_input import clean_input

UNSEEN = "\x00\x07\x1f\x7f\u202e\u2066\ufffe\uffff"


def received(request: HttpRequest) -> HttpRequest:
    """Return a request as the view gets it."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    clean_input(view)(request)
    return seen[0]


def test_a_form_loses_what_cannot_be_seen_and_keeps_lines_and_every_script():
    note = f"exe{UNSEEN}.fdp\r\n\tמבצע קיץ صيف \u200f"
    for send in (
        RequestFactory().post("/", {"note": note, "id": ["1", "2\x00"]}),
        RequestFactory().post(
            "/",
            urlencode({"note": note, "id": ["1", "2\x00"]}, doseq=True),
            content_type="application/x-www-form-urlencoded",
        ),
    ):
        request = received(send)
        assert request.POST["note"] == "exe.fdp\r\n\tמבצע קיץ صيف \u200f"
        assert request.POST.getlist("id") == ["1", "2"]


def test_a_search_is_cleaned_too():
    assert received(RequestFactory().get("/", {"q": f"a{UNSEEN}b"})).GET["q"] == "ab"


def test_a_password_stays_as_it_was_typed():
    typed = {"password": "a\u202eb", "new_password1": "c\x07d", "name": "e\x07f"}
    request = received(RequestFactory().post("/", typed))
    assert request.POST.dict() == {"password": "a\u202eb", "new_password1": "c\x07d", "name": "ef"}


def test_the_body_of_another_kind_is_left_to_its_view():
    request = received(RequestFactory().post("/", b"{}", content_type="application/json"))
    assert request.body == b"{}"
