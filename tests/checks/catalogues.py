"""Every word that an entrant can meet exists in every language: ``python -m tests.checks.catalogues``.

Code names its words by key, and a missing one would be an empty sentence where
somebody waits for one, or a mail that cannot be sent. Holds keys, names in braces,
emptiness, spaces at the ends, and that nothing is translated that nobody says.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from campaigns.prizes.rules.words import rule_words
from campaigns.rendering.words import page_words, script_words
from campaigns.setup.rules.words import fact_words
from ingest_lambda.contract import AwardTiming, LimitScope, Mechanic, ReasonCode, WindowKind
from ingest_lambda.contract.catalogues import LANGUAGES
from ingest_lambda.contract.dates import REGIONS, date_words
from ingest_lambda.contract.sentences import reason_words
from submissions.mail.rules.words import Message, mail_words

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "templates" / "campaign_page"
IN_SCRIPT = re.compile(r"\bt\(\"(\w+)\"")
IN_CHOICE = re.compile(r"\bt\([^\n]*?\? \"(\w+)\" : \"(\w+)\"\)")
IN_TEMPLATE = re.compile(r"\bwords\.(\w+)")
IN_PYTHON = re.compile(
    r"words(?:\([^()]*\))?(?:\[|\.get\()\"([\w.]+)\"(?: if [^\]]*? else \"(\w+)\")?[],]"
)
NAMES = re.compile(r"\{(\w+)\}")
# What French puts before these signs is no space that a line may end with.
BREAKS_FRENCH = re.compile(r" [;:?!»%]|« ")

WINDOWS = [kind for kind in WindowKind if kind is not WindowKind.CAMPAIGN]
REASONS = {
    *ReasonCode,
    *(f"{times}.{scope}" for times in ("limit_once", "limit_often") for scope in LimitScope),
    *(f"limit_when.{kind}" for kind in WINDOWS),
    *("limit_several", "comparison", "again", "again_receipt", "again_receipts", "again_now"),
}
MAY_SAY_MORE = {f"{code}.{how}" for code in ReasonCode for how in ("compared", "wanted", "email")}
FACTS = {
    *("and", "and_before_i", "aged"),
    *(f"per.{scope}" for scope in LimitScope),
    *(f"within.{kind}" for kind in WINDOWS),
    *(f"{counted}.{number}" for counted in ("entry", "receipt") for number in ("one", "many")),
}
PRIZES = {
    *(f"mechanic.{mechanic}" for mechanic in Mechanic),
    *(f"timing.{timing}" for timing in AwardTiming),
    *(f"unclaimed.{unclaimed}" for unclaimed in ("roll_forward", "window", "void")),
    *(f"cap.{cap}" for cap in ("one", "one_per_tier")),
}
MAILS = {f"{message}.{part}" for message in Message for part in ("subject", "title", "before")}
MAIL_MAY_HAVE = {
    f"{message}.{part}" for message in Message for part in ("after", "receipt", "button")
}
DATES = {
    *(f"month.{number}" for number in range(1, 13)),
    *(f"weekday.{number}" for number in range(1, 8)),
    *("day", "weekday_day", "weekday_day_year", "by_weekday", "by_day"),
    *(key for key in date_words("en") if key.startswith("city.")),
}


def named_in_scripts() -> set[str]:
    """Return the keys that the page's modules ask for by name."""
    text = "\n".join(file.read_text() for file in (PAGE / "script").glob("*.js"))
    chosen = [key for pair in IN_CHOICE.findall(text) for key in pair]
    return {*IN_SCRIPT.findall(text), *chosen}


def named_in_templates() -> set[str]:
    """Return the keys that the page's templates show."""
    text = "\n".join(file.read_text() for file in PAGE.glob("*.html"))
    return set(IN_TEMPLATE.findall(text))


def named_in_python(*paths: str) -> set[str]:
    """Return the keys that modules ask for by name, found by their names."""
    text = "\n".join(file.read_text() for path in paths for file in ROOT.glob(path))
    return {key for pair in IN_PYTHON.findall(text) for key in pair if key}


def problems(
    catalogues: Mapping[str, Mapping[str, str]], named: set[str], *, what: str
) -> Iterator[str]:
    """Name what is missing, empty or filled in otherwise in another language."""
    first = catalogues[LANGUAGES[0]]
    for key in sorted(named - set(first)):
        yield f"{what}: nothing says “{key}”"
    for language, words in catalogues.items():
        for key in sorted(set(first) ^ set(words)):
            yield f"{what}: “{key}” is not in every language ({language})"
        for key in sorted(set(first) & set(words)):
            if not words[key].strip():
                yield f"{what}: “{key}” is empty in {language}"
            if set(NAMES.findall(words[key])) != set(NAMES.findall(first[key])):
                yield f"{what}: “{key}” is filled in otherwise in {language}"
            if _ends(words[key]) != _ends(first[key]):
                yield f"{what}: “{key}” has other spaces at its ends in {language}"
            if language == "fr" and BREAKS_FRENCH.search(words[key]):
                yield f"{what}: “{key}” has a space before a sign that must not break in fr"


def unsaid(words: Mapping[str, str], said: set[str], *, what: str) -> Iterator[str]:
    """Name what is translated, and asked for by nothing."""
    for key in sorted(set(words) - said):
        yield f"{what}: nobody asks for “{key}”"


def _ends(text: str) -> tuple[bool, bool]:
    return text.startswith(" "), text.endswith(" ")


def found() -> Iterator[str]:
    """Name every problem of every catalogue."""
    # Without what else the script says by the code of an answer (tests/campaigns/setup/test_words.py).
    yield from problems(
        {code: script_words(code) for code in LANGUAGES}, named_in_scripts(), what="script"
    )
    for what, read, must, may in (
        (
            "page",
            page_words,
            named_in_templates() | named_in_python("campaigns/rendering/*.py"),
            set(),
        ),
        ("facts", fact_words, FACTS | named_in_python("campaigns/setup/rules/words.py"), set()),
        (
            "prizes",
            rule_words,
            PRIZES | named_in_python("campaigns/prizes/rules/words.py"),
            set(),
        ),
        ("reasons", reason_words, REASONS, MAY_SAY_MORE),
        (
            "mails",
            mail_words,
            MAILS | named_in_python("submissions/mail/services/composing.py"),
            MAIL_MAY_HAVE | {"button"},
        ),
        ("dates", date_words, DATES | named_in_python("ingest_lambda/contract/dates.py"), set()),
    ):
        codes = (*LANGUAGES, *REGIONS) if read is date_words else LANGUAGES
        yield from problems({code: read(code) for code in codes}, must, what=what)
        yield from unsaid(read(LANGUAGES[0]), must | may, what=what)


def main() -> int:
    """Print them; fail where there are any."""
    faults = list(found())
    print("\n".join(faults))
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
