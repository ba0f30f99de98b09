"""Checking an edition's bundle: whether every word in it was agreed by every seat.

A bundle proves its edition by itself. It holds the manifest that the seats signed, the wordings,
the ledger of the text from its first entry to the publication, and the openings: salts and values
of just those sealed parts of the ledger that the proof needs. Everything else about what seats
said stays sealed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from folkmoot.algorithms.chain import first_break, seal
from folkmoot.algorithms.edition import (
    FORMAT,
    RENDERER,
    manifest_digest,
    page,
    root_of,
    rule_in_words,
)
from folkmoot.algorithms.markup import read
from folkmoot.algorithms.wording import Malformed, Wording, from_json

MANIFEST, WORDINGS, LEDGER = "manifest.json", "wordings.json", "ledger.jsonl"
OPENINGS, PAGE, ABOUT = "openings.json", "edition.html", "README.txt"
PICTURES = "pictures/"

WORDING_ACTS = frozenset({"passage.added", "passage.edited"})

README = """This is a published edition and the proof that it was agreed.

  edition.html    the text, to read
  manifest.json   what is in it: every passage with the digest of its exact words; the roster
  wordings.json   the words behind each digest
  ledger.jsonl    the record of the text, each entry bound to the one before
  openings.json   the sealed parts of the record that the proof needs, opened
  pictures/       the figures, each named by the SHA-256 of its bytes

Anyone can check it without our server, without a database and without a network:

  folkmoot verify BUNDLE

