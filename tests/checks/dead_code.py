"""Functions, methods and classes that nothing calls: ``python -m tests.checks.dead_code``.

Vulture reads Python alone. What templates, settings, migrations and the ingest
template name is used as well, and so are the hooks that a framework looks up by
name. What only tests use is dead.
"""

import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parents[2]
ROOMS = ("campaignhub", "campaigns", "submissions", "ingest_lambda")
KINDS = {"function", "method", "class", "property", "import"}
NAMED_IN = (
    "templates/**/*.html",
    "campaignhub/settings.py",
    "campaignhub/urls.py",
    "**/migrations/0*.py",
    "ingest_lambda/template.yaml",
)
HOOKS = re.compile(
    # Django: forms, widgets, admin, models, commands, converters, sessions, lookups.
    r"Meta|Command|\w+Config|clean_\w+|clean|get_\w+|has_\w+|formfield_\w+|response_\w+|lookups|field_choices"
    r"|add_arguments|to_python|to_url|as_sql|as_sqlite|value_(from|omitted_from)_(datadict|data)|has_changed"
    r"|id_for_label|compress|validate(_unique)?|confirm_login_allowed|aauthenticate|changelist_view"
    r"|password_change|handle_no_permission|http_method_not_allowed|_get_obj_does_not_exist_redirect|validate_password_for_user|queryset"
    # Celery's consumer, pydantic-settings, asyncio's protocols, logging.
    r"|on_(unknown_message|unknown_task|invalid_task|decode_error)|settings_customise_sources|data_received|connection_(made|lost)|formatException"
)
DECORATORS = [
    "@admin.*",
    "@app.*",
    "@checks.*",
    "@computed_field",
    "@display",
    "@clock_round",
    "@field_*",
    "@finds",
    "@lines",
    "@metrics.*",
    "@model_*",
    "@periodic_task",
    "@register.*",
    "@section",
]


_DOTTED = re.compile(r"[\"'/{}\w.\[\] ]+\.(\w+)[\"']")
"""The last word of a dotted name in a string: what settings and commands import."""


def unused() -> list[str]:
    """Name what nothing calls, as ``path:line: name``."""
    reader = Vulture(ignore_decorators=DECORATORS)
    reader.scavenge([str(ROOT / room) for room in ROOMS], exclude=["*/migrations/*"])
    said = "\n".join(file.read_text() for pattern in NAMED_IN for file in ROOT.glob(pattern))
    words = set(re.findall(r"\w+", said))
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            words |= set(_DOTTED.findall(file.read_text()))
    return [
        f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: {item.name}"
        for item in reader.get_unused_code(min_confidence=60)
        if item.typ in KINDS and item.name not in words and not HOOKS.fullmatch(item.name)
    ]


def main() -> int:
    """Print them; fail where there are any."""
    found = unused()
    print("\n".join(found))
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
