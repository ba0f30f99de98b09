"""How forms look: every control has its label, hint and error tied to it."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from lxml import html

from folkmoot.ui.renderer import FormRenderer
from folkmoot.ui.styleguide import Answer
from folkmoot.ui.tests.selection import select
from folkmoot.ui.widgets import FileInput, RadioCards

EVIL = "<script>alert('x')</script>\""


def drawn(form: forms.BaseForm) -> html.HtmlElement:
    form.renderer = FormRenderer()
    return html.fromstring(f"<form>{form}</form>")


def control(page: html.HtmlElement, name: str) -> html.HtmlElement:
    return page.xpath(f"//*[@name='{name}']")[0]


@pytest.fixture
def refused() -> html.HtmlElement:
    return drawn(Answer({"words": "Kept words"}))


@pytest.mark.parametrize("form", [Answer(), Answer({})], ids=["fresh", "refused"])
def test_every_id_that_is_named_exists_once(form: forms.Form) -> None:
    page = drawn(form)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = {i for words in page.xpath("//@aria-describedby") for i in words.split()}
    named |= set(page.xpath("//@for")) | set(page.xpath("//@aria-labelledby"))
    named |= {href[1:] for href in page.xpath("//a/@href")}
    assert named
    assert named - set(ids) == set()


def test_every_control_has_a_label_or_a_legend() -> None:
    page = drawn(Answer())
    labelled = set(page.xpath("//label/@for"))
    for found in page.xpath("//input[@type!='hidden'] | //select | //textarea"):
        assert found.get("id") in labelled


def test_what_was_typed_is_kept(refused: html.HtmlElement) -> None:
    assert control(refused, "words").text.strip() == "Kept words"


def test_the_summary_names_each_field_and_leads_to_it(refused: html.HtmlElement) -> None:
    summary = select(refused, ".error-summary")[0]
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    links = {a.get("href"): a.text for a in select(summary, "a")}
    assert links["#id_name"] == "Short title: This field is required."
    assert "#id_stance_0" in links


def test_an_error_stands_at_its_field_and_is_tied_to_it(refused: html.HtmlElement) -> None:
    name = control(refused, "name")
    assert name.get("aria-invalid") == "true"
    assert name.get("aria-describedby").split() == ["id_name_helptext", "id_name_error"]
    assert "This field is required." in refused.get_element_by_id("id_name_error").text_content()


def test_the_errors_of_a_choice_are_tied_to_the_whole_of_it(refused: html.HtmlElement) -> None:
    fieldset = control(refused, "stance").xpath("ancestor::fieldset")[0]
    assert fieldset.get("aria-describedby") == "id_stance_error"
    assert fieldset.find("legend").text == "Your stance"


def test_a_form_without_errors_has_no_summary() -> None:
    assert select(drawn(Answer()), ".error-summary") == []


def test_only_what_may_be_left_empty_says_so() -> None:
    page = drawn(Answer())
    marks = select(page, ".field-optional")
    optional = {mark.getparent().get("for") or mark.getparent().tag for mark in marks}
    assert optional == {"id_branch", "id_day", "id_paper", "legend"}


def test_errors_of_the_whole_form_are_in_the_summary_with_hidden_fields() -> None:
    class Stale(forms.Form):
        digest = forms.CharField(widget=forms.HiddenInput)

        def clean(self) -> dict[str, Any]:
            raise forms.ValidationError("The words have changed.")

    page = drawn(Stale({}))
    items = [li.text_content() for li in select(page, ".error-summary li")]
    assert items == ["The words have changed.", "Digest: This field is required."]
    assert control(page, "digest").get("type") == "hidden"


def test_hostile_values_labels_and_errors_stay_words() -> None:
    class Hostile(forms.Form):
        name = forms.CharField(label=EVIL, max_length=3)
        choice = forms.ChoiceField(choices=[(EVIL, EVIL)], widget=RadioCards(hints={EVIL: EVIL}))

        def clean_name(self) -> str:
            raise forms.ValidationError(EVIL)

    form = Hostile({"name": "ab", "choice": EVIL}, prefix="x")
    form.renderer = FormRenderer()
    assert "<script" not in str(form)
    assert "script" in str(form)


def test_a_card_has_its_hint_tied_to_it() -> None:
    radio = drawn(Answer()).get_element_by_id("id_stance_1")
    hint = radio.get("aria-describedby")
    assert hint == "id_stance_1_hint"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"limit": 40 * 1024 * 1024, "kinds": ".docx,.odt"}, ".docx, .odt, up to 40.0\xa0MB."),
        ({"limit": 2048}, "Up to 2.0\xa0KB."),
        ({"kinds": ".csv"}, ".csv."),
    ],
)
def test_a_file_field_says_what_it_takes(options: dict[str, Any], sentence: str) -> None:
    class Upload(forms.Form):
        paper = forms.FileField(widget=FileInput(**options), help_text="Your report.")

    page = drawn(Upload())
    field = control(page, "paper")
    assert page.get_element_by_id("id_paper_sizehint").text == sentence
    assert field.get("aria-describedby") == "id_paper_helptext id_paper_sizehint"
    assert field.get("data-limit") == (str(options["limit"]) if "limit" in options else None)


def test_two_forms_on_a_page_do_not_share_ids() -> None:
    one, two = drawn(Answer({}, prefix="a")), drawn(Answer({}, prefix="b"))
    assert not set(one.xpath("//@id")) & set(two.xpath("//@id"))


def test_a_formset_draws_each_form() -> None:
    formset = forms.formset_factory(Answer, extra=2, renderer=FormRenderer())()
    page = html.fromstring(f"<form>{formset}</form>")
    assert len(select(page, "fieldset.group")) == 2
