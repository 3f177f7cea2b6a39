"""A phone that is old, short of something or kept from our files: the page says something, and takes the entry if it can."""

import re
from typing import TYPE_CHECKING

import pytest

from campaigns.rendering import PageField
from ingest_lambda.contract import FieldKind, SubmitRequest
from tests.browser.rendered import SITE, serve
from tests.browser.visiting import (
    SUBMIT,
    add_photo,
    answer_state,
    answer_status,
    asked_again,
    mail_link,
    now,
    open_form,
    outcome,
    send,
    status,
    uploaded,
)
from tests.campaigns.pages import make_content
from tests.support.browsers import assert_accessible, take_screenshot
from tests.support.examples import in_soak

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

MODULES = ("page", "answers", "ground", "keep", "photos", "pictures", "server")
LATER = ("drafts", "arrivals", "quality", "smaller")

pytestmark = pytest.mark.browser

KNOWS_NOT = """(zones) => {
  const { DateTimeFormat } = Intl;
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, { construct(target, [locale, options]) {
    if (zones.includes(options?.timeZone) || zones.includes("*")) throw new RangeError("Invalid time zone specified");
    return new target(locale, options);
  } });
}"""
NEVER = "IDBFactory.prototype.open = () => ({})"
NEVER_ANSWERS = "IDBDatabase.prototype.transaction = () => ({ objectStore: () => ({ put: () => ({}), get: () => ({}), delete: () => ({}) }) })"
THROWS = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }"
NONE = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError') } })"
FAILS = "IDBFactory.prototype.open = () => { const asked = {}; setTimeout(() => asked.onerror?.({})); return asked }"
NO_STORAGE = "for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }); delete AbortSignal.timeout"
DEAF_LOCKS = "LockManager.prototype.request = () => new Promise(() => {})"
NO_LOCK_RIGHT = (
    "LockManager.prototype.request = () => Promise.reject(new DOMException('no', 'SecurityError'))"
)
DIGEST_FAILS = (
    "SubtleCrypto.prototype.digest = () => Promise.reject(new DOMException('no', 'OperationError'))"
)
NO_PICTURES = "URL.createObjectURL = () => { throw new TypeError('no') }; delete createImageBitmap"
NO_SIGNALS = f"{NO_LOCKS}; delete AbortSignal; delete AbortController"
NO_CLASSES = "RegExp = new Proxy(RegExp, { construct(made, [source, flags]) { if (/p[{]/.test(source)) throw new SyntaxError('no'); return new made(source, flags); } })"


def in_time(**more: object):
    """Make a page that is open, also where nobody can read its state."""
    year = now().year
    return make_content(
        opens_at=now().replace(year=year - 1), closes_at=now().replace(year=year + 1), **more
    )


def fill(page: "Page") -> None:
    page.fill("#f-email", "ada@example.com")
    page.check("#f-accept_rules")


def let_run(page: "Page", told: "Locator") -> None:
    """Let the page's clock run, as fast as its line answers, until it says so."""
    for _second in range(60):
        if told.is_visible():
            return
        page.clock.fast_forward(1_000)
        page.wait_for_timeout(10)
    told.wait_for()


@pytest.mark.parametrize(
    ("module", "how"),
    [
        ("page", "blocked"),
        ("photos", "blocked"),
        ("server", "a portal's page"),
        ("ground", "altered"),
        pytest.param("page", "unparsable", marks=pytest.mark.soak),
        pytest.param("photos", "cut", marks=pytest.mark.soak),
    ],
)
def test_where_a_module_does_not_run_the_help_contact_stands_in_the_forms_place(
    phone: "Page", module: str, how: str
) -> None:
    serve(phone, in_time(help_phone="+44 20 7946 0958"))
    code = {"content_type": "text/javascript"}
    answers = {
        "blocked": lambda route: route.abort("blockedbyclient"),
        "unparsable": lambda route: route.fulfill(body="let a = ;", **code),
        "cut": lambda route: route.fulfill(body="export const", **code),
        "a portal's page": lambda route: route.fulfill(body="<html>", content_type="text/html"),
        "altered": lambda route: route.fulfill(body="document.title = 'ours'", **code),
    }
    phone.route(f"**/{module}.js", answers[how])
    phone.goto(SITE)
    words = phone.text_content("#fallback") or ""
    for said in ("reload this page", "help@example.com", "+44 20 7946 0958"):
        assert said in words
    assert phone.is_hidden("#form")
    assert phone.title() != "ours", "what was put into a module is not run"
    if how == "blocked" and module == "page":
        phone.locator("#fallback").wait_for()
        assert_accessible(phone)
        take_screenshot(phone, "page-blocked-module")
        phone.set_viewport_size({"width": 1440, "height": 900})
        take_screenshot(phone, "page-blocked-module")


