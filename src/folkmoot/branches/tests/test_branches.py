"""Branches come from maps and tables, and are found on a map and in a table."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from folkmoot.branches import demo
from folkmoot.branches import map as branch_map
from folkmoot.branches.list_of_branches import Row, Unreadable, read, store
from folkmoot.branches.models import Branch, Region


@pytest.fixture
def uk(db: None) -> None:
    demo.load()


def test_the_example_has_650_branches_in_twelve_regions(uk: None) -> None:
    assert Branch.objects.count() == 650
    assert Region.objects.count() == 12
    assert sorted(Region.objects.values_list("tint", flat=True)) == list(range(1, 13))
    leeds = Branch.objects.get(name="Leeds Central")
    assert leeds.region.name == "Yorkshire and the Humber"
    assert leeds.get_absolute_url() == "/branches/leeds-central/"


def test_loading_again_keeps_rows_and_addresses(uk: None) -> None:
    before = dict(Branch.objects.values_list("code", "pk"))
    Branch.objects.filter(name="Leeds Central").update(slug="the-heart-of-leeds")
    assert demo.load() == (0, 650)
    assert dict(Branch.objects.values_list("code", "pk")) == before
    assert Branch.objects.get(name="Leeds Central").slug == "the-heart-of-leeds"


def test_names_with_accents_and_doubles_get_addresses(db: None) -> None:
    store([Row("1", "Ynys Môn", "WA"), Row("2", "Bangor", "WA"), Row("3", "Bangor", "NI"),
           Row("4", "東京", "JP")])  # fmt: skip
    assert set(Branch.objects.values_list("slug", flat=True)) == {
        "ynys-mon", "bangor", "bangor-3", "4",
    }  # fmt: skip


def test_a_table_is_read_with_its_columns_in_any_order(db: None) -> None:
    assert read("\ufeffRegion;Name;CODE;Q;r\nNorth;Alnwick;n1;2;-3\nNorth;Berwick;n2;;\n") == [
        Row("n1", "Alnwick", "North", q=2, r=-3),
        Row("n2", "Berwick", "North"),
    ]


def test_even_rows_become_odd_rows_one_higher(db: None) -> None:
    value = {"layout": "even-r", "hexes": {"a": {"n": "A", "q": 1, "r": 2, "region": "X"}}}
    (row,) = read(json.dumps(value))
    assert (row.q, row.r) == (1, 3)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "needs these columns"),
        ("{", "not hexjson"),
        ('{"layout": "odd-r"}', "no hexagons"),
        ('{"layout": "square", "hexes": {}}', "square"),
        ('{"layout": "odd-q", "hexes": {"a": {"n": "A", "q": 1, "r": 1}}}', "on a side"),
        ('{"layout": "odd-r", "hexes": {"a": {"n": "A", "q": 1, "r": 1}}}', "lacks a code"),
        ("code,name,region\nx,,y\n", "lacks a code, a name or a region"),
        ("code,name,region,q\nx,X,y,left\n", "not a whole number"),
        (f"code,name,region\nx,{'n' * 200},y\n", "too long"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(text)


def test_a_code_that_stands_twice_is_refused_and_nothing_stored(db: None) -> None:
    with pytest.raises(Unreadable, match="twice"):
        store([Row("1", "A", "X"), Row("1", "B", "X")])
    assert not Branch.objects.exists()


def test_the_command_loads_and_refuses(db: None, tmp_path: Path, capsys: Any) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("code,name,region\n1,Alnwick,North\n")
    bad.write_text("nothing")
    call_command("branches", "load", str(good))
    assert "1 branches are new" in capsys.readouterr().out
    with pytest.raises(CommandError, match="needs these columns"):
        call_command("branches", "load", str(bad))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("branches", "load", str(tmp_path / "none.csv"))


def test_every_branch_is_on_the_map_and_in_the_table(uk: None) -> None:
    page = Client().get("/branches/").content.decode()
    drawing, table = page[page.index('class="hexmap"') :].split("</svg>", 1)
    assert table.count('<td><a href="/branches/') == 650
    assert drawing.count('tabindex="-1"') == 650


def test_the_page_is_small_and_takes_few_queries(
    uk: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):
        page = Client().get("/branches/")
    assert len(gzip.compress(page.content)) < 60_000


def test_search_region_and_order(uk: None) -> None:
    client = Client()

    def names(query: str) -> list[str]:
        page = client.get(f"/branches/?{query}").content.decode()
        return re.findall(r'<td><a href="/branches/[^"]+">([^<]+)</a>', page)

    assert names("q=sheffield+hallam") == ["Sheffield, Hallam"]
    assert len(names("region=ne")) == 29
    assert names("q=zzzz") == []
    assert names("sort=-electorate")[0] == "Isle of Wight"
    assert names("q=%00%27%22%3Cscript%3E") == []
    assert names("sort=nonsense") == sorted(names("sort=nonsense"))


def test_region_and_branch_pages(uk: None) -> None:
    client = Client()
    region = client.get("/branches/regions/ne/").content.decode()
    assert "North East" in region
    assert "29 branches" in region
    branch = client.get("/branches/leeds-central/").content.decode()
    assert "Leeds Central" in branch
    assert "map-here" in branch
    assert client.get("/branches/atlantis/").status_code == 404
    assert client.get("/branches/regions/xx/").status_code == 404


def test_without_branches_the_page_says_how_to_begin(db: None) -> None:
    assert "folkmoot branches load" in Client().get("/branches/").content.decode()


def test_names_are_shown_as_words(db: None) -> None:
    store([Row("1", "<script>alert(1)</script>", "X", "<b>Y</b>", 0, 0)])
    page = Client().get("/branches/").content.decode()
    assert "<script>alert" not in page
    assert "<b>Y</b>" not in page


def test_a_branch_without_a_place_is_in_the_table_only(db: None) -> None:
    store([Row("1", "Alnwick", "North"), Row("2", "Berwick", "North", q=0, r=0)])
    drawn = branch_map.draw(Branch.objects.select_related("region"))
    assert "Berwick" in drawn
    assert "Alnwick" not in drawn
