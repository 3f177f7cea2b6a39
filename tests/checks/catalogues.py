"""Every word that an entrant can meet exists in every language: ``python -m tests.checks.catalogues``.

The page's script and templates name their words by key, and a missing one would be an empty
sentence where somebody waits for one. Holds keys, names in braces and emptiness.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from campaigns.rendering.words import page_words, script_words
from ingest_lambda.contract.dates import LANGUAGES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "templates" / "campaign_page"
IN_SCRIPT = re.compile(r"\bt\(\"(\w+)\"")
IN_CHOICE = re.compile(r"\bt\([^\n]*?\? \"(\w+)\" : \"(\w+)\"\)")
IN_TEMPLATE = re.compile(r"\bwords\.(\w+)")
NAMES = re.compile(r"\{(\w+)\}")


def named_in_scripts() -> set[str]:
    """Return the keys that the page's modules ask for by name."""
    text = "\n".join(file.read_text() for file in (PAGE / "script").glob("*.js"))
    chosen = [key for pair in IN_CHOICE.findall(text) for key in pair]
    return {*IN_SCRIPT.findall(text), *chosen}


def named_in_templates() -> set[str]:
    """Return the keys that the page's templates show."""
    text = "\n".join(file.read_text() for file in PAGE.glob("*.html"))
    return set(IN_TEMPLATE.findall(text))


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


def main() -> int:
    """Print them; fail where there are any."""
    found = [
        *problems(
            {code: script_words(code) for code in LANGUAGES}, named_in_scripts(), what="script"
        ),
        *problems(
            {code: page_words(code) for code in LANGUAGES}, named_in_templates(), what="page"
        ),
    ]
    print("\n".join(found))
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
