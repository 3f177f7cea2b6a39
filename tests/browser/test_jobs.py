"""Jobs in a real browser: a page that goes on by itself, by keyboard, and news of the end on any other page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser
from django.utils import timezone

from campaigns.accounts.models import User
from campaigns.jobs.models import Job
from tests.browser.every_screen import live_site
from tests.campaigns.factories import make_client
from tests.campaigns.jobs.counting import make_job, make_lead
from tests.support.browsers import assert_accessible, assert_fits_window, open_page, take_screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def site() -> Iterator[str]:
    with live_site() as address:
        yield address


@pytest.fixture
def job() -> Job:
    """A job under way that has been told about nowhere yet."""
    client = make_client("Quillmark Foods")
    lead = make_lead(client)
    lead.first_name = "Olivia"
    lead.save()
    now = timezone.now()
    job = make_job(
        412,
        client=client,
        actor=lead,
        at=now - timedelta(minutes=1),
        title="Approve 412 entries of Summer receipts",
        total=412,
    )
    Job.objects.update(
        state="running",
        done=120,
        started_at=now - timedelta(minutes=1),
        paced_at=now - timedelta(minutes=1),
        due_at=now + timedelta(hours=1),
        notes=["Ana already rejected K4FM-GZ05. Your decision wasn't saved."],
        counts={"approved": 119, "decided meanwhile": 1},
    )
    return job


def enter(page: "Page", user: User, site: str) -> None:
    browser = Browser()
    browser.force_login(user)
    cookie = browser.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])


def sign_out(page: "Page", site: str) -> None:
    """End the session under an open page, as time does."""
    page.context.add_cookies([{"name": "sessionid", "value": "over", "url": site}])


@pytest.fixture
def page(browser: "Chromium", site: str, job: Job) -> Iterator["Page"]:
    """Open a page as who started the job."""
    with open_page(browser, width=1024, height=900) as page:
        enter(page, job.person, site)
        yield page


def end(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(
        state="done", done=412, outcome="411 approved.", ended_at=timezone.now(), due_at=None
    )


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_the_pages_of_jobs_can_be_used_by_everyone(
    browser: "Chromium", site: str, job: Job, width: int
) -> None:
    with open_page(browser, width=width, height=900) as page:
        enter(page, job.person, site)
        for state, address in (("under-way", f"{job.pk}/"), ("list", "")):
            page.goto(f"{site}/admin/jobs/job/{address}")
            page.wait_for_selector("text=Approve 412 entries")
            take_screenshot(page, f"jobs-{state}-{width}")
            assert_accessible(page)
            assert_fits_window(page, f"{state}, {width}")
        end(job)
        page.goto(f"{site}/admin/jobs/job/")
        page.wait_for_selector("#news >> text=411 approved.")
        take_screenshot(page, f"jobs-news-{width}")
        assert_accessible(page)
        page.goto(f"{site}/admin/jobs/job/{job.pk}/")
        page.wait_for_selector("#job >> text=411 approved.")
        take_screenshot(page, f"jobs-done-{width}")
        assert_accessible(page)


def test_a_page_that_is_open_goes_on_by_itself_and_keeps_the_keyboard_where_it_is(
    page: "Page", site: str, job: Job
) -> None:
    page.goto(f"{site}/admin/jobs/job/{job.pk}/")
    page.wait_for_selector("#job >> text=120 of 412 numbers")
    page.focus("#cancel")
    Job.objects.filter(pk=job.pk).update(done=240)
    page.wait_for_selector("#job >> text=240 of 412 numbers")
    assert page.evaluate("document.activeElement.id") == "cancel"
    page.keyboard.press("Enter")
    page.wait_for_selector("#job .state >> text=Cancelled")
    assert page.locator("#cancel").count() == 0


def test_what_is_pressed_while_the_page_renews_itself_is_pressed(
    page: "Page", site: str, job: Job
) -> None:
    page.goto(f"{site}/admin/jobs/job/{job.pk}/")
    button = page.locator("#cancel").bounding_box()
    assert button is not None
    page.mouse.move(button["x"] + 5, button["y"] + 5)
    page.mouse.down()
    Job.objects.filter(pk=job.pk).update(done=240)
    with page.expect_response(lambda answer: answer.url.endswith(f"/{job.pk}/")):
        pass
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    page.mouse.up()
    page.wait_for_selector("#job .state >> text=Cancelled")


def test_a_session_that_ended_leaves_what_is_there_and_leads_back_to_it(
    page: "Page", site: str, job: Job
) -> None:
    page.goto(f"{site}/admin/jobs/job/{job.pk}/")
    sign_out(page, site)
    back = page.get_by_role("link", name="Sign in again")
    back.wait_for()
    assert "120 of 412 numbers" in page.inner_text("#job")
    assert_accessible(page)
    assert (back.get_attribute("href") or "").endswith(
        f"/login/?next=%2Fadmin%2Fjobs%2Fjob%2F{job.pk}%2F"
    )
    enter(page, job.person, site)
    back.wait_for(state="detached")
    page.goto(f"{site}/admin/")
    end(job)
    page.wait_for_selector("#news >> text=Done. 411 approved.")
    sign_out(page, site)
    page.get_by_role("button", name="Dismiss").click()
    page.wait_for_selector("#ch-stale >> text=That wasn’t saved.")
    assert page.locator("#news li").count() == 1, "nothing was dismissed"


SPOKEN = """() => {
  window.spoken = [];
  const live = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const inside = target.closest?.(live);
      const arrived = [...addedNodes].filter((one) => one.matches?.(live) || one.querySelector?.(live));
      for (const one of inside ? [inside] : arrived) window.spoken.push(one.textContent.trim());
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""
"""Notes what screen readers are given to say."""


@pytest.mark.parametrize("where", ["jobs/job/{job.pk}/", ""], ids=["its-page", "another-page"])
def test_a_change_of_state_is_said_aloud_and_progress_is_not(
    page: "Page", site: str, job: Job, where: str
) -> None:
    shown = "#job" if where else "#news"
    page.goto(f"{site}/admin/{where.format(job=job)}")
    page.wait_for_selector(f"{shown} >> text=120 of 412 numbers")
    page.evaluate(SPOKEN)
    for done in (240, 300):
        Job.objects.filter(pk=job.pk).update(done=done)
        page.wait_for_selector(f"{shown} >> text={done} of 412 numbers")
    assert page.evaluate("window.spoken") == []
    end(job)
    page.wait_for_selector(f"{shown} >> text=411 approved.")
    title = "" if where else f"{job.title}: "
    assert page.evaluate("window.spoken") == [f"{title}Done. 411 approved."]


def test_a_list_that_renews_itself_is_still_walked_by_keyboard(
    page: "Page", site: str, job: Job
) -> None:
    page.goto(f"{site}/admin/jobs/job/")
    page.wait_for_selector("#result_list .data-row")
    page.keyboard.press("ArrowDown")
    before = page.query_selector("#result_list .ch-chosen")
    assert before is not None
    page.wait_for_function("row => !row.isConnected", arg=before)
    page.wait_for_selector("#result_list .ch-chosen")
    page.wait_for_function("() => document.activeElement.closest('#result_list .ch-chosen')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#job")


def test_any_other_page_tells_of_the_end_until_that_is_dismissed(
    page: "Page", site: str, job: Job
) -> None:
    page.goto(f"{site}/admin/")
    page.wait_for_selector("#news >> text=Running: 120 of 412 numbers.")
    end(job)
    page.wait_for_selector("#news >> text=Done. 411 approved.")
    page.focus("#news button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#news button", state="detached")
    page.wait_for_function("() => document.activeElement.id === 'content'")
    page.reload()
    page.wait_for_selector(".ch-home")
    assert page.locator("#news li").count() == 0
