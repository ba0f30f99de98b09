"""A fresh copy of the package with one line of its source wrong."""

from __future__ import annotations

import importlib
import sys
import types
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

PACKAGE = "folkmoot.algorithms.consent"
SOURCES = Path(__file__).resolve().parents[1]


class _Copies(MetaPathFinder, Loader):
    def __init__(self, name: str, sources: dict[str, str]) -> None:
        self.name, self.sources = name, sources

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname == self.name:
            return ModuleSpec(fullname, self, is_package=True)
        if fullname.startswith(self.name + "."):
            return ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        stem = module.__name__.removeprefix(self.name).lstrip(".") or "__init__"
        exec(compile(self.sources[stem], f"{module.__name__}.py", "exec"), module.__dict__)


def load(number: int, stem: str = "", right: str = "", wrong: str = "") -> Any:
    """Import the package under another name, `right` replaced by `wrong` in the module `stem`.

    Raises `LookupError` unless `right` is there exactly once.
    """
    name = f"consent_with_fault_{number}"
    sources = {path.stem: path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py")}
    if stem:
        if sources[stem].count(right) != 1:
            raise LookupError(f"{stem}.py has {sources[stem].count(right)} times {right!r}")
        sources[stem] = sources[stem].replace(right, wrong)
    copies = _Copies(name, {k: text.replace(PACKAGE, name) for k, text in sources.items()})
    sys.meta_path.insert(0, copies)
    try:
        return importlib.import_module(name)
    finally:
        sys.meta_path.remove(copies)
        for loaded in [one for one in sys.modules if one.split(".")[0] == name]:
            del sys.modules[loaded]