The check recomputes every digest, follows the record from its first entry, and looks for every
seat's agreement to every passage in exactly this wording, and for every seat's signature. Compare
the manifest digest that it prints with the one shown where the edition was published.
"""


class Fault(ValueError):
    """The first thing that is wrong with a bundle, in words."""


@dataclass
class Certificate:
    """What a check found to hold."""

    title: str
    edition: int
    commission: str
    rule: str
    seats: tuple[str, ...]
    passages: int
    words: int
    agreements: int
    entries: int
    manifest: str
    head: str
    published: str
    aside: int = 0
    language: str = ""

    def __str__(self) -> str:
        lines = [
            f"{self.title}",
            f"Edition {self.edition}, {self.commission}",
            "",
            rule_in_words(self.rule, len(self.seats), self.aside),
            "",
            f"  passages            {self.passages:>10,}",
            f"  words               {self.words:>10,}",
            f"  agreements found    {self.agreements:>10,}",
            f"  signatures found    {len(self.seats):>10,}",
            f"  entries of record   {self.entries:>10,}",
            f"  published           {self.published}",
            f"  manifest            {self.manifest}",
            f"  head of the record  {self.head}",
            "",
            "Signed by:",
            *(f"  {seat}" for seat in self.seats),
            "",
            "Everything in this bundle holds.",
        ]
        return "\n".join(lines)


@dataclass
class _Record:
    """What the ledger says, as far as it is open."""

    roster: set[str] = field(default_factory=set)
    rule: str = ""
    words: dict[str, tuple[int, bool]] = field(default_factory=dict)
    stances: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    frozen: dict[str, str] = field(default_factory=dict)
    signed: dict[str, dict[str, str]] = field(default_factory=dict)


def check(files: Mapping[str, bytes], expected: str = "") -> Certificate:
    """Check a bundle given as its files by name.

    `expected` is the manifest digest one knows from elsewhere, if any. Returns the certificate;
    raises `Fault` naming the first thing that is wrong.
    """
    _check_names(files)
    manifest = _canonical_json(files, MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Fault(f"{MANIFEST} is not of the form {FORMAT}.")
    try:
        return _check(files, manifest, expected)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise Fault(
            f"The bundle is not complete: {error!r} is missing or of the wrong form."
        ) from error


def _check(files: Mapping[str, bytes], manifest: Mapping[str, Any], expected: str) -> Certificate:
    digest = manifest_digest(manifest)
    if expected and expected != digest:
        raise Fault(f"The manifest's digest is {digest}, not {expected}: this is another edition.")
    wordings = _check_wordings(_canonical_json(files, WORDINGS), manifest)
    if manifest["root"] != root_of(manifest["passages"]):
        raise Fault("The root in the manifest does not match its passages.")
    entries = _check_ledger(files[LEDGER])
    openings = _check_openings(_canonical_json(files, OPENINGS), entries)
    record = _read(entries)
    published = entries[-1]
    _check_publication(published, manifest, digest, files)
    _check_roster(manifest, record)
    _check_words(manifest, record, openings, entries)
    agreements = _check_stances(manifest, record, openings, entries)
    _check_signatures(manifest, record, published, digest)
    _check_page(files[PAGE].decode(), manifest, wordings)
    _check_pictures(files, wordings.values())
    return Certificate(
        title=manifest["title"],
        edition=manifest["edition"],
        commission=manifest["commission"],
        rule=manifest["rule"],
        seats=tuple(f"{s['seat']}  {s['name']}" for s in manifest["roster"]),
        passages=len(manifest["passages"]),
        words=sum(wordings[p["digest"]].words for p in manifest["passages"]),
        agreements=agreements,
        entries=len(entries),
        manifest=digest,
        head=published["digest"],
        published=published["at"],
        aside=len(manifest["aside"]),
        language=manifest["language"],
    )


def _check_names(files: Mapping[str, bytes]) -> None:
    wanted = {MANIFEST, WORDINGS, LEDGER, OPENINGS, PAGE, ABOUT}
    for name in sorted(wanted - files.keys()):
        raise Fault(f"{name} is missing from the bundle.")
    for name in sorted(files.keys() - wanted):
        if not name.startswith(PICTURES):
            raise Fault(f"{name} does not belong in a bundle.")


def _canonical_json(files: Mapping[str, bytes], name: str) -> Any:
    try:
        value = json.loads(files[name])
        canonical = rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        raise Fault(f"{name} was changed: it is no longer JSON as it was written.") from error
    if canonical != files[name]:
        raise Fault(f"{name} was changed: it is not written as it was when the edition was made.")
    return value


def _check_wordings(value: Any, manifest: Mapping[str, Any]) -> dict[str, Wording]:
    wordings = {}
    for digest, content in value.items():
        try:
            wording = from_json(content)
        except Malformed as error:
            raise Fault(f"The wording {digest[:12]} cannot be read.") from error
        if wording.digest != digest or wording.to_json() != content:
            raise Fault(f"The wording {digest[:12]} was changed: “{wording.plain[:60]}”.")
        wordings[digest] = wording
    wanted = {entry["digest"] for entry in manifest["passages"]}
    for missing in sorted(wanted - wordings.keys()):
        raise Fault(f"The words of a passage are missing (digest {missing[:12]}).")
    for extra in sorted(wordings.keys() - wanted):
        raise Fault(f"There are words that no passage has (digest {extra[:12]}).")
    ids = [entry["id"] for entry in manifest["passages"]]
    if len(set(ids)) != len(ids):
        raise Fault("A passage stands in the manifest twice.")
    return wordings


def _check_ledger(data: bytes) -> list[dict[str, Any]]:
    entries = []
    lines = data.split(b"\n")
    if lines.pop() != b"":
        raise Fault(f"{LEDGER} was cut off at the end.")
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            same = rfc8785.dumps(entry) == line
        except (ValueError, RecursionError):
            same = False
        if not same:
            raise Fault(f"Line {number} of {LEDGER} was changed after it was written.")
        entries.append(entry)
    broken = first_break(entries)
    if broken:
        raise Fault(f"The record does not hold: {broken.why}.")
    if not entries:
        raise Fault("The record is empty.")
    return entries


def _check_openings(
    value: Mapping[str, Any], entries: list[dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    opened: dict[int, dict[str, Any]] = {}
    for key, parts in value.items():
        seq = int(key) if key.isdigit() else 0
        if not 1 <= seq <= len(entries):
            raise Fault(f"There is an opening for entry {key}, which does not exist.")
        sealed = entries[seq - 1]["payload"].get("sealed", {})
        for name, part in parts.items():
            if set(part) != {"salt", "value"}:
                raise Fault(f"The opening of “{name}” in entry {seq} is not of the right form.")
            if seal(part["salt"], part["value"]) != sealed.get(name):
                raise Fault(f"The opening of “{name}” in entry {seq} does not fit its seal.")
            opened.setdefault(seq, {}).update(part["value"])
    return opened


def _read(entries: Iterable[Mapping[str, Any]]) -> _Record:
    record = _Record()
    for entry in entries:
        act, payload, seq = entry["act"], entry["payload"], entry["seq"]
        if act == "charter.adopted":
            record.rule = payload["rule"]
        elif act == "seat.joined":
            record.roster.add(payload["seat"])
        elif act == "seat.left":
            record.roster.discard(payload["seat"])
        elif act in WORDING_ACTS:
            record.words[payload["passage"]] = (seq, True)
        elif act in {"passage.withdrawn", "passage.restored"}:
            since, _ = record.words[payload["passage"]]
            record.words[payload["passage"]] = (since, act == "passage.restored")
        elif act == "stance.given":
            if entry["actor"] != f"seat:{payload['seat']}":
                raise Fault(f"Entry {seq} gives a stance for {payload['seat']} by somebody else.")
            record.stances.setdefault((payload["passage"], payload["seat"]), []).append(seq)
        elif act == "candidate.frozen":
            record.frozen[str(payload["candidate"])] = payload["manifest"]
            record.signed[str(payload["candidate"])] = {}
        elif act == "candidate.signed":
            if entry["actor"] != f"seat:{payload['seat']}":
                raise Fault(f"Entry {seq} signs for {payload['seat']} by somebody else.")
            signed = record.signed.get(str(payload["candidate"]), {})
            signed[payload["seat"]] = payload["manifest"]
        elif act == "candidate.returned":
            record.frozen.pop(str(payload["candidate"]), None)
            record.signed.pop(str(payload["candidate"]), None)
    return record


def _check_publication(
    entry: Mapping[str, Any],
    manifest: Mapping[str, Any],
    digest: str,
    files: Mapping[str, bytes],
) -> None:
    if entry["act"] != "edition.published":
        raise Fault("The record does not end with the publication of this edition.")
    payload = entry["payload"]
    if payload["manifest"] != digest:
        raise Fault(f"{MANIFEST} was changed: it is not the manifest that was published.")
    if payload["edition"] != manifest["edition"]:
        raise Fault("The edition's number is not the one that was published.")
    for name in (WORDINGS, PAGE, ABOUT):
        if payload["files"][name] != hashlib.sha256(files[name]).hexdigest():
            raise Fault(f"{name} was changed after publication.")


def _check_roster(manifest: Mapping[str, Any], record: _Record) -> None:
    named = {seat["seat"] for seat in manifest["roster"]}
    for seat in sorted(record.roster - named):
        raise Fault(f"Seat {seat} is on the roster of the record but not in the manifest.")
    for seat in sorted(named - record.roster):
        raise Fault(f"Seat {seat} is in the manifest but not on the roster of the record.")
    if record.rule != manifest["rule"]:
        raise Fault("The rule in the manifest is not the one in the charter.")


def _check_words(
    manifest: Mapping[str, Any],
    record: _Record,
    openings: Mapping[int, Mapping[str, Any]],
    entries: list[dict[str, Any]],
) -> None:
    for entry in manifest["passages"]:
        seq, stands = record.words.get(entry["id"], (0, False))
        if not seq:
            raise Fault(f"Passage {entry['id']} does not occur in the record.")
        if not stands:
            raise Fault(f"Passage {entry['id']} was withdrawn before publication.")
        opened = openings.get(seq, {})
        key = "digest" if entries[seq - 1]["act"] == "passage.added" else "after"
        if key not in opened:
            raise Fault(f"The last wording of passage {entry['id']} (entry {seq}) is not opened.")
        if opened[key] != entry["digest"]:
            raise Fault(f"Passage {entry['id']} had other words when the edition was published.")


def _check_stances(
    manifest: Mapping[str, Any],
    record: _Record,
    openings: Mapping[int, Mapping[str, Any]],
    entries: list[dict[str, Any]],
) -> int:
    aside = {tuple(pair) for pair in manifest["aside"]}
    if aside and manifest["rule"] != "consensus":
        raise Fault("Standing aside does not count under the rule of this edition.")
    found = 0
    for entry in manifest["passages"]:
        for signatory in manifest["roster"]:
            passage, seat = entry["id"], signatory["seat"]
            said = _latest(record.stances.get((passage, seat), []), entry["digest"], openings)
            who = f"{signatory['name']} ({seat})"
            if said is None:
                raise Fault(f"There is no stance by {who} on passage {passage} in these words.")
            wanted = "aside" if (passage, seat) in aside else "agrees"
            if said.get("counts") != wanted:
                raise Fault(f"{who} did not agree to passage {passage} in these words.")
            found += 1
    return found


def _latest(
    seqs: list[int], digest: str, openings: Mapping[int, Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The seat's last stance on this wording. Whatever it said afterwards on the passage must be
    shown to be about other words, or it might have taken its agreement back."""
    for seq in reversed(seqs):
        opened = openings.get(seq, {})
        if "digest" not in opened:
            raise Fault(f"Entry {seq}, a later stance on an included passage, is not opened.")
        if opened["digest"] == digest:
            return opened
    return None


