"""Importing 60,000 words of Word, against pandoc's own time for the same file in the same run.

Prints one ratio. The file is made from the inquiry's executive summary when that is at hand, and
from generated paragraphs with headings, lists and footnotes when not. Bound: 3.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from folkmoot.documents.pandoc import program
from folkmoot.documents.reading import read_document

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT.parent / "shared" / "data" / "iraq-inquiry-report" / "executive-summary.md"
BOUND = 3.0
ROUNDS = 5


def source() -> str:
    if REPORT.exists():
        return REPORT.read_text()
    sentence = "The commission heard from branches in every region and weighed what they said. "
    parts = []
    for number in range(1, 1001):
        if number % 10 == 1:
            parts.append(f"## Part {number // 10 + 1}")
        parts.append(f"{number}\\. {sentence * 4}[^{number}]")
        parts.append(f"- **First** point\n- *second* point\n\n[^{number}]: Minutes, page {number}.")
    return "\n\n".join(parts)


def fastest(act: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds: the one least disturbed by other work."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.docx"
        subprocess.run(
            [program(), "--from", "markdown-smart", "--to", "docx", "--output", str(path)],
            input=source().encode(),
            check=True,
        )
        data = path.read_bytes()
        alone = fastest(
            lambda: subprocess.run(
                [
                    program(),
                    "--from",
                    "docx",
                    "--to",
                    "json",
                    "--output",
                    f"{folder}/out.json",
                    path,
                ],
                check=True,
            )
        )
        imported = read_document(data, "report.docx")
        whole = fastest(lambda: read_document(data, "report.docx"))
    words = sum(block.wording.words for block in imported.blocks)
    ratio = whole / alone
    print(
        f"Importing {words:,} words of Word ({len(imported.blocks):,} passages): {whole:.2f} s; "
        f"pandoc alone {alone:.2f} s; ratio {ratio:.2f} (at most {BOUND:g})"
    )
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
