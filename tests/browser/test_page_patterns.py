"""Patterns in the browser: as the server reads them, apart from the page, and never in its way."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rendering import PageContent, PageField
from ingest_lambda.contract import FieldKind, SubmitRequest
from ingest_lambda.contract.patterns import Pattern, PatternError, read_pattern
from ingest_lambda.rules.patterns import matches
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import SUBMIT, open_form, outcome, send
from tests.campaigns.pages import make_content
from tests.contract.reading import sample
from tests.support.examples import examples
from tests.support.patterns import answers, typed_patterns

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MATCH_ALL = """async (pairs) => {
  const module = document.querySelector("link[rel=modulepreload]").href;
  const worker = new Worker(new URL("./pattern_worker.js", module));
  const found = pairs.map(() => null);
  await new Promise((done) => {
    let left = pairs.length;
    worker.onmessage = ({ data }) => {
      if (data === "ready") { pairs.forEach((pair, place) => worker.postMessage([place, ...pair])); return; }
      found[data[0]] = data[1];
      left -= 1;
      if (!left) done();
    };
  });
  worker.terminate();
  return found;
}"""
"""Ask the page's own worker, without its clock."""


def with_codes(**patterns: str) -> PageContent:
    """Make a page that asks for an address and, by pattern, for more."""
    fields = (
        PageField(name="email", kind=FieldKind.EMAIL, label={"en": "E-mail"}),
        *(
            PageField(name=name, kind=FieldKind.TEXT, label={"en": name}, pattern=pattern)
            for name, pattern in patterns.items()
        ),
        PageField(name="accept_rules", kind="consent", label={"en": "I accept the rules"}),
    )
    return make_content(languages=("en",), fields=fields)


def fill(page: "Page", **typed: str) -> None:
    """Answer everything."""
    page.fill("#f-email", "ada@example.com")
    page.check("#f-accept_rules")
    for name, value in typed.items():
        page.fill(f"#f-{name}", value)


def sent(page: "Page") -> dict[str, Any]:
    """Press Send and return the answers that were sent."""
    with page.expect_request(SUBMIT) as request:
        send(page)
    return SubmitRequest.model_validate_json(request.value.post_data or "").answers


def by_python(pattern: Pattern, answer: str) -> bool:
    return re.fullmatch(pattern.text.replace("$", r"\Z"), answer) is not None


def test_the_browser_reads_every_golden_pattern_as_the_server_does(phone: "Page") -> None:
    serve(phone, with_codes(code="[A-Z]+"))
    open_form(phone, SITE)
    wanted = [
        (golden["form"], answer, verdict)
        for golden in sample("patterns")["read"]
        for verdict, group in ((True, "matches"), (False, "others"))
        for answer in golden[group]
    ]
    found = phone.evaluate(MATCH_ALL, [[form, answer] for form, answer, _verdict in wanted])
    assert [
        (form, answer, said) for (form, answer, _), said in zip(wanted, found, strict=True)
    ] == wanted


def test_browser_function_and_python_give_one_verdict_on_any_pattern(phone: "Page") -> None:
    tried: list[tuple[Pattern, str]] = []

    @settings(max_examples=examples(400), database=None)
    @given(typed_patterns, st.lists(answers, min_size=3, max_size=3))
    def collect(typed: str, texts: list[str]) -> None:
        try:
            pattern = read_pattern(typed)
        except PatternError:
            return
        tried.extend((pattern, text) for text in texts)

    collect()
    assert len(tried) >= examples(400)
    serve(phone, with_codes(code="[A-Z]+"))
    open_form(phone, SITE)
    found = phone.evaluate(MATCH_ALL, [[pattern.text, text] for pattern, text in tried])
    for (pattern, text), said in zip(tried, found, strict=True):
        ours = matches(pattern, text)
        assert (pattern.text, text, said) == (pattern.text, text, ours)
        assert by_python(pattern, text) == ours


