"""The command search (Ctrl+K): the pages of the navigation, and what rooms find by name or reference."""

from collections.abc import Callable, Iterable
from functools import partial

from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from campaignhub.staff_site.navigation import navigation

MOST = 8
"""Of each kind; who sees none of it types another letter."""

Finder = Callable[[HttpRequest, str], Iterable[SearchResult]]
_PAGES = 50
_finders: list[tuple[int, Finder]] = []


def finds(place: int) -> Callable[[Finder], Finder]:
    """Register what answers a search, the nearest in meaning with the least ``place``; pages have 50."""
    return partial(_add, place)


def _add(place: int, finder: Finder) -> Finder:
    _finders.append((place, finder))
    _finders.sort(key=lambda pair: pair[0])
    return finder


def find(request: HttpRequest, term: str) -> list[SearchResult]:
    """Return what ``term`` may mean to this person, nearest first."""
    term = term.strip()
    if not term:
        return []
    return [result for _place, finder in _finders for result in finder(request, term)]


@finds(_PAGES)
def _pages(request: HttpRequest, term: str) -> list[SearchResult]:
    return [
        SearchResult(
            title=item["title"],
            description=group["title"] or "Go to",
            link=item["link"],
            icon=item["icon"],
        )
        for group in navigation(request)
        for item in group["items"]
        if term.lower() in f"{group['title'] or ''} {item['title']}".lower()
    ]
