"""Disposable mailboxes, recognised by their domain."""

from functools import cache

from ingest_lambda.rules.people import normalise_email


@cache
def _domains() -> frozenset[str]:
    # The community's list as a package, MIT, renewed weekly:
    # https://github.com/disposable-email-domains/disposable-email-domains
    # Imported at the first submission, so that no cold start loads 10,000 names.
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


def is_disposable(address: str) -> bool:
    """Tell whether an address is at a provider of disposable mailboxes, or at a subdomain of one.

    A reason to review and never to refuse, because the list is maintained by others.
    """
    # As a mail program reads it: wide letters and such as cannot be seen make no other domain.
    labels = normalise_email(address).rpartition("@")[2].split(".")
    return any(".".join(labels[n:]) in _domains() for n in range(len(labels) - 1))
