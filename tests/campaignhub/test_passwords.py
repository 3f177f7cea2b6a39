"""A hash waits in the queue as long as a page can, or as a command must."""

import pytest

from campaignhub import passwords
from campaignhub.passwords import Argon2Hasher, HashingBusy, no_page_waits

SALT = "salt-of-many-signs"


def test_what_holds_up_no_page_waits_for_its_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.0)
    with pytest.raises(HashingBusy):
        Argon2Hasher().encode("a sentence", SALT)

    with no_page_waits():
        assert Argon2Hasher().encode("a sentence", SALT).startswith("argon2$")

    with pytest.raises(HashingBusy):
        Argon2Hasher().encode("a sentence", SALT)
