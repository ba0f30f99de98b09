"""Finding parts of a page by the simple selectors that tests need."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_STEP = re.compile(r"([\w-]*)((?:[.#][\w-]+|\[[\w-]+(?:=[^\]]*)?\])*)$")
_TEST = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:=['\"]?([^\]'\"]*)['\"]?)?\]")


def select(page: HtmlElement, selector: str) -> list[HtmlElement]:
    """Elements in `page` that match: names, .class, #id, [attribute=value], descent."""
    path = "descendant-or-self::*"
    for at, step in enumerate(selector.split()):
        found = _STEP.match(step)
        assert found, f"“{step}” is not a selector known here."
        path += f"/descendant::{found[1] or '*'}" if at else f"[self::{found[1] or '*'}]"
        for mark, name, attribute, value in _TEST.findall(found[2]):
            if mark == ".":
                path += f"[contains(concat(' ', @class, ' '), ' {name} ')]"
            elif mark == "#":
                path += f"[@id='{name}']"
            else:
                path += f"[@{attribute}='{value}']" if value else f"[@{attribute}]"
    return list(page.xpath(path))