def _check_signatures(
    manifest: Mapping[str, Any], record: _Record, published: Mapping[str, Any], digest: str
) -> None:
    candidate = str(published["payload"]["candidate"])
    if record.frozen.get(candidate) != digest:
        raise Fault("This manifest was not put before the seats as a candidate.")
    signed = record.signed[candidate]
    for signatory in manifest["roster"]:
        if signed.get(signatory["seat"]) != digest:
            raise Fault(f"{signatory['name']} ({signatory['seat']}) has not signed this edition.")


def _check_page(found: str, manifest: Mapping[str, Any], wordings: Mapping[str, Wording]) -> None:
    try:
        reading = read(found)
    except Malformed as error:
        raise Fault(f"{PAGE} cannot be read as an edition: {error}") from error
    shown = [(id_, wording.digest) for id_, wording in reading.passages]
    wanted = [(entry["id"], entry["digest"]) for entry in manifest["passages"]]
    for (id_, digest), (wanted_id, wanted_digest) in zip(shown, wanted, strict=False):
        if id_ != wanted_id:
            raise Fault(f"{PAGE} shows passage {id_} where {wanted_id} belongs.")
        if digest != wanted_digest:
            raise Fault(f"{PAGE} shows other words for passage {id_} than were agreed.")
    if len(shown) != len(wanted):
        raise Fault(f"{PAGE} shows {len(shown)} passages; the manifest has {len(wanted)}.")
    if reading.stray:
        raise Fault(f"{PAGE} says something nobody agreed to: “{reading.stray[0][:60]}”.")
    if manifest["renderer"] == RENDERER and found != page(manifest, wordings, picture_name):
        raise Fault(f"{PAGE} is not what the manifest renders to.")


