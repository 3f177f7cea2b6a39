"""Reasons as people read them: complete in four languages, with found and expected, limits with when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ingest_lambda.contract import (
    LimitScope,
    LimitSpec,
    Reason,
    ReasonCode,
    Window,
    WindowKind,
    sentence,
)
from ingest_lambda.contract.catalogues import LANGUAGES
from ingest_lambda.contract.dates import (
    day_in_words,
    deadline_in_short,
    deadline_in_words,
    last_day_in_words,
    time_in_words,
)
from ingest_lambda.contract.sentences import compares, reason_words

LONDON = "Europe/London"
NOON = datetime(2026, 6, 10, 11, tzinfo=UTC)
MIDNIGHT = datetime(2026, 6, 10, 23, tzinfo=UTC)
DAILY = LimitSpec(
    name="daily", scope=LimitScope.PERSON, count=1, window=Window(kind=WindowKind.DAY)
)


def say(reason: Reason, locale: str = "en", **how: object) -> str:
    return sentence(reason, locale=locale, texts={}, timezone=LONDON, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_sentence_for_every_reason_limit_and_window(language: str):
    for code in ReasonCode:
        for found, expected in (("A", "B"), (None, "B"), (None, None)):
            said = say(Reason(code=code, found=found, expected=expected), language)
            assert said.endswith((".", "B"))
            assert "{" not in said
    for scope in LimitScope:
        for window in WindowKind:
            for count in (1, 3):
                hours = 24 if window is WindowKind.ROLLING else None
                within = Window(kind=window, hours=hours)
                limit = LimitSpec(name="it", scope=scope, count=count, window=within)
                over = Reason(code=ReasonCode.LIMIT_REACHED, limit="it", again_at=MIDNIGHT)
                said = say(over, language, limits=[limit], at=NOON)
                assert "{" not in said
                assert "  " not in said


def test_which_reasons_compare_is_the_same_in_every_language():
    for language in LANGUAGES:
        own = {code for code in ReasonCode if f"{code}.compared" in reason_words(language)}
        assert own == {code for code in ReasonCode if compares(code)}


def test_what_was_found_and_what_counts_stand_in_one_sentence_with_days_spelled_out():
    reason = Reason(
        code=ReasonCode.BEFORE_PURCHASE_WINDOW, found="2026-05-28", expected="2026-06-01"
    )
    assert say(reason) == "Your receipt is dated 28 May 2026; purchases from 1 June 2026 count."
    assert (
        say(reason, "de") == "Dein Bon ist vom 28. Mai 2026; es zählen Käufe ab dem 1. Juni 2026."
    )
    assert "1er juin 2026" in say(reason, "fr")
    assert "1 de junio de 2026" in say(reason, "es-MX")


def test_a_reason_without_a_form_of_its_own_still_says_both():
    reason = Reason(code=ReasonCode.CARD_SLIP, found="a card slip", expected="a till receipt")
    assert say(reason).endswith("We found: a card slip. What counts: a till receipt.")


def test_what_somebody_typed_is_never_read_as_a_template():
    reason = Reason(code=ReasonCode.STORE_NOT_ELIGIBLE, found="{0.__class__}", expected="A & B")
    assert "{0.__class__}" in say(reason)


def test_an_answer_that_is_too_long_says_how_long_it_may_be():
    reason = Reason(code=ReasonCode.ANSWER_TOO_LONG, expected="80")
    assert say(reason) == "This answer is longer than 80 characters."


def test_an_answer_that_is_final_is_not_asked_for_anew():
    reason = Reason(code=ReasonCode.ANSWER_NOT_UNDERSTOOD, expected="name@example.com")
    assert say(reason) == "Your e-mail address wasn't valid."
    other = reason.model_copy(update={"expected": "SW1A 1AA"})
    assert say(other).endswith("It should look like this: SW1A 1AA")


def test_over_a_daily_limit_it_says_which_and_tomorrow():
    reason = Reason(code=ReasonCode.LIMIT_REACHED, limit="daily", again_at=MIDNIGHT)
    assert say(reason, limits=[DAILY], at=NOON) == (
        "You've entered today already. You can enter again from tomorrow, 00:00 (London)."
    )
    assert say(reason, "fr", limits=[DAILY], at=NOON).startswith(
        "Vous avez déjà participé aujourd’hui."
    )


def test_read_after_the_limit_has_ended_it_says_that_one_may_enter_now():
    reason = Reason(code=ReasonCode.LIMIT_REACHED, limit="daily", again_at=MIDNIGHT)
    words = say(reason, limits=[DAILY], at=MIDNIGHT + timedelta(hours=1))
    assert words.endswith("You can enter again now.")
    assert "today" not in words


def test_a_limit_of_the_whole_campaign_promises_no_next_time():
    limit = LimitSpec(
        name="all", scope=LimitScope.HOUSEHOLD, count=10, window=Window(kind=WindowKind.CAMPAIGN)
    )
    words = say(Reason(code=ReasonCode.LIMIT_REACHED, limit="all"), limits=[limit], at=NOON)
    assert words == "Your household has entered 10 times, as often as the promotion allows."


def test_a_rolling_limit_names_its_hours():
    window = Window(kind=WindowKind.ROLLING, hours=24)
    limit = LimitSpec(name="r", scope=LimitScope.PHONE, count=2, window=window)
    words = say(Reason(code=ReasonCode.LIMIT_REACHED, limit="r"), limits=[limit], at=NOON)
    assert words.startswith("This phone number has been used 2 times in the last 24 hours")


def test_a_campaigns_own_text_and_a_moderators_own_words_come_first():
    texts = {"en": {ReasonCode.ILLEGIBLE.value: "Ours."}}
    reason = Reason(code=ReasonCode.ILLEGIBLE)
    assert sentence(reason, locale="en", texts=texts, timezone=LONDON) == "Ours."
    written = reason.model_copy(update={"message": "Theirs."})
    assert sentence(written, locale="en", texts=texts, timezone=LONDON) == "Theirs."


def test_a_language_we_do_not_speak_reads_english():
    assert say(Reason(code=ReasonCode.OTHER), "pt") == "We couldn't accept this entry."


def test_days_follow_each_languages_custom():
    day = date(2026, 3, 1)
    words = [day_in_words(day, language) for language in ("en", "en-US", "es", "de", "fr")]
    assert words == [
        "1 March 2026",
        "March 1, 2026",
        "1 de marzo de 2026",
        "1. März 2026",
        "1er mars 2026",
    ]


def test_a_moment_is_told_in_the_campaigns_zone_with_its_name():
    assert time_in_words(MIDNIGHT, timezone=LONDON, language="en") == "11 June 2026, 00:00 (London)"
    assert time_in_words(MIDNIGHT, timezone="America/New_York", language="de") == (
        "10. Juni 2026, 19:00 Uhr (New York)"
    )


@pytest.mark.parametrize(
    ("language", "said", "in_short"),
    [
        ("en", "Thursday 3 December, 11:59 pm (London)", "Thursday"),
        ("en-US", "Thursday, December 3, 11:59 pm (London)", "Thursday"),
        ("es-MX", "jueves 3 de diciembre, 23:59 h (Londres)", "el jueves"),
        ("de", "Donnerstag, 3. Dezember, 23:59 Uhr (London)", "Donnerstag"),
        ("fr", "jeudi 3 décembre, 23:59 (Londres)", "jeudi"),
    ],
)
def test_a_deadline_is_the_last_minute_of_a_day(language: str, said: str, in_short: str):
    how: dict[str, Any] = {"timezone": LONDON, "language": language}
    now = datetime(2026, 11, 28, 9, tzinfo=UTC)
    for until in (
        datetime(2026, 12, 4, 0, 16, tzinfo=UTC),
        datetime(2026, 12, 4, tzinfo=UTC),
    ):
        assert deadline_in_words(until, now=now, **how) == said
        assert deadline_in_short(until, now=now, **how) == in_short


@pytest.mark.parametrize(
    ("until", "said", "in_short"),
    [
        # The same cases as of the page: tests/browser/test_page_says_something.py.
        ("2026-12-03T23:59:00Z", "Wednesday 2 December, 11:59 pm (London)", "Wednesday"),
        ("2026-11-27T15:30:00Z", "Friday 27 November, 3:30 pm (London)", "Friday"),
        ("2027-01-04T09:00:00Z", "Sunday 3 January 2027, 11:59 pm (London)", "3 January"),
    ],
)
def test_a_deadline_of_today_is_its_own_time_and_one_of_next_year_has_its_year(
    until: str, said: str, in_short: str
):
    how: dict[str, Any] = {
        "now": datetime(2026, 11, 27, 9, tzinfo=UTC),
        "timezone": LONDON,
        "language": "en",
    }
    assert deadline_in_words(datetime.fromisoformat(until), **how) == said
    assert deadline_in_short(datetime.fromisoformat(until), **how) == in_short


def test_a_deadline_keeps_to_the_days_of_the_campaigns_zone_when_its_clocks_change():
    # 25 October 2026 has 25 hours in Berlin: 23:30 UTC is 00:30 of the day after.
    until = datetime(2026, 10, 25, 23, 30, tzinfo=UTC)
    how: dict[str, Any] = {"now": NOON, "timezone": "Europe/Berlin", "language": "de"}
    assert deadline_in_words(until, **how) == "Sonntag, 25. Oktober, 23:59 Uhr (Berlin)"


@pytest.mark.parametrize(
    ("language", "in_short"),
    [("en", "1 July"), ("es", "el 1 de julio"), ("de", "zum 1. Juli"), ("fr", "le 1er juillet")],
)
def test_a_day_further_away_is_named_as_it_stands_behind_by(language: str, in_short: str):
    until = datetime(2026, 7, 1, 23, tzinfo=UTC)
    how: dict[str, Any] = {"now": NOON, "timezone": LONDON, "language": language}
    assert deadline_in_short(until, **how) == in_short


def test_a_promise_for_a_day_ends_with_its_midnight():
    how: dict[str, Any] = {"now": NOON, "timezone": LONDON, "language": "en"}
    assert last_day_in_words(MIDNIGHT, **how) == "Wednesday 10 June"
    assert last_day_in_words(MIDNIGHT + timedelta(minutes=1), **how) == "Thursday 11 June"


def test_the_next_time_is_named_by_its_weekday_when_it_is_not_tomorrow():
    reason = Reason(
        code=ReasonCode.LIMIT_REACHED, limit="daily", again_at=MIDNIGHT + timedelta(days=4)
    )
    ends = {
        "en": "from Monday 15 June, 00:00 (London).",
        "es": "a partir del lunes 15 de junio, 00:00 h (Londres).",
        "de": "ab Montag, 15. Juni, 00:00 Uhr (London) wieder teilnehmen.",
        "fr": "à partir du lundi 15 juin, 00:00 (Londres).",
    }
    for language, end in ends.items():
        assert say(reason, language, limits=[DAILY], at=NOON).endswith(end)


def test_the_english_clock_has_twelve_hours_but_for_midnight():
    for hour, clock in ((23, "00:00"), (0, "1:00 am"), (11, "12:00 pm"), (12, "1:00 pm")):
        at = datetime(2026, 6, 10, hour, tzinfo=UTC)
        assert f", {clock} (" in time_in_words(at, timezone=LONDON, language="en")
