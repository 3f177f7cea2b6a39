"""Mailboxes that are thrown away: told by their domain."""

from functools import cache

from ingest_lambda.rules.people import normalise_email


@cache
def _domains() -> frozenset[str]:
    # The community's list as a package, MIT, renewed weekly:
    # https://github.com/disposable-email-domains/disposable-email-domains
    # Imported at the first submission: 10,000 names are nothing a cold start should wait for.
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def is_disposable(address: str) -> bool:
    """Tell whether an address belongs to a provider of mailboxes to throw away, or to a part of one.

    A reason to look, never to refuse: the list is others' opinion.
    """
    # As a mail program reads it: wide letters and such as cannot be seen make no other domain.
    labels = normalise_email(address).rpartition("@")[2].split(".")
    return any(".".join(labels[n:]) in _domains() for n in range(len(labels) - 1))