def test_the_started_form_takes_the_place_of_the_help_and_nobody_sees_it_flash(
    phone: "Page",
) -> None:
    serve(phone, in_time())
    phone.goto(SITE, wait_until="commit")
    phone.wait_for_selector("#form:not([hidden])")
    assert phone.locator("#fallback").count() == 0


def test_every_module_is_fetched_ahead_and_held_to_its_hash(phone: "Page") -> None:
    serve(phone, in_time())
    open_form(phone, SITE)
    held = phone.eval_on_selector_all(
        "script[type=module], link[rel=modulepreload]",
        "all => all.map((one) => [one.src || one.href, one.integrity])",
    )
    assert {re.split(r"[/.]", address)[-2] for address, _ in held} == set(MODULES)
    assert all(integrity.startswith("sha256-") for _, integrity in held)


@pytest.mark.parametrize("module", LATER)
def test_without_what_comes_later_the_entry_is_sent_all_the_same(
    phone: "Page", module: str
) -> None:
    serve(phone, in_time())
    phone.route(f"**/{module}.js", lambda route: route.abort())
    open_form(phone, SITE)
    add_photo(phone, 1)
    uploaded(phone)
    fill(phone)
    send(phone)
    outcome(phone, "pending_review")


@pytest.mark.parametrize("hangs", [False, True], ids=["refused", "never answered"])
def test_where_what_tells_of_an_entry_does_not_come_the_page_says_what_is_sure(
    phone: "Page", hangs: bool
) -> None:
    serve(phone, in_time())
    held: list[Route] = []

    def fail(route: "Route") -> None:
        if hangs:
            held.append(route)
        else:
            route.abort()

    phone.route("**/outcome.js", fail)
    phone.clock.install(time=now())
    open_form(phone, SITE)
    add_photo(phone, 1)
    uploaded(phone)
    fill(phone)
    send(phone)
    let_run(
        phone, phone.locator("#notice", has_text="We have your entry. Your reference: K7M4-2QXD")
    )
    assert phone.is_hidden("#form")
    phone.unroute("**/outcome.js")
    for route in held:
        route.fallback()
    phone.evaluate("dispatchEvent(new Event('online'))")
    outcome(phone, "pending_review")
    assert phone.is_hidden("#notice")


LACKS = {
    "a database that never opens": NEVER,
    "a database that may not be touched": NONE,
    "no storage": NO_STORAGE,
    "locks that never answer": DEAF_LOCKS,
    "hashes that fail": DIGEST_FAILS,
    "no signals": NO_SIGNALS,
    "no classes of letters in patterns": NO_CLASSES,
}
LACKS_ALIKE = {
    "a database that never answers": NEVER_ANSWERS,
    "a database that throws": THROWS,
    "a database that fails, and storage that is full": f"{FAILS}; {FULL}",
    "neither locks nor time-outs": NO_LOCKS,
    "locks that may not be used": NO_LOCK_RIGHT,
    "no addresses for pictures": NO_PICTURES,
}


@pytest.mark.parametrize("lacking", [*LACKS, *in_soak(*LACKS_ALIKE)])
def test_what_a_browser_lacks_keeps_nobody_from_entering(phone: "Page", lacking: str) -> None:
    phone.add_init_script((LACKS | LACKS_ALIKE)[lacking])
    serve(phone, in_time())
    open_form(phone, SITE)
    add_photo(phone, 1)
    uploaded(phone)
    fill(phone)
    send(phone)
    outcome(phone, "pending_review")


DEAD = {"never opens": NEVER, "never answers": NEVER_ANSWERS, "throws": THROWS, "fails": FAILS}


@pytest.mark.parametrize("dead", ["never opens", "throws", *in_soak("never answers", "fails")])
def test_a_photo_that_a_dead_database_lost_over_a_reload_is_asked_for_again_in_words(
    phone: "Page", dead: str
) -> None:
    serve(phone, in_time())
    phone.clock.install(time=now())
    open_form(phone, SITE)
    phone.route("**/bucket", lambda route: route.abort())
    add_photo(phone, 1)
    phone.locator("#line", has_text="No connection").wait_for()
    phone.add_init_script(DEAD[dead])
    phone.reload()
    phone.wait_for_selector("#form:not([hidden])")
    let_run(phone, phone.locator(".photos .error", has_text="choose it again"))
    assert phone.is_visible(".drop")
    assert phone.locator(".card").count() == 0