def test_an_answer_of_another_form_is_named_before_anything_is_sent(phone: "Page") -> None:
    serve(phone, with_codes(code="[A-Z]{2}[0-9]{3}", name=r"[^0-9]+"))
    open_form(phone, SITE)
    fill(phone, code="ab123", name="Ada")
    send(phone)
    phone.wait_for_selector("#summary:not([hidden])")
    assert "isn’t in the form we expect" in phone.inner_text("#e-code")
    assert phone.inner_text("#e-name") == ""
    assert phone.inner_text("#summary").count("isn’t in the form we expect") == 1
    phone.fill("#f-code", "AB123")
    phone.wait_for_function("!document.querySelector('#e-code').textContent")
    assert sent(phone) == {"email": "ada@example.com", "code": "AB123", "name": "Ada"}
    outcome(phone, "pending_review")


def test_a_pattern_that_takes_the_browser_for_ever_is_left_to_the_server(phone: "Page") -> None:
    slow = read_pattern("([a-z]+)+[0-9]").text
    serve(phone, with_codes(slow=slow, code="[A-Z]+"))
    open_form(phone, SITE)
    fill(phone, slow="a" * 60, code="AB")
    for _twice in range(2):
        assert sent(phone)["slow"] == "a" * 60
        outcome(phone, "pending_review")
        phone.evaluate("localStorage.clear()")
        phone.reload()
        phone.wait_for_selector("#form:not([hidden])")
        fill(phone, slow="a" * 60, code="AB")


PATIENT = """
const { setTimeout: later } = window;
window.setTimeout = (act, ms, ...more) => later(act, ms === 100 ? 3_000 : ms === 1_000 ? 20_000 : ms, ...more);
"""
"""On a busy machine all of the page's tenth of a second may pass before the first answer is judged."""


def test_what_was_judged_before_a_slow_pattern_still_counts(phone: "Page") -> None:
    phone.add_init_script(PATIENT)
    slow = read_pattern("([a-z]+)+[0-9]").text
    serve(phone, with_codes(code="[A-Z]+", slow=slow))
    open_form(phone, SITE)
    fill(phone, slow="a" * 60, code="ab")
    send(phone)
    phone.wait_for_selector("#summary:not([hidden])")
    assert "isn’t in the form we expect" in phone.inner_text("#e-code")
    assert phone.inner_text("#e-slow") == ""
    phone.fill("#f-code", "AB")
    assert sent(phone)["code"] == "AB"


@pytest.mark.parametrize("missing", ["matching.js", "pattern_worker.js"])
def test_the_form_is_sent_without_what_matches_patterns(phone: "Page", missing: str) -> None:
    serve(phone, with_codes(code="[A-Z]+"))
    phone.route(f"**/{missing}", lambda route: route.abort())
    open_form(phone, SITE)
    fill(phone, code="ab")
    assert sent(phone)["code"] == "ab"


def test_send_pressed_twice_while_patterns_are_matched_sends_once(phone: "Page") -> None:
    serve(phone, with_codes(slow=read_pattern("([a-z]+)+[0-9]").text))
    open_form(phone, SITE)
    fill(phone, slow="a" * 60)
    requests: list[str] = []
    phone.on("request", lambda r: requests.append(r.url) if SUBMIT.search(r.url) else None)
    phone.evaluate(
        "() => { const send = document.querySelector('.send'); send.click(); send.click(); }"
    )
    outcome(phone, "pending_review")
    assert len(requests) == 1


def test_a_form_without_patterns_loads_nothing_for_them(phone: "Page") -> None:
    loaded: list[str] = []
    phone.on("request", lambda request: loaded.append(request.url))
    serve(phone, with_codes())
    open_form(phone, SITE)
    fill(phone)
    assert sent(phone) == {"email": "ada@example.com"}
    assert not [url for url in loaded if "matching" in url or "pattern" in url]
