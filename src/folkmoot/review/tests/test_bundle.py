"""A bundle proves its edition, and whatever is changed in it is found and named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from folkmoot.algorithms import bundle
from folkmoot.algorithms.bundle import Fault
from folkmoot.algorithms.chain import GENESIS, entry_digest, seal
from folkmoot.review.packing import bundle_files
from folkmoot.review.verification import archive, run, unpack, verify

type Files = dict[str, bytes]


@pytest.fixture
def files(published) -> Files:
    _, edition = published
    return bundle_files(edition)


def entries_of(files: Files) -> list[dict]:
    return [json.loads(line) for line in files[bundle.LEDGER].splitlines()]


def with_entries(files: Files, entries: list[dict], *, rechain: bool = False) -> Files:
    """The bundle with another record; with `rechain` every digest is worked out anew, as somebody
    would who forges the whole record."""
    if rechain:
        previous = GENESIS
        for seq, entry in enumerate(entries, 1):
            entry |= {"seq": seq, "previous": previous}
            fields = {k: v for k, v in entry.items() if k != "digest"}
            previous = entry["digest"] = entry_digest(**fields)
    lines = b"".join(rfc8785.dumps(entry) + b"\n" for entry in entries)
    return files | {bundle.LEDGER: lines}


def with_json(files: Files, name: str, change: Callable[[dict], object]) -> Files:
    value = json.loads(files[name])
    change(value)
    return files | {name: rfc8785.dumps(value)}


def fault(files: Files, expected: str = "") -> str:
    with pytest.raises(Fault) as found:
        bundle.check(files, expected)
    return str(found.value)


def at(entries: list[dict], act: str, place: int = 0) -> int:
    return [n for n, entry in enumerate(entries) if entry["act"] == act][place]


def test_a_bundle_holds(published, files) -> None:
    _, edition = published
    certificate = bundle.check(files, edition.digest)
    assert certificate.agreements == 15 * 11
    assert len(certificate.seats) == 15
    assert "All 15 seats agree to every word of this text." in str(certificate)


def test_the_same_edition_gives_the_same_bytes(published) -> None:
    _, edition = published
    assert archive(bundle_files(edition)) == archive(bundle_files(edition))


@pytest.mark.parametrize(
    "name",
    [
        bundle.MANIFEST,
        bundle.WORDINGS,
        bundle.LEDGER,
        bundle.OPENINGS,
        bundle.PAGE,
        bundle.ABOUT,
    ],
)
def test_a_missing_file_is_named(files, name: str) -> None:
    assert name in fault({k: v for k, v in files.items() if k != name})


def test_a_file_too_many_is_named(files) -> None:
    assert "extra.txt" in fault(files | {"extra.txt": b"!"})
    assert "pictures/abc" in fault(files | {"pictures/abc": b"!"})


def test_another_edition_than_expected(files) -> None:
    assert "another edition" in fault(files, "0" * 64)


def test_one_letter_of_the_words(files) -> None:
    changed = files[bundle.WORDINGS].replace(b"Nobody had asked", b"Somebody had asked")
    assert "Somebody had asked" in fault(files | {bundle.WORDINGS: changed})


def test_words_swapped_between_passages(files) -> None:
    def swap(manifest: dict) -> None:
        one, other = manifest["passages"][1], manifest["passages"][2]
        one["digest"], other["digest"] = other["digest"], one["digest"]

    assert "root" in fault(with_json(files, bundle.MANIFEST, swap))

    def swap_and_fix(manifest: dict) -> None:
        from folkmoot.algorithms.edition import root_of

        swap(manifest)
        manifest["root"] = root_of(manifest["passages"])

    said = fault(with_json(files, bundle.MANIFEST, swap_and_fix))
    assert "not the manifest that was published" in said


def test_one_letter_of_the_page(files) -> None:
    changed = files[bundle.PAGE].replace(b"Nobody had asked", b"Somebody had asked")
    assert "edition.html was changed" in fault(files | {bundle.PAGE: changed})


def test_one_letter_of_the_readme(files) -> None:
    assert "README.txt" in fault(files | {bundle.ABOUT: files[bundle.ABOUT] + b"!"})


@pytest.mark.parametrize("key", ["title", "commission", "language"])
def test_a_title_or_name_in_the_manifest(files, key: str) -> None:
    said = fault(with_json(files, bundle.MANIFEST, lambda m: m.update({key: "Another"})))
    assert "not the manifest that was published" in said


@pytest.mark.parametrize("place", [0, 3, 40, 100, -2])
def test_a_dropped_entry_is_named(files, place: int) -> None:
    entries = entries_of(files)
    gone = entries.pop(place)
    assert f"entry {gone['seq']} is missing" in fault(with_entries(files, entries))


def test_the_last_entry_dropped(files) -> None:
    assert "publication" in fault(with_entries(files, entries_of(files)[:-1]))


def test_swapped_entries(files) -> None:
    entries = entries_of(files)
    entries[50], entries[51] = entries[51], entries[50]
    assert "entry 51" in fault(with_entries(files, entries))


def test_an_edited_entry_is_named(files) -> None:
    entries = entries_of(files)
    place = at(entries, "stance.given", 7)
    entries[place]["at"] = "2020-01-01T00:00:00.000000Z"
    assert f"entry {place + 1} was changed" in fault(with_entries(files, entries))


def test_a_signature_removed_names_the_seat(files) -> None:
    entries = entries_of(files)
    entries.pop(at(entries, "candidate.signed", 2))
    said = fault(with_entries(files, entries, rechain=True))
    assert said == "Folake (s03) has not signed this edition."


def test_a_signature_given_by_somebody_else(files) -> None:
    entries = entries_of(files)
    entries[at(entries, "candidate.signed", 2)]["actor"] = "seat:s04"
    assert "signs for s03 by somebody else" in fault(with_entries(files, entries, rechain=True))


def test_a_signature_under_another_manifest(files) -> None:
    entries = entries_of(files)
    entries[at(entries, "candidate.signed", 2)]["payload"]["manifest"] = "0" * 64
    assert "Folake (s03) has not signed" in fault(with_entries(files, entries, rechain=True))


def test_a_stance_given_by_somebody_else(files) -> None:
    entries = entries_of(files)
    entries[at(entries, "stance.given", 5)]["actor"] = "person:secretary"
    said = fault(with_entries(files, entries, rechain=True))
    assert "gives a stance for s01 by somebody else" in said


def test_a_stance_moved_to_another_seat_names_who_has_none(files) -> None:
    entries = entries_of(files)
    entry = entries[at(entries, "stance.given", 5)]
    entry["actor"], entry["payload"]["seat"] = "seat:s02", "s02"
    said = fault(with_entries(files, entries, rechain=True))
    assert said.startswith("There is no stance by Amina (s01) on passage")


def test_a_forged_opening(files) -> None:
    key = next(iter(json.loads(files[bundle.OPENINGS])))

    def forge(openings: dict) -> None:
        next(iter(openings[key].values()))["salt"] = "0" * 32

    said = fault(with_json(files, bundle.OPENINGS, forge))
    assert f"in entry {key} does not fit its seal" in said


def test_a_removed_opening_of_a_stance(files) -> None:
    def remove(openings: dict) -> None:
        openings.pop(next(k for k, parts in openings.items() if "counts" in parts))

    assert "is not opened" in fault(with_json(files, bundle.OPENINGS, remove))


def test_a_removed_opening_of_words(files) -> None:
    def remove(openings: dict) -> None:
        openings.pop(next(k for k, parts in openings.items() if "words" in parts))

    assert "is not opened" in fault(with_json(files, bundle.OPENINGS, remove))


def test_an_objection_is_not_taken_for_agreement(files) -> None:
    """Even sealed anew and chained anew, a stance that does not agree shows."""
    entries = entries_of(files)
    openings = json.loads(files[bundle.OPENINGS])
    seq = next(k for k, parts in openings.items() if "counts" in parts)
    part = openings[seq]["counts"]
    part["value"] = {"counts": "no"}
    entries[int(seq) - 1]["payload"]["sealed"]["counts"] = seal(part["salt"], part["value"])
    changed = with_entries(files, entries, rechain=True)
    said = fault(changed | {bundle.OPENINGS: rfc8785.dumps(openings)})
    assert "did not agree to passage" in said


def test_a_seat_that_is_not_named(files) -> None:
    entries = entries_of(files)
    joined = json.loads(json.dumps(entries[at(entries, "seat.joined")]))
    joined["payload"]["seat"] = "s16"
    entries.insert(at(entries, "candidate.frozen"), joined)
    said = fault(with_entries(files, entries, rechain=True))
    assert said == "Seat s16 is on the roster of the record but not in the manifest."


def test_unanimity_is_not_taken_for_consensus(files) -> None:
    entries = entries_of(files)
    entries[0]["payload"]["rule"] = "consensus"
    said = fault(with_entries(files, entries, rechain=True))
    assert said == "The rule in the manifest is not the one in the charter."


def test_a_withdrawn_passage(files) -> None:
    entries = entries_of(files)
    manifest = json.loads(files[bundle.MANIFEST])
    passage = manifest["passages"][3]["id"]
    withdrawn = json.loads(json.dumps(entries[at(entries, "candidate.frozen")]))
    withdrawn |= {"act": "passage.withdrawn", "payload": {"passage": passage}}
    entries.insert(at(entries, "candidate.frozen"), withdrawn)
    said = fault(with_entries(files, entries, rechain=True))
    assert said == f"Passage {passage} was withdrawn before publication."


def test_a_record_rewritten_in_itself_shows_by_its_head(published, files, tmp_path: Path) -> None:
    """Whoever changes a time and chains all anew makes a record that holds in itself."""
    entries = entries_of(files)
    head = entries[-1]["digest"]
    entries[20]["at"] = "2020-01-01T00:00:00.000000Z"
    path = tmp_path / "forged.zip"
    path.write_bytes(archive(with_entries(files, entries, rechain=True)))
    verify(path)
    with pytest.raises(Fault, match="another record"):
        verify(path, head=head)


def test_the_openings_show_nothing_of_what_is_left_out(published, files) -> None:
    assembly, _ = published
    contested = assembly.passages[7].id
    about = [e["seq"] for e in entries_of(files) if e["payload"].get("passage") == contested]
    assert about
    assert not set(map(str, about)) & json.loads(files[bundle.OPENINGS]).keys()


def test_any_byte_of_the_archive(published, tmp_path: Path) -> None:
    """Whatever single byte is changed, the check says that something is wrong, and says what."""
    _, edition = published
    good = archive(bundle_files(edition))
    path = tmp_path / "bundle.zip"

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(good) - 1), st.integers(1, 255))
    def change(place: int, other: int) -> None:
        path.write_bytes(good[:place] + bytes([good[place] ^ other]) + good[place + 1 :])
        with pytest.raises(Fault) as found:
            verify(path)
        assert len(str(found.value)) > 20

    change()


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_no_file_of_any_kind_is_more_than_a_fault(tmp_path_factory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "bundle"
    path.write_bytes(data)
    with pytest.raises(Fault):
        verify(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside),
    max_leaves=6,
)


def test_no_value_of_the_wrong_form_is_more_than_a_fault(published, tmp_path: Path) -> None:
    _, edition = published
    good = bundle_files(edition)
    path = tmp_path / "bundle.zip"

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from([bundle.MANIFEST, bundle.WORDINGS, bundle.OPENINGS]), st.data())
    def change(name: str, data: st.DataObject) -> None:
        value = json.loads(good[name])
        place = value
        for _ in range(data.draw(st.integers(0, 3))):
            inside = place if isinstance(place, dict) else dict(enumerate(place))
            deeper = [v for v in inside.values() if isinstance(v, dict | list) and v]
            if not deeper:
                break
            place = data.draw(st.sampled_from(deeper))
        key = data.draw(
            st.sampled_from(list(place) if isinstance(place, dict) else range(len(place)))
        )
        new = data.draw(JSON)
        if place[key] == new and type(place[key]) is type(new):
            return
        place[key] = new
        path.write_bytes(archive(good | {name: rfc8785.dumps(value)}))
        with pytest.raises(Fault):
            verify(path)

    change()


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("manifest.json", b"0" * (40 << 20))
    with pytest.raises(Fault):
        unpack(path)


def test_a_folder_is_as_good_as_an_archive(files, tmp_path: Path) -> None:
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert verify(tmp_path).passages == 11


def test_the_command_says_what_it_found(files, tmp_path: Path, capsys) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(archive(files))
    assert run([str(path)]) == 0
    assert "Everything in this bundle holds." in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-10])
    assert run([str(path)]) == 1
    assert capsys.readouterr().out.startswith("NOT VERIFIED: ")
    assert run([str(tmp_path / "none.zip")]) == 1
    assert "There is no file" in capsys.readouterr().out


def test_the_check_needs_neither_settings_nor_database_nor_network(files, tmp_path: Path) -> None:
    """In a process of its own, in which Django cannot be imported and no socket opened."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(archive(files))
    forbidden = (
        "import sys, builtins, socket\n"
        "def refuse(*a, **k): raise AssertionError('the network')\n"
        "socket.socket = socket.create_connection = refuse\n"
        "for name in ('django', 'sqlite3', 'psycopg'): sys.modules[name] = None\n"
        "from folkmoot.config.command import main\n"
        "sys.exit(main(['verify', sys.argv[1]]))\n"
    )
    source = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", forbidden, str(path)],
        env={"PYTHONPATH": str(source), "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "signatures found            15" in done.stdout
