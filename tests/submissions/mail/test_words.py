"""The words of mails, in each language."""

from dataclasses import replace

import pytest

from submissions.mail.rules.words.english import ENGLISH


def test_a_language_that_leaves_something_unsaid_is_refused_when_it_is_built():
    with pytest.raises(ValueError, match="no words for"):
        replace(ENGLISH, messages={})
