"""What staff write becomes headings, lists and links; nothing of it is lost, and nothing becomes markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rendering.prose import Block, Run, blocks, plain, runs

TARGETS = {"rules": "./rules/1/", "privacy": "https://north.example/privacy"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I accept.", (Run("I accept."),)),
        (
            "I accept the [official rules](rules).",
            (Run("I accept the "), Run("official rules", "./rules/1/"), Run(".")),
        ),
        ("[Privacy](privacy)", (Run("Privacy", "https://north.example/privacy"),)),
        ("[us](https://x.example/a?b=1)", (Run("us", "https://x.example/a?b=1"),)),
        ("[mail](mailto:a@x.example)", (Run("mail", "mailto:a@x.example"),)),
        ("[call](tel:+4420)", (Run("call", "tel:+4420"),)),
        (
            "See https://x.example/rules.",
            (Run("See "), Run("https://x.example/rules", "https://x.example/rules"), Run(".")),
        ),
        ("[x](javascript:alert)", (Run("[x](javascript:alert)"),)),
        ("[x](JaVaScRiPt:alert)", (Run("[x](JaVaScRiPt:alert)"),)),
        ("[x](data:text/html,a)", (Run("[x](data:text/html,a)"),)),
        ("[x](//evil.example)", (Run("[x](//evil.example)"),)),
        ("[x](/admin)", (Run("[x](/admin)"),)),
        ("[x](nowhere)", (Run("[x](nowhere)"),)),
        ('[x](https://x"onclick=1)', (Run('[x](https://x"onclick=1)'),)),
        *(
            (text, (Run(text),))
            for text in (
                "[https://bank.example/x](https://evil.example)",
                "[www.bank.example](https://evil.example)",
                "[Bank.example](https://bank.example.evil.example)",
                "[us](https://bank.example@evil.example)",
                "https://bank.example@evil.example/",
                "[us](https://[bank.example)",
            )
        ),
        *(
            (f"[{words}](https://www.x.example/a)", (Run(words, "https://www.x.example/a"),))
            for words in ("x.example", "https://WWW.X.example/", "Version 2.0", "e.g. here", "a.b")
        ),
        ("[not closed](rules", (Run("[not closed](rules"),)),
        ("a [b] (rules) c", (Run("a [b] (rules) c"),)),
        ("18+ [sic]", (Run("18+ [sic]"),)),
        ("", ()),
    ],
)
def test_a_link_leads_to_the_web_a_mailbox_a_telephone_or_a_page_of_the_campaign(
    text: str, expected: tuple[Run, ...]
) -> None:
    assert runs(text, TARGETS) == expected


def test_headings_lists_and_paragraphs_are_told_apart() -> None:
    text = """# Who can enter
Residents of the UK.
Aged 18 or over.

Not:
- staff
- their families
## How
1. Buy.
2. Send.

4. Win.
"""
    kinds = [
        (block.kind, [plain(line) for line in block.lines], block.start)
        for block in blocks(text, {})
    ]
    assert kinds == [
        ("heading", ["Who can enter"], 1),
        ("paragraph", ["Residents of the UK.", "Aged 18 or over."], 1),
        ("paragraph", ["Not:"], 1),
        ("bullets", ["staff", "their families"], 1),
        ("heading", ["How"], 1),
        ("numbers", ["Buy.", "Send."], 1),
        ("numbers", ["Win."], 4),
    ]


@given(st.text(alphabet="ab #-*•1.)([]\n:/<>&\"'", max_size=80))
def test_no_letter_is_lost_whatever_is_typed(text: str) -> None:
    shown = "".join(plain(line) for block in blocks(text, TARGETS) for line in block.lines)
    wanted = re.findall("[ab<>&]", re.sub(r"\]\((rules|privacy)\)", "]", text))
    assert re.findall("[ab<>&]", shown) == wanted


def test_a_text_of_brackets_alone_is_read_in_linear_time() -> None:
    assert blocks("[" * 20_000, {}) == [Block("paragraph", ((Run("[" * 20_000),),))]
