"""Rows of clients: outside a scope they cannot be touched, within one those of others are not there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.forms import ModelForm, modelform_factory
from django.test.utils import CaptureQueriesContext

from campaigns.access.models import BlockEntry
from campaigns.accounts.models import AuditEntry, Client, Invitation, Membership
from campaigns.accounts.services import audit
from campaigns.accounts.tenancy import OutsideScope, TenantModel, scope, unscoped
from campaigns.accounts.tenancy.query import leads_to_client, way_to_client
from campaigns.setup.models import Campaign, FormField
from submissions.mail.models import Mail
from submissions.mirror.models import ReceiptImage, Submission, SubmissionAnswers, SubmissionEvent
from submissions.review.models import OutboxDecision
from tests.campaigns.accounts.tenancy.test_scope import outside
from tests.security.two_clients import Side, make_side
from tests.submissions.factories import NOON

pytestmark = pytest.mark.dialects
TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
OF_NO_CLIENT = {
    "accounts.User": "works for several clients; what ties them to one is a membership",
    "accounts.SignInCount": "keyed hashes",
    "submissions.DeletedTest": "ids of what is no longer there",
    "intake.Heartbeat": "the machinery's",
    "mail.SendingHold": "of the account that every client sends by; a page shows a client its own sender",
    "operations.LedgerCheck": "the machinery's; a page shows a client's own lines of it",
    "operations.LedgerRound": "the machinery's, for operators",
    "operations.MinuteSample": "counts of all clients together, for operators",
    "operations.Reading": "of services, for operators",
    "operations.StuckSubmission": "ids, for the sweep",
    "operations.UnsentRound": "the machinery's, for operators",
}
"""Every other table of ours, and why it belongs to no client."""


@pytest.fixture
def ours(db: None) -> Side:
    """The client whose scope it is."""
    return make_side("Bystander")


@pytest.fixture
def theirs(db: None) -> Side:
    """The client whose rows must not be touched."""
    return make_side("Quillmark")


def client_of(row: Any) -> Any:
    """Return the id of the client that a row belongs to, the long way."""
    field, parent = way_to_client(type(row))
    key = getattr(row, field.attname)
    if leads_to_client(parent):
        return key
    above = parent._base_manager.filter(pk=key).first() if parent else None
    return client_of(above) if above else None


def test_every_table_of_ours_belongs_to_clients_or_says_why_not() -> None:
    rooms = ("campaigns.", "submissions.")
    ours = {model for model in apps.get_models() if model.__module__.startswith(rooms)}
    plain = {model._meta.label for model in ours - set(TENANT_MODELS)}
    assert plain == set(OF_NO_CLIENT)


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_outside_a_scope_no_table_of_clients_can_be_touched(db: None, model: Any) -> None:
    key = model._meta.pk.to_python("7" * 32 if "UUID" in type(model._meta.pk).__name__ else 7)
    acts: list[Callable[[], Any]] = [
        lambda: TenantModel.save(model(pk=key)),
        lambda: model(pk=key).refresh_from_db(),
    ]
    for manager in (model.objects, model._default_manager, model._base_manager):
        acts += touches(manager, key)
    for act in acts:
        with pytest.raises(OutsideScope), transaction.atomic():
            outside(act)


def touches(manager: Any, key: Any) -> list[Callable[[], Any]]:
    """Return ways to read, change, add and remove rows."""
    rows = manager.filter(pk=key)
    return [
        lambda: list(rows),
        lambda: list(rows.iterator()),
        lambda: list(rows.values_list("pk")),
        lambda: rows.count(),
        lambda: rows.exists(),
        lambda: rows.first(),
        lambda: list(rows.order_by().union(rows.order_by())),
        lambda: rows.in_bulk([key]),
        lambda: rows.update(pk=key),
        lambda: rows.delete(),
        lambda: manager.bulk_create([manager.model()]),
    ]


def test_within_a_scope_the_rows_of_its_clients_are_there_and_no_others(
    ours: Side, theirs: Side, subtests: pytest.Subtests
) -> None:
    for model in TENANT_MODELS:
        with subtests.test(model=model._meta.label):
            every = list(model.objects.all())
            mine = {row.pk for row in every if client_of(row) == ours.client.pk}
            foreign = {row.pk for row in every} - mine
            with scope([ours.client.pk]):
                assert {row.pk for row in model.objects.all()} == mine
                assert set(model._base_manager.values_list("pk", flat=True)) == mine
                assert model.objects.count() == len(mine)
                assert not model.objects.filter(pk__in=foreign).exists()
                assert not model.objects.filter(pk__in=foreign).delete()[0]
            with scope([]):
                assert not model.objects.exists()
                assert not model.objects.all().delete()[0]
                assert not model.objects.update(**{model._meta.pk.name: F("pk")})
            assert model.objects.count() == len(every)


def test_what_tests_hold_is_of_both_clients(ours: Side, theirs: Side) -> None:
    """Or the test above would compare nothing with nothing."""
    for model in (Campaign, Submission, SubmissionAnswers, SubmissionEvent):
        found = {client_of(row) for row in model.objects.all()}
        assert {ours.client.pk, theirs.client.pk} <= found, model


def test_a_row_of_another_client_is_neither_changed_nor_removed(ours: Side, theirs: Side) -> None:
    foreign = theirs[Submission]
    with scope([ours.client.pk]):
        assert Submission.objects.filter(pk=foreign.pk).update(reference="changed") == 0
        assert Submission.objects.update(source="ours") == 2
        assert Submission.objects.filter(campaign__name__contains=" ").update(source="ours") == 2
        foreign.source = "changed"
        with pytest.raises(DatabaseError), transaction.atomic():
            foreign.save(update_fields=["source"])
        with pytest.raises(OutsideScope):
            theirs[BlockEntry].delete()
        with pytest.raises(Submission.DoesNotExist):
            foreign.refresh_from_db()
    assert not Submission.objects.filter(reference="changed").exists()
    assert not Submission.objects.get(pk=foreign.pk).source
    assert BlockEntry.objects.filter(pk=theirs[BlockEntry].pk).exists()


def test_a_row_is_not_added_to_another_client(ours: Side, theirs: Side) -> None:
    with scope([ours.client.pk]):
        refused: list[Callable[[], Any]] = [
            lambda: audit.record_line("x", actor=None, client=theirs.client, target="x", at=NOON),
            lambda: FormField.objects.create(campaign=theirs[Campaign], name="x", kind="text"),
            lambda: Mail.objects.bulk_create(
                [Mail(campaign=theirs[Campaign], queued_at=NOON, not_before=NOON)]
            ),
            lambda: Client.objects.create(name="Their own"),
        ]
        for add in refused:
            with pytest.raises(OutsideScope), transaction.atomic():
                add()
        audit.record_line(
            "sign_in.failed", actor=None, client=None, target="account:unknown", at=NOON
        )
    assert not AuditEntry.objects.filter(code="x").exists()


def test_a_row_is_not_added_to_another_client_by_a_key_alone(ours: Side, theirs: Side) -> None:
    foreign, entry = theirs[Campaign].pk, theirs[Submission].pk
    with scope([ours.client.pk]):
        for add in (
            lambda: FormField.objects.create(campaign_id=foreign, name="x", kind="text"),
            lambda: FormField.objects.bulk_create([FormField(campaign_id=foreign, name="x")]),
            lambda: FormField(campaign_id=foreign, name="x", kind="text").save(),
            lambda: OutboxDecision.objects.get_or_create(submission_id=entry, decision_no=7),
        ):
            with pytest.raises(OutsideScope), transaction.atomic():
                add()
        FormField.objects.create(campaign_id=ours[Campaign].pk, name="x", kind="text")
    assert FormField.objects.get(name="x").campaign == ours[Campaign]


def test_a_row_of_ones_own_does_not_go_to_another_client(ours: Side, theirs: Side) -> None:
    """Or whoever guesses a key would plant a campaign, a field or a mail with others."""
    mine, foreign = ours[Campaign], theirs[Campaign]
    (field, *_more) = FormField.objects.filter(campaign=mine)
    here = FormField.objects.filter(pk=field.pk)

    def saved(**values: Any) -> None:
        for name, value in values.items():
            setattr(field, name, value)
        field.save()

    with scope([ours.client.pk]):
        for move in (
            lambda: here.update(campaign=foreign),
            lambda: here.update(campaign_id=foreign.pk),
            lambda: here.update(campaign=Campaign.objects.filter(pk=mine.pk).values("pk")[:1]),
            lambda: saved(campaign=foreign),
            lambda: saved(campaign_id=foreign.pk),
            lambda: FormField.objects.bulk_update([field], ["campaign"]),
            lambda: here.update_or_create(pk=field.pk, defaults={"campaign": foreign}),
            lambda: Campaign.objects.filter(pk=mine.pk).update(client=theirs.client),
            lambda: Campaign.objects.filter(pk=mine.pk).update(client=theirs.client.pk),
        ):
            with pytest.raises(OutsideScope), transaction.atomic():
                move()
        saved(campaign=mine, required=False)
        assert here.update(campaign=mine, required=True) == 1
        assert here.update(campaign=F("campaign")) == 1
    assert here.get().campaign == mine


def test_an_insert_does_not_write_over_a_row_of_another_client(ours: Side, theirs: Side) -> None:
    (field, *_more) = FormField.objects.filter(campaign=theirs[Campaign])
    over = FormField(pk=field.pk, campaign=ours[Campaign], name="mine", kind="text")
    with scope([ours.client.pk]):
        with pytest.raises(OutsideScope), transaction.atomic():
            FormField.objects.bulk_create(
                [over], update_conflicts=True, unique_fields=["id"], update_fields=["name"]
            )
        FormField.objects.bulk_create([over], ignore_conflicts=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            over.save()
        with pytest.raises(OutsideScope), transaction.atomic():
            over.delete()
    assert FormField.objects.get(pk=field.pk).name == field.name


def test_related_rows_and_those_that_a_key_leads_to_are_confined_too(
    ours: Side, theirs: Side
) -> None:
    foreign = Submission.objects.get(pk=theirs[Submission].pk)
    with scope([ours.client.pk]):
        assert not list(theirs.client.campaigns.all())
        assert not list(theirs[Campaign].form_fields.all())
        assert not list(Campaign.objects.filter(client=theirs.client).prefetch_related("limits"))
        with pytest.raises(Campaign.DoesNotExist):
            foreign.campaign  # noqa: B018
        with pytest.raises(SubmissionAnswers.DoesNotExist):
            foreign.personal  # noqa: B018


def test_a_union_and_a_subquery_are_confined_in_each_part(ours: Side, theirs: Side) -> None:
    both = [ours[Campaign].pk, theirs[Campaign].pk]
    some = Submission.objects.order_by().values_list("campaign")
    parts = [some.filter(campaign=pk) for pk in both]
    photos = ReceiptImage.objects.filter(submission_id=OuterRef("pk"))
    with scope([ours.client.pk]):
        assert set(parts[0].union(parts[1], all=True)) == {(ours[Campaign].pk,)}
        seen = Submission.objects.filter(Exists(photos)).values_list("campaign", flat=True)
        assert set(seen) == {ours[Campaign].pk}
        assert parts[0].union(parts[1], all=True).count() == 2
        assert Submission.objects.aggregate(n=Count("pk"), other=Count("personal")) == {
            "n": 2,
            "other": 2,
        }
        assert Submission.objects.values("campaign").annotate(n=Count("pk")).get()["n"] == 2
        assert Submission.objects.distinct().count() == len(Submission.objects.all()[:9]) == 2
        within = Submission.objects.filter(campaign__in=Campaign.objects.all())
        assert set(within.values_list("campaign", flat=True)) == {ours[Campaign].pk}


def test_an_or_beside_the_filter_does_not_open_the_scope(ours: Side, theirs: Side) -> None:
    mine, foreign = ours[Campaign].pk, theirs[Campaign].pk
    with scope([ours.client.pk]):
        list(Campaign.objects.all())  # so that ours is known to lie within
        for rows in (
            Submission.objects.filter(Q(campaign=mine) | Q(campaign=foreign)),
            Submission.objects.filter(campaign__in=[mine, foreign]),
            Submission.objects.exclude(campaign=mine),
            Submission.objects.exclude(campaign__in=[mine]),
            Submission.objects.filter(Q(campaign=mine) ^ Q(campaign=foreign)),
            Submission.objects.filter(campaign__client__in=[ours.client.pk, theirs.client.pk]),
            Submission.objects.filter(campaign__client__in=Client.objects.values("pk")),
            Submission.objects.filter(campaign=foreign) | Submission.objects.filter(campaign=mine),
            Submission.objects.filter(campaign=mine) ^ Submission.objects.filter(campaign=foreign),
            Submission.objects.exclude(campaign=mine) | Submission.objects.filter(campaign=mine),
            Submission.objects.exclude(campaign__client=ours.client),
            Submission.objects.filter(~~Q(campaign=foreign)),
            Submission.objects.filter(Q(campaign=mine, is_test=False) | Q(is_test=True)),
            Submission.objects.filter(Exists(Campaign.objects.filter(pk=mine))),
            Submission.objects.filter(Exists(Campaign.objects.filter(state=OuterRef("status")))),
            Submission.objects.filter(~Exists(Campaign.objects.filter(pk=OuterRef("campaign")))),
            Submission.objects.filter(
                campaign__in=FormField.objects.filter(campaign=foreign).values("campaign")
            ),
        ):
            assert set(rows.values_list("campaign", flat=True)) <= {mine}, str(rows.query)


def test_choices_of_a_form_that_was_made_at_import_are_those_of_who_asks(
    ours: Side, theirs: Side
) -> None:
    form_class: type[ModelForm[Any]] = outside(
        lambda: modelform_factory(BlockEntry, fields=("client", "kind", "hint"))
    )
    with scope([ours.client.pk]):
        form = form_class({"client": theirs.client.pk, "kind": "email", "hint": "a@b.example"})
        assert set(form.errors) == {"client"}
        choices: Any = form.fields["client"]
        assert list(choices.queryset) == [ours.client]


def test_what_is_unique_over_all_clients_is_checked_over_all_of_them(
    ours: Side, theirs: Side
) -> None:
    """Or the insert would fail without a sentence."""
    with scope([ours.client.pk]):
        ours[Campaign].slug = theirs[Campaign].slug
        problems = problems_of(ours[Campaign].validate_unique)
        assert "slug" in problems
        open_twice = Invitation(client=ours.client, address=ours[Invitation].address)
        assert problems_of(open_twice.validate_constraints)


def problems_of(check: Callable[[], None]) -> Any:
    """Return what a check of Django's says."""
    try:
        check()
    except ValidationError as found:
        return found.message_dict
    return {}


