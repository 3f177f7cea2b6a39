"""The scripts that staff pages load: the copy of Alpine is what its README says, and nothing evaluates text."""

import hashlib
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import get_template

SKELETON = "unfold/layouts/skeleton.html"


def _found(name: str) -> Path:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found)


def test_alpine_is_the_build_that_its_readme_names():
    readme = _found("staff_site/alpine/README.md").read_text()
    build = _found("staff_site/alpine/alpine.csp.min.js").read_bytes()
    version = re.search(r"`@alpinejs/csp` ([\d.]+)", readme)

    assert f"`{hashlib.sha256(build).hexdigest()}`" in readme
    assert version
    assert f'version:"{version[1]}"'.encode() in build


def test_no_script_of_a_staff_page_compiles_text():
    source: str = get_template(SKELETON).template.source  # type: ignore[attr-defined]
    names = [
        name for name in re.findall(r"{% static '([^']+\.js)' %}", source) if "htmx" not in name
    ]

    assert len(names) >= 5
    for name in names:
        script = _found(name).read_text()
        assert not re.search(r"new Function|AsyncFunction|\beval\(", script), name


def test_htmx_is_told_to_evaluate_nothing():
    source: str = get_template(SKELETON).template.source  # type: ignore[attr-defined]

    assert '"allowEval": false' in source
    assert '"allowScriptTags": false' in source
