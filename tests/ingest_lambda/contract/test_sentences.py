"""Reasons as people read them: complete in four languages, with found and expected, limits with when."""

from datetime import UTC, date, datetime, timedelta

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
from ingest_lambda.contract.dates import LANGUAGES, day_in_words, time_in_words
from ingest_lambda.contract.sentences import CATALOGUES

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
    catalogue = CATALOGUES[language]
    assert set(catalogue.plain) == set(ReasonCode)
    assert set(catalogue.limit_once) == set(catalogue.limit_often) == set(LimitScope)
    assert set(catalogue.limit_when) == set(WindowKind)
    assert set(catalogue.compared) == set(CATALOGUES["en"].compared)
    for scope in LimitScope:
        for window in WindowKind:
            when = catalogue.limit_when[window].format(hours=24)
            assert "{" not in catalogue.limit_often[scope].format(count=3, when=when)
            assert "  " not in catalogue.limit_once[scope].format(when=when)


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
    assert say(reason) == "Please write at most 80 characters."


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