def test_a_queryset_shows_the_scope_that_it_is_read_in(ours: Side, theirs: Side) -> None:
    with scope([ours.client.pk]):
        rows = Campaign.objects.filter(state="draft")
    with scope([theirs.client.pk]):
        assert list(rows.all()) == [theirs[Campaign]]
    with unscoped("a test"):
        assert rows.count() == 2
    with pytest.raises(OutsideScope):
        outside(lambda: list(rows.all()))


@pytest.mark.parametrize(
    ("rows", "added"),
    [
        (lambda side: Submission.objects.filter(campaign=side[Campaign]), 0),
        (lambda side: Submission.objects.filter(campaign__in=[side[Campaign].pk]), 0),
        (lambda side: Submission.objects.filter(campaign__in=Campaign.objects.all()), 0),
        (lambda side: Submission.objects.filter(campaign__client=side.client), 0),
        (lambda side: OutboxDecision.objects.filter(submission__campaign=side[Campaign]), 1),
        (lambda side: side[Submission].reviews.all(), 1),
        (lambda _: Submission.objects.filter(person_hash="5" * 64), 1),
        (lambda _: Campaign.objects.filter(state="live"), 0),
        (lambda _: Membership.objects.filter(role="owner"), 0),
    ],
)
def test_a_query_that_confines_itself_is_left_as_it_is(
    ours: Side, rows: Callable[[Side], Any], added: int
) -> None:
    with scope([ours.client.pk]):
        assert list(Campaign.objects.all()) == [ours[Campaign]]
        with CaptureQueriesContext(connection) as queries:
            list(rows(ours))
        sql = queries.captured_queries[-1]["sql"]
        assert sql.count("EXISTS(SELECT 1") == added * sql.count("EXISTS"), sql
        assert bool("EXISTS" in sql) is bool(added), sql
        assert sql.count(" JOIN ") == str(rows(ours).query).count(" JOIN "), sql


def test_of_what_the_scope_has_read_it_asks_no_second_time(ours: Side) -> None:
    with scope([ours.client.pk]):
        submission = Submission.objects.get(pk=ours[Submission].pk)
        with CaptureQueriesContext(connection) as queries:
            list(submission.reviews.all())
            list(ReceiptImage.objects.filter(submission_id=submission.pk))
    assert not [query for query in queries.captured_queries if "EXISTS" in query["sql"]]
