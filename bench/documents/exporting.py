"""Writing a long text in every form, against pandoc making the same form from Markdown.

Prints seconds and ratios, smaller is better. Two texts: 2,000 passages of 75,000 words made here,
and the report of the Iraq Inquiry where it is at hand. The peer is pandoc with the Markdown that
we write of the same text; for PDF it is pandoc's Typst source and the same typesetter with its
plain page. Run it with `python -m bench.documents.exporting` or as a file.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from folkmoot.algorithms.wording import Asks, Footnote, Run, Wording, text
from folkmoot.documents import pandoc
from folkmoot.documents.export_text import ExportPassage, ExportText
from folkmoot.documents.exporting import FORMS, write_markdown
from folkmoot.documents.reading import read_document

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT.parent / "shared" / "data" / "iraq-inquiry-report" / "executive-summary.md"
TIMES = 3
PEERS = {"docx": "docx", "odt": "odt", "epub": "epub3", "html": "html5", "markdown": "markdown"}


def made() -> ExportText:
    """2,000 passages, 75,000 words, a note in every fourth, a recommendation in every fiftieth."""
    pick = random.Random(7)
    said = "the of to and a in that is was for it with as his on be at by had not are but from or"
    vocabulary = said.split() + [f"word{n}" for n in range(800)]

    def words(number: int) -> str:
        return " ".join(pick.choices(vocabulary, k=number)).capitalize() + "."

    passages = []
    for number in range(2_000):
        if number % 100 == 0:
            wording = text("heading", words(4), depth=1)
        elif number % 20 == 0:
            wording = text("heading", words(4), depth=2)
        elif number % 50 == 1:
            asks = Asks("Money", "The board", "both")
            wording = text("recommendation", words(40), asks=asks)
        elif number % 7 == 0:
            wording = text("item", words(25), depth=1)
        elif number % 4 == 0:
            wording = Wording("paragraph", (Run(words(35)), Footnote((Run(words(12)),))))
        else:
            wording = text("paragraph", words(41))
        label = str(number) if wording.kind == "paragraph" else ""
        passages.append(ExportPassage(f"{number:010}", wording, label))
    return ExportText("A long text", passages, notice="All agree.")


def report() -> ExportText | None:
    if not REPORT.exists():
        print("The report of the Iraq Inquiry is not at hand; only the text made here is measured.")
        return None
    read = read_document(REPORT.read_bytes(), REPORT.name)
    return ExportText(
        read.title,
        [ExportPassage(f"{n:010}", b.wording, b.label) for n, b in enumerate(read.blocks)],
    )


def best_of_each(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the fastest run of each; they take turns, so that a busy machine slows both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(TIMES):
        for act, times in zip((ours, peer), taken, strict=True):
            begun = time.perf_counter()
            act()
            times.append(time.perf_counter() - begun)
    return min(taken[0]), min(taken[1])


def by_pandoc(source: bytes, form: str) -> None:
    subprocess.run(
        [pandoc.program(), "--from=markdown", f"--to={form}", "--standalone", "--output=-"],
        input=source,
        capture_output=True,
        check=True,
    )


def by_pandoc_and_typst(source: bytes) -> None:
    set_plainly = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[1] + '.pdf')"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.typ"
        typ = subprocess.run(
            [pandoc.program(), "--from=markdown", "--to=typst", "--standalone"],
            input=source,
            capture_output=True,
            check=True,
        ).stdout
        path.write_bytes(typ)
        subprocess.run([sys.executable, "-c", set_plainly, str(path)], check=True)


def main() -> None:
    for name, shown in (("2,000 passages made here", made()), ("the report", report())):
        if shown is None:
            continue
        total = sum(passage.wording.words for passage in shown.passages)
        print(f"\n{name}: {len(shown.passages):,} passages, {total:,} words")
        print(f"{'form':10} {'ours, s':>8} {'peer, s':>8} {'ratio':>6} {'size, kB':>9}")
        source = write_markdown(shown)
        for form in FORMS.values():
            made_plain = (
                partial(by_pandoc_and_typst, source)
                if form.name == "pdf"
                else partial(by_pandoc, source, PEERS[form.name])
            )
            ours, peer = best_of_each(partial(form.write, shown), made_plain)
            size = len(form.write(shown)) // 1000
            print(f"{form.name:10} {ours:8.2f} {peer:8.2f} {ours / peer:6.2f} {size:9,}")


if __name__ == "__main__":
    main()
