"""One word, one thing, and the field's own: ``python -m tests.checks.words``.

Names of modules, functions, classes and arguments are held against a list of
words that say something else here than in the field, or nothing. What is left
of them stands in :data:`LEFT`, which only falls: a new one fails the check,
and so does a number that is too high.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("campaignhub", "campaigns", "submissions", "ingest_lambda")
AVOIDED = frozenset(
    [
        "life",
        "doors",
        "acts",
        "kinds",
        "pulse",
        "furnish",
        "judging",
        "again",
        "meet",
        "letters",
        "fates",
        "trouble",
        "tries",
        "tell",
        "carry",
        "strangers",
        "sweeps",
        "own",
        "places",
        "glance",
        "hands",
        "clean",
        "merge",
        "claim",
        "claims",
        "entry",
        "entries",
    ]
)
FRAMEWORK = re.compile(
    r"clean|clean_\w+|cleaned_data|log_entry|LogEntry|(Audit|Block)Entry(Admin)?"
)
"""Django's names, and two models whose rows are entries of a log and of a list."""
TERMS = re.compile(r"dead_letters?|TryAgain")
"""The field's term for what a queue gave up, and the error of STYLE §3; the rest of a name counts."""
LEFT: dict[str, int] = {}
"""How many names still have a word."""


def names() -> Iterator[str]:
    """Return every name that our code gives: modules, functions, classes, arguments."""
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" in file.parts:
                continue
            yield file.stem
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    yield node.name
                elif isinstance(node, ast.arg):
                    yield node.arg


def found() -> Counter[str]:
    """Count the names that have a word to be avoided, by word."""
    counts: Counter[str] = Counter()
    for name in names():
        if not FRAMEWORK.fullmatch(name):
            parts = re.findall(r"[A-Z]?[a-z]+", TERMS.sub("", name))
            counts.update({part.lower() for part in parts} & AVOIDED)
    return counts


def main() -> int:
    """Compare; print what rose, and what fell and is not noted yet."""
    now, wrong = found(), 0
    for word in sorted(AVOIDED):
        left = LEFT.get(word, 0)
        if now[word] != left:
            wrong += 1
            way = "another name was given with it" if now[word] > left else "lower it in LEFT"
            print(f"{word}: {now[word]} names, {left} noted: {way}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