def test_whatever_stands_in_the_place_of_a_draft_the_form_opens(phone: "Page") -> None:
    serve(phone, in_time())
    open_form(phone, SITE)
    for kept in (
        "null",
        "7",
        '"text"',
        "[]",
        "{",
        '{"answers":null,"photos":{}}',
        '{"photos":"x","sent":3,"session":"s"}',
        '{"photos":[null,7,{}],"answers":{"email":{"a":1}},"consents":[],"route":[]}',
    ):
        phone.evaluate(
            """(kept) => {
              sessionStorage.setItem("campaign:summer:form:tab", "campaign:summer:form:x");
              for (const key of ["form:x", "form:y", "sent-photos"]) localStorage.setItem(`campaign:summer:${key}`, kept);
            }""",
            kept,
        )
        phone.goto(SITE)
        phone.wait_for_selector("#form:not([hidden])")
        fill(phone)
    add_photo(phone, 1)
    uploaded(phone)


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/Ciudad_Juarez", "Asia/Qostanay"])
def test_a_zone_that_a_phone_does_not_know_stops_nothing_and_is_reckoned_all_the_same(
    phone: "Page", zone: str
) -> None:
    phone.add_init_script(f"({KNOWS_NOT})([{zone!r}])")
    born = PageField(name="born_on", kind=FieldKind.BIRTH_DATE, label={"en": "Born"})
    content = in_time(timezone=zone)
    serve(phone, content.model_copy(update={"fields": (*content.fields, born)}))
    answer_state(phone, "scheduled", opens_at="2027-07-01T09:30:00Z", closes_at="2028-01-01T00:00Z")
    phone.goto(SITE)
    phone.wait_for_selector("body[data-door=opens]")
    clock = {"Kyiv": "12:30 pm", "Ciudad Juarez": "3:30 am", "Qostanay": "2:30 pm"}
    place = zone.split("/")[1].replace("_", " ")
    assert f"Thursday, 1 July 2027, {clock[place]} ({place})" in phone.inner_text("#notice")
    answer_state(phone)
    open_form(phone, SITE)
    phone.fill("#f-born_on", "1990-02-28")
    add_photo(phone, 1)
    uploaded(phone)
    fill(phone)
    answer_status(
        phone, status("pending_review", received_at=now(), decide_by="2026-12-03T00:00:00Z")
    )
    with phone.expect_request(SUBMIT) as sent:
        send(phone)
    assert SubmitRequest.model_validate_json(sent.value.post_data or "").answers["born_on"]
    outcome(phone, "pending_review")
    assert "We’ll review it by" in phone.inner_text("#done")


def test_a_browser_that_writes_no_dates_at_all_shows_them_in_figures(phone: "Page") -> None:
    phone.add_init_script(f"({KNOWS_NOT})(['*'])")
    serve(phone, in_time())
    answer_state(phone, "scheduled", opens_at="2027-07-01T09:30:00Z", closes_at="2028-01-01T00:00Z")
    phone.goto(SITE)
    phone.wait_for_selector("body[data-door=opens]")
    assert "2027-07-01, 10:30 (London)" in phone.inner_text("#notice")


def test_midnight_is_written_so_that_its_day_is_clear(phone: "Page") -> None:
    serve(phone, in_time())
    answer_state(phone, "scheduled", opens_at="2027-06-30T23:00:00Z", closes_at="2028-01-01T00:00Z")
    phone.goto(SITE)
    phone.wait_for_selector("body[data-door=opens]")
    assert "1 July 2027, 00:00 (London)" in phone.inner_text("#notice")


def test_a_deadline_is_the_last_minute_of_a_whole_day(phone: "Page") -> None:
    serve(phone, in_time())
    phone.clock.set_fixed_time("2026-11-27T10:00:00Z")
    asked = asked_again().model_dump()
    (action,) = asked["actions"]
    for until, words in (
        ("2026-12-04T00:16:00Z", "by Thursday 3 December, 11:59 pm (London)"),
        ("2026-12-04T00:00:00Z", "by Thursday 3 December, 11:59 pm (London)"),
        ("2026-12-03T23:59:00Z", "by Wednesday 2 December, 11:59 pm (London)"),
        ("2026-11-27T15:30:00Z", "by Friday 27 November, 3:30 pm (London)"),
        ("2027-01-04T09:00:00Z", "by Sunday, 3 January 2027, 11:59 pm (London)"),
    ):
        said = {**asked, "actions": ({**action, "until": until},)}
        answer_status(phone, asked_again().model_validate(said))
        phone.goto("about:blank")
        phone.goto(mail_link(SITE, "summer"))
        outcome(phone, "needs_resubmission")
        assert words in phone.inner_text("#done")
