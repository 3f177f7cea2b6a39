"""What the check before a publish lets pass, the writer can judge: no answer of anybody makes it stumble."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.publishing.rules.publish_checks import FieldFacts, problems_of
from campaigns.publishing.services.manifest import _field_spec
from campaigns.setup.models import FormField
from ingest_lambda.contract import FieldKind, Manifest, ReasonCode, Route
from ingest_lambda.rules.answers import judge_answers
from tests.campaigns.facts import CONSENT, EMAIL, FACTS, NOON, texts
from tests.support.examples import examples

BOUNDS = st.sampled_from(["", "0", "-3", "10.5", "1e3", "NaN", "2026-06-01", "2026-02-30", "x"])
PATTERNS = st.sampled_from(
    ["", "[0-9]{3}", "(a+)+", "(", r"\w+", "(?=.*x).{2,}", "a|b|", "(a?){900}"]
)
KINDS = [kind for kind in FieldKind if kind not in (FieldKind.EMAIL, FieldKind.HIDDEN)]
ANSWERS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.sampled_from(["12", "2026-06-02", "1990-02-29", "red", "0777", "\ud83d", "a\x00b", "007"]),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.sampled_from(["red", "blue", 3]), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "name": "more",
        "kind": draw(st.sampled_from(KINDS)).value,
        "required": draw(st.booleans()),
        "min_length": draw(st.none() | st.integers(0, 9)),
        "max_length": draw(st.none() | st.integers(1, 9)),
        "minimum": draw(BOUNDS),
        "maximum": draw(BOUNDS),
        "pattern": draw(PATTERNS),
        "minimum_age": draw(st.none() | st.integers(1, 99)),
    }


@settings(max_examples=examples(400))
@given(row=rows(), answer=ANSWERS)
def test_a_form_that_passes_the_check_judges_every_answer(row: dict[str, Any], answer: Any) -> None:
    options = [("red", texts()), ("blue", texts())] if "choice" in row["kind"] else []
    facts = FieldFacts(**row, label=texts(), help_text={}, options=options)
    if problems_of(replace(FACTS, fields=(EMAIL, CONSENT, facts), limits=()), at=NOON):
        return
    stored = FormField(
        **row,
        routes=["purchase"],
        label=texts(),
        options=[{"value": value, "label": label} for value, label in options],
    )
    manifest = Manifest(
        campaign_id="c",
        client_id="1",
        slug="summer",
        release=1,
        timezone="Europe/London",
        languages=("en",),
        countries=("GB",),
        opens_at=FACTS.opens_at,
        closes_at=FACTS.closes_at,
        fields=(_field_spec(stored),),
        page_sha256="0" * 64,
    )
    kept, reasons = judge_answers(
        manifest, {"more": answer}, {}, route=Route.PURCHASE, entered_on=date(2026, 6, 3)
    )
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    assert set(kept) <= {"more"}
    assert all(isinstance(reason.code, ReasonCode) for reason in reasons)
