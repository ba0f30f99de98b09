"""Real input: 60,000 words, fifteen seats, forty contested passages.

The executive summary of the Report of the Iraq Inquiry lies outside the repository, in the data
folder beside it; where that is not there, these tests are skipped.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785
from django.test import Client

from folkmoot.algorithms import bundle
from folkmoot.algorithms.bundle import Fault
from folkmoot.algorithms.chain import GENESIS, entry_digest
from folkmoot.algorithms.markup import read
from folkmoot.commission.models.text import Incoming
from folkmoot.documents.reading import read_file
from folkmoot.review import frozen, layout
from folkmoot.review.models import Edition
from folkmoot.review.packing import bundle_files
from folkmoot.review.tests.conftest import Assembly, assembled
from folkmoot.review.verification import archive, unpack, verify

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT.parent / "shared" / "data" / "iraq-inquiry-report" / "executive-summary.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not SOURCE.exists(), reason="the shared data is not beside the repository"),
]


def _published() -> tuple[Assembly, set[str], Edition]:
    imported = read_file(SOURCE)
    assembly = assembled("The Report of the Iraq Inquiry", words=[], paragraphs="kept")
    passages = assembly.text.add(
        [Incoming(block.wording, block.label) for block in imported.blocks], assembly.secretary
    )
    contested = random.Random(911).sample(passages, 40)
    assembly.agree(but=contested)
    return assembly, {p.id for p in contested}, assembly.publish()


def test_an_edition_of_sixty_thousand_words(settings, tmp_path: Path, client: Client) -> None:
    """It leaves out exactly what is contested, can be read whole, and is checked; one letter, one
    signature, one entry: each is caught by name."""
    settings.MEDIA_ROOT = tmp_path / "files"
    frozen.forget()
    layout.forget()
    assembly, contested, edition = _published()

    outline = [p.id for p in assembly.text.outline()]
    included = [entry["id"] for entry in edition.manifest["passages"]]
    assert len(contested) == 40
    assert included == [id for id in outline if id not in contested]

    shown = {e["id"]: e["number"] or e["marker"] for e in edition.manifest["passages"]}
    labelled = {p.id: p.label for p in assembly.text.outline() if p.label and p.id in shown}
    assert len(labelled) > 860
    assert {id: shown[id] for id in labelled} == labelled

    found = []
    for chapter in layout.layout("way", 1).chapters:
        reading = read(client.get(f"/reviews/way/1/{chapter.slug}/").content.decode())
        assert reading.stray == ()
        found += [(passage, wording.digest) for passage, wording in reading.passages]
    assert found == [(e["id"], e["digest"]) for e in edition.manifest["passages"]]

    path = tmp_path / "bundle.zip"
    files = bundle_files(edition)
    path.write_bytes(archive(files))
    certificate = verify(path, edition.digest)
    assert certificate.agreements == 15 * len(included)
    assert certificate.words > 55_000
    assert unpack(path) == files

    _caught(files, _letter_of_the_words, "was changed: “")
    _caught(files, _letter_of_the_page, "edition.html was changed after publication")
    _caught(files, _signature, "Yvonne (s14) has not signed this edition.")
    _caught(files, _entry, "entry 9000 is missing")


def _caught(files: dict[str, bytes], tamper: Callable[[dict[str, bytes]], None], said: str) -> None:
    changed = dict(files)
    tamper(changed)
    with pytest.raises(Fault) as fault:
        bundle.check(changed)
    assert said in str(fault.value)


def _letter_of_the_words(files: dict[str, bytes]) -> None:
    data = files[bundle.WORDINGS]
    files[bundle.WORDINGS] = data.replace(b"Saddam Hussein", b"Saddam Hussain", 1)


def _letter_of_the_page(files: dict[str, bytes]) -> None:
    data = files[bundle.PAGE]
    files[bundle.PAGE] = data.replace(b"Saddam Hussein", b"Saddam Hussain", 1)


def _entry(files: dict[str, bytes]) -> None:
    lines = files[bundle.LEDGER].splitlines(keepends=True)
    del lines[8999]
    files[bundle.LEDGER] = b"".join(lines)


def _signature(files: dict[str, bytes]) -> None:
    """Removed, and the whole record chained anew."""
    entries = [json.loads(line) for line in files[bundle.LEDGER].splitlines()]
    gone = next(
        n
        for n, entry in enumerate(entries)
        if entry["act"] == "candidate.signed" and entry["payload"]["seat"] == "s14"
    )
    del entries[gone]
    previous = GENESIS
    for seq, entry in enumerate(entries, 1):
        entry |= {"seq": seq, "previous": previous}
        fields = {key: value for key, value in entry.items() if key != "digest"}
        previous = entry["digest"] = entry_digest(**fields)
    files[bundle.LEDGER] = b"".join(rfc8785.dumps(entry) + b"\n" for entry in entries)
