"""``make check`` finds new ways from text to markup; what it looks for is shown to it here."""

import subprocess
import sys

import pytest

from tests.checks.raw_markup import MEANT, ROOT, complaints, sources

RAW = [
    ("a.html", "<p>{{ name|safe }}</p>", "safe filter"),
    ("a.html", "{{ names | safeseq|join:', ' }}", "safe filter"),
    ("a.txt", "{% autoescape off %}{{ name }}{% endautoescape %}", "autoescape off"),
    ("a.html", "<script>alert(1)</script>", "inline script"),
    ("a.html", "<script\n  type='module'>go()</script>", "inline script"),
    ("a.html", "<style>p{}</style>", "inline style"),
    ("a.html", '<img src="x" onerror="go()">', "event attribute"),
    ("a.html", '<p hx-on:click="go()">', "event attribute"),
    ("a.html", '<a href="javascript:go()">', "javascript:"),
    ("a.html", '<p x-html="name">', "evaluated attribute"),
    ("a.html", '<iframe srcdoc="{{ page }}">', "evaluated attribute"),
    ("a.html", "<input value={{ name }}>", "unquoted attribute"),
    ("a.svg", "<svg onload='go()'>", "event attribute"),
    ("a.js", "box.innerHTML = name", "markup from text"),
    ("a.js", "box.insertAdjacentHTML('beforeend', name)", "markup from text"),
    ("a.js", "new Function(name)()", "code from text"),
    ("a.js", "setTimeout('go()', 1)", "code from text"),
    ("a.py", "policy = \"script-src 'unsafe-inline'\"", "inline policy"),
    ("a.py", "policy = \"script-src 'unsafe-eval'\"", "inline policy"),
    ("a.py", "class Words(str): __html__ = str.__str__", "raw markup"),
    ("a.py", "Context({}, autoescape=False)", "raw markup"),
    ("a.py", "format_html(f'<b>{name}</b>')", "format of text"),
    ("a.py", "html.format_html('<b>' + name + '</b>')", "format of text"),
    ("a.py", "format_html_join(', ', '<b>%s</b>' % name, ())", "format of text"),
]
TAME = [
    ("a.html", '<script type="application/json" id="data">{}</script>'),
    ("a.html", '<script type="module" src="{% static "a.js" %}"></script>'),
    ("a.html", '<input value="{{ name }}" name="on" x-on:click="open = true">'),
    ("a.html", '<a href="?q={{ name }}">on = it</a>'),
    ("a.js", "box.textContent = other.innerHTML"),
    ("a.py", "format_html('<b>{}</b>', name)"),
    ("a.py", "format_html_join(', ', '<b>{}</b>', [(name,)])"),
]
DECLARED_SAFE = [
    "from django.utils.safestring import mark_safe",
    "from django.utils.safestring import SafeString",
    "from django.utils.html import mark_safe",
    "from django.utils import html\n\n\n@html.html_safe\nclass A: ...",
    "from django.utils import safestring\n\nsafestring.SafeText",
]


@pytest.mark.parametrize(("path", "text", "what"), RAW)
def test_what_makes_markup_or_code_of_text_is_named_with_its_line(path, text, what):
    assert f"{path}:2: {what}" in complaints({path: f"\n{text}\n"}, {})


@pytest.mark.parametrize(("path", "text"), TAME)
def test_what_escapes_is_let_be(path, text):
    assert complaints({path: text}, {}) == []


def test_what_is_meant_is_let_be_and_has_to_go_when_it_is_no_longer_there():
    meant = {("a.html", "safe filter"): "a constant"}

    assert complaints({"a.html": "{{ name|safe }}"}, meant) == []
    assert complaints({"a.html": "{{ name }}"}, meant) == [
        "a.html: no safe filter any more; take it from MEANT"
    ]


def test_our_own_files_hold_what_is_meant_and_nothing_else():
    files = sources()

    assert len(files) > 200
    assert {name.rpartition(".")[2] for name in files} >= {
        "py",
        "html",
        "js",
    }
    assert complaints(files, MEANT) == []


@pytest.mark.parametrize("text", DECLARED_SAFE)
def test_the_linter_refuses_to_declare_text_safe(text):
    command = "-m ruff check --no-cache --select TID251 --stdin-filename campaigns/admin/new.py -"
    ran = subprocess.run(
        [sys.executable, *command.split()],
        cwd=ROOT,
        input=f"{text}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "Nothing is declared safe" in ran.stdout
