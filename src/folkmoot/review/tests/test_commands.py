"""`folkmoot edition`."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from folkmoot.review.verification import verify
from folkmoot.search.index import find, put


def said(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command("edition", *arguments, stdout=out, **options)
    return out.getvalue()


def test_a_bundle_is_exported_and_verified(published, tmp_path) -> None:
    _, edition = published
    path = tmp_path / "bundle.zip"
    assert edition.digest in said("export", "1", str(path))
    assert verify(path, edition.digest).passages == 11
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["bundle.zip"]


def test_editions_are_listed(assembly) -> None:
    assert said("list") == "No edition is published yet.\n"
    assembly.agree()
    edition = assembly.publish()
    assert edition.digest in said("list")


def test_what_is_not_there_is_said_in_a_sentence(published, tmp_path) -> None:
    with pytest.raises(CommandError, match="There is no edition 7"):
        said("export", "7", str(tmp_path / "b"))
    with pytest.raises(CommandError, match="of other"):
        said("export", "1", str(tmp_path / "b"), text="other")
    with pytest.raises(CommandError, match="cannot be written"):
        said("export", "1", str(tmp_path / "none" / "b"))


def test_the_search_index_can_be_filled_anew(published) -> None:
    _, edition = published
    put(edition.scope, [])
    assert not find(edition.scope, "branches")
    said("index")
    assert find(edition.scope, "branches")
