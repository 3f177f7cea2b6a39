"""The tabs of a campaign, in the order of the work, and what stands on each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaigns.setup.models import Campaign
from campaigns.workbench.admin.checklist import Todo
from campaigns.workbench.admin.publishing import Step, steps_on


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under a heading; a tuple of names stands side by side."""

    title: str
    fields: tuple[str | tuple[str, ...], ...]
    words: str = ""
    template: str = ""
    """Shows the fields in a way of its own."""


@dataclass(frozen=True)
class Tab:
    """One tab: groups of fields, a list of rows, or a template of its own."""

    slug: str
    title: str
    groups: tuple[Group, ...] = ()
    rows: str = ""
    template: str = ""

    @property
    def names(self) -> Iterable[str]:
        """Return the names of its fields."""
        for group in self.groups:
            for entry in group.fields:
                yield from (entry,) if isinstance(entry, str) else entry


BASICS = Tab(
    "basics",
    "Basics",
    (
        Group("Client and name", ("client", ("name", "slug"))),
        Group("When", ("timezone", ("opens_at", "closes_at"))),
        Group("Countries and languages", ("countries", "languages", "default_language")),
        Group("How people enter", ("routes", "currency")),
        Group(
            "Review", ("review_mode", ("decide_within_days", "resubmit_within_hours"), "notices")
        ),
    ),
)
TABS: tuple[Tab, ...] = (
    BASICS,
    Tab(
        "page",
        "Page",
        (
            Group("Texts", ("headline", "supporting", "prizes")),
            Group("Pictures", ("logo", "logo_alt", "hero_image", "hero_alt")),
            Group(
                "Colours",
                (("surface_colour", "text_colour"), ("brand_colour", "accent_colour")),
                "Everything on the page derives from these four. Text has to reach 4.5:1.",
            ),
            Group("Shape and type", ("radius", "type_pair")),
        ),
    ),
    Tab("form", "Form", rows="form_fields"),
    Tab(
        "limits",
        "Limits",
        (
            Group("Spam and bot protection", ("minimum_fill_seconds",)),
            Group(
                "Challenge",
                ("challenge_provider", ("challenge_site_key", "challenge_on_trouble")),
                "Off unless a provider is chosen. It asks only those who look like a robot.",
            ),
        ),
        rows="limits",
    ),
    Tab(
        "prizes",
        "Prizes",
        (
            Group(
                "For all prizes",
                (("prize_cap", "expected_submissions"), "reveal"),
                "The rules' paragraph about prizes is written from these settings, in every language.",
            ),
        ),
        rows="prize_rows",
    ),
    Tab("legal", "Rules & legal", (Group("", ("rules", "privacy_url", "privacy_urls")),)),
    Tab(
        "mails",
        "Mails",
        (
            Group("Sender of e-mails", ("sender_name",)),
            Group(
                "Reasons",
                ("reason_texts", "reason_labels", "hidden_reasons"),
                "Moderators choose by the label; entrants read the sentence, in the e-mail and on "
                "their status page. New labels apply at once. New sentences apply to people who "
                "enter after the next publish.",
                template="admin/campaigns/campaign/reasons.html",
            ),
        ),
    ),
    Tab("publish", "Publish", template="admin/campaigns/campaign/publish.html"),
)


def fieldsets(tabs: Sequence[Tab]) -> list[tuple[str | None, dict[str, Any]]]:
    """Return the fields in the shape that Django's admin reads."""
    return [(tab.title, {"fields": list(tab.names)}) for tab in tabs if tab.groups]


@dataclass
class ShownTab:
    """A tab with its bound fields, and what is to be done on it."""

    tab: Tab
    groups: list[tuple[Group, list[list[Any]]]]
    formset: Any = None
    todos: list[Todo] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    """What other rooms offer here."""
    errors: int = 0


def shown(
    tabs: Sequence[Tab],
    form: Any,
    formsets: dict[str, Any],
    todos: Sequence[Todo],
    campaign: Campaign | None,
) -> list[ShownTab]:
    """Bind the tabs to a form and its rows, and count what is wrong on each."""
    result = []
    for tab in tabs:
        groups = [
            (
                group,
                [
                    [form[name] for name in ((row,) if isinstance(row, str) else row)]
                    for row in group.fields
                ],
            )
            for group in tab.groups
        ]
        formset = formsets.get(tab.rows)
        errors = sum(bool(form.errors.get(name)) for name in tab.names)
        if formset is not None and formset.formset.is_bound:
            errors += sum(bool(row) for row in formset.formset.errors)
            errors += bool(formset.formset.non_form_errors())
        mine = [todo for todo in todos if todo.tab == tab.title]
        steps = steps_on(tab.slug, campaign) if campaign and not tab.template else []
        result.append(ShownTab(tab, groups, formset, mine, steps, errors))
    return result