def _check_pictures(files: Mapping[str, bytes], wordings: Iterable[Wording]) -> None:
    wanted = {picture_name(w.figure.image) for w in wordings if w.figure}
    found = {name for name in files if name.startswith(PICTURES)}
    for name in sorted(wanted - found):
        raise Fault(f"{name} is missing from the bundle.")
    for name in sorted(found - wanted):
        raise Fault(f"{name} does not belong in the bundle.")
    for name in sorted(found):
        if hashlib.sha256(files[name]).hexdigest() != name.removeprefix(PICTURES):
            raise Fault(f"{name} was changed: it is another picture.")


def picture_name(digest: str) -> str:
    """Where in a bundle the picture with this digest lies."""
    return f"{PICTURES}{digest}"


def needed_openings(
    manifest: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Which sealed parts a proof needs, taken from entries that hold them.

    `entries` are links of the chain that also have `sealed`: name -> {salt, value}. Opened are the
    last wording of each included passage; for each seat on it, on which words it last spoke and
    whether that counts; and for what it said later, only that it was on other words.
    """
    digests = {entry["id"]: entry["digest"] for entry in manifest["passages"]}
    words: dict[str, tuple[int, dict[str, Any]]] = {}
    stances: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}
    for entry in entries:
        passage = entry["payload"].get("passage")
        if passage not in digests:
            continue
        if entry["act"] in WORDING_ACTS:
            words[passage] = (entry["seq"], entry["sealed"])
        elif entry["act"] == "stance.given":
            key = (passage, entry["payload"]["seat"])
            stances.setdefault(key, []).append((entry["seq"], entry["sealed"]))
    openings: dict[str, dict[str, Any]] = {}
    for seq, sealed in words.values():
        openings[str(seq)] = {"words": sealed["words"]}
    roster = {seat["seat"] for seat in manifest["roster"]}
    for (passage, seat), given in stances.items():
        if seat not in roster:
            continue
        for seq, sealed in reversed(given):
            openings[str(seq)] = {"on": sealed["on"]}
            if sealed["on"]["value"]["digest"] == digests[passage]:
                openings[str(seq)]["counts"] = sealed["counts"]
                break
    return openings
