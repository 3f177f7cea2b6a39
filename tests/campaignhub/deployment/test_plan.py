"""What an installation is told in its file, and what follows from that."""

import pytest

from campaignhub.deployment.errors import AccountNotReady, CannotDeploy
from campaignhub.deployment.plan import (
    Plan,
    missing_parameters,
    parameters_for,
    read_plan,
    refuse_long_names,
)
from campaignhub.deployment.template import INGEST, ORDER, TEMPLATES, read_template
from campaignhub.deployment.values import misfit, region_misfit
from campaignhub.env import ROOT

FILE = """
stack = "{stack}"
account = "111122223333"
region = "eu-central-1"
[ingest]
StartConcurrency = 20
TraceRequests = true
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "demo.toml"


def plan(**values):
    return Plan(**{"stack": "demo", "account": "111122223333", "region": "eu-central-1", **values})


def test_numbers_and_flags_are_written_as_cloudformation_reads_them(file):
    file.write_text(FILE.format(stack="demo"))

    found = read_plan(file)

    assert found.ingest == {"StartConcurrency": "20", "TraceRequests": "true"}
    assert (found.target.runtime, found.target.architecture) == ("python3.13", "arm64")
    assert found.stack_name("ingest") == "demo-ingest"


def test_a_stack_that_the_file_does_not_name_is_left_out(file):
    file.write_text(FILE.format(stack="demo") + "[edge]\n")

    found = read_plan(file)

    assert [name for name in TEMPLATES if found.has(name)] == [
        name for name in TEMPLATES if name != "notices"
    ]


def test_the_edge_stands_where_cloudfront_looks_for_it():
    assert (plan().region_of("edge"), plan().region_of("ingest")) == ("us-east-1", "eu-central-1")


@pytest.mark.parametrize("stack", ["Demo", "demo_1", "1demo", "demo-"])
def test_a_name_that_no_bucket_can_have_is_refused(file, stack):
    file.write_text(FILE.format(stack=stack))

    with pytest.raises(CannotDeploy, match="stack must be small letters"):
        read_plan(file)


def test_a_name_with_which_a_resource_is_called_too_long_is_refused():
    refuse_long_names(plan(stack="d" * 19))
    with pytest.raises(AccountNotReady, match="too long"):
        refuse_long_names(plan(stack="d" * 60))


def test_what_nobody_gives_is_known_before_anything_is_deployed():
    origins = {"AllowedOrigins": "https://win.example.com"}
    assert missing_parameters(plan()) == ["[ingest] AllowedOrigins is to be set"]
    assert missing_parameters(plan(ingest=origins, edge={})) == []
    assert missing_parameters(plan(edge={"DomainNames": "win.example.com"})) == []
    assert missing_parameters(plan(ingest=origins, notices={})) == [
        "[notices] MailDomain is to be set"
    ]


@pytest.mark.parametrize(
    "line", ['TokenKeys = "k1:00"', 'PersonSecret = "00"', '[edge]\nOriginSecret = "x"']
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(file, line):
    """The stacks would not agree on it, and the file lies where code does."""
    file.write_text(FILE.format(stack="demo") + line + "\n")

    with pytest.raises(CannotDeploy, match="is a secret, which stands in no file") as refused:
        read_plan(file)
    assert "00" not in refused.value.message.rpartition("toml")[2]


def test_a_parameter_that_the_template_does_not_have_is_named(file):
    file.write_text(FILE.format(stack="demo") + "Wrong = 1\n")

    with pytest.raises(CannotDeploy, match=r"\[ingest\] Wrong is no parameter of template.yaml"):
        read_plan(file)


@pytest.mark.parametrize(
    ("text", "why"),
    [("stack = ", "demo.toml: "), ("", "account is missing: it must be the twelve digits")],
)
def test_a_file_that_can_not_be_read_says_where(file, text, why):
    file.write_text(text)

    with pytest.raises(CannotDeploy, match=why):
        read_plan(file)


def test_a_file_that_is_not_there_points_to_the_example(file):
    with pytest.raises(CannotDeploy, match=r"deployments/example\.toml"):
        read_plan(file)


def test_the_example_is_one():
    read_plan(ROOT / "deployments" / "example.toml")


def test_what_is_built_is_what_the_template_runs_unless_told_otherwise():
    declared = read_template(INGEST)["Parameters"]

    assert plan().target.runtime in declared["Runtime"]["AllowedValues"]
    assert plan().architecture in declared["Architecture"]["AllowedValues"]


TEMPLATE = {
    "Parameters": {
        "Needed": {"Type": "String"},
        "Optional": {"Type": "String", "Default": "d"},
        "Key": {"Type": "String", "NoEcho": True},
    }
}


def test_what_the_file_does_not_set_has_the_template_s_default_and_not_what_the_stack_had():
    found = parameters_for(TEMPLATE, {"Needed": "n"}, {"Optional": "old", "Key": "****"}, {})

    assert found == {"Needed": "n", "Key": None}


def test_a_secret_is_taken_once_and_kept():
    assert parameters_for(TEMPLATE, {"Needed": "n"}, {}, {"Key": "k"})["Key"] == "k"
    assert parameters_for(TEMPLATE, {"Needed": "n"}, {"Key": "****"}, {})["Key"] is None


def test_what_nobody_gives_is_named():
    with pytest.raises(CannotDeploy, match="Not given: Needed, Key"):
        parameters_for(TEMPLATE, {}, {}, {})


def test_pages_may_upload_from_every_domain_of_the_installation():
    both = {"DomainNames": "win.example.com, promo.example.org"}
    named = {"AllowedOrigins": "https://d1.cloudfront.net,https://win.example.com"}

    found = plan(edge=both, ingest=named).given("ingest")["AllowedOrigins"]

    assert found.split(",") == [
        "https://d1.cloudfront.net",
        "https://win.example.com",
        "https://promo.example.org",
    ]
    assert plan(edge=both).given("ingest")["AllowedOrigins"].startswith("https://win.")
    assert "AllowedOrigins" not in plan(edge={}).given("ingest")


@pytest.mark.parametrize("path", [*ORDER.values(), ORDER["secrets"].with_name("pipeline.yaml")])
def test_every_parameter_says_what_it_is_and_in_words_what_it_takes(path):
    for name, declared in read_template(path).get("Parameters", {}).items():
        assert declared.get("Description"), name
        if "AllowedPattern" in declared:
            assert declared["ConstraintDescription"].startswith("must "), name


@pytest.mark.parametrize("path", ORDER.values())
def test_what_a_template_has_by_default_it_takes(path):
    for name, declared in read_template(path).get("Parameters", {}).items():
        if "Default" in declared:
            assert not misfit(declared, str(declared["Default"])), name


@pytest.mark.parametrize(
    "origin",
    ["https://win.agency.test\nX: 1", "https://a b", "https://a.test'", "ftp://a.test", "//a.test"],
)
def test_no_origin_brings_more_into_a_header_than_itself(origin):
    declared = read_template(INGEST)["Parameters"]["AllowedOrigins"]
    assert misfit(declared, f"https://fine.agency.test,{origin}")
    assert not misfit(declared, "https://*.a1.amplifyapp.com, http://127.0.0.1:8000")


@pytest.mark.parametrize("frames", ["'self'; script-src *", "'self'\nX: 1", "*", "https://a.test"])
def test_no_list_of_frames_brings_another_rule_into_the_policy(frames):
    declared = read_template(ORDER["edge"])["Parameters"]["FrameAncestors"]
    assert misfit(declared, frames)
    assert not misfit(declared, "'self' https://a.test:8443 https://b.test")


def test_a_region_without_a_distribution_takes_no_edge():
    assert region_misfit("eu-central-1", has_edge=True) == ""
    assert region_misfit("cn-north-1", has_edge=False) == ""
    assert "aws-cn" in region_misfit("cn-north-1", has_edge=True)
    assert "must be a region" in region_misfit("eu-centrl-1", has_edge=False)
