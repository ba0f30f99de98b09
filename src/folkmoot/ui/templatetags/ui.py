"""`{% load ui %}`: the tags that draw components. `docs/guide/look.md` shows each in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from folkmoot.algorithms.redline import Piece, Redline
from folkmoot.ui import redline as redlines
from folkmoot.ui import state_bar as state_bars
from folkmoot.ui.statuses import status_of

register = template.Library()

ICONS = Path(__file__).resolve().parent.parent / "templates" / "ui" / "icons"
_DIRECTIONAL = {"arrow-right", "arrow-left", "chevron-right", "external", "list", "quote"}
_MESSAGE_ICONS = {"success": "agreed", "warning": "alert", "error": "alert", "info": "info"}


# Files


@cache
def _found(path: str) -> bool:
    return finders.find(path) is not None


def is_built() -> bool:
    """Whether `npm run build` has made the bundles. The site works, in system faces, without."""
    return _found("built/site.css")


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file; its plain address when nothing has been collected yet.

    Unlike `{% static %}` it never fails, because error pages use it.
    """
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.inclusion_tag("ui/site/styles.html")
def ui_styles(organisation: Any = None, reading: bool = False) -> dict[str, Any]:
    """The stylesheets, the faces to load first, and the script that sets the theme in time."""
    return {"built": is_built(), "organisation": organisation, "reading": reading}


@register.inclusion_tag("ui/site/scripts.html")
def ui_scripts(htmx: bool = True) -> dict[str, Any]:
    """The small behaviours, and htmx where it has been built."""
    return {"built": is_built(), "htmx": htmx}


# Words


@cache
def _drawing(name: str) -> str:
    path = ICONS / f"{name}.svg"
    if "/" in name or not path.is_file():
        raise template.TemplateSyntaxError(f"There is no icon “{name}” in {ICONS.name}.")
    return path.read_text(encoding="utf-8").strip()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon by name. With `label` it is announced; without, it stands beside words and is not.

    Raises `TemplateSyntaxError` when there is no icon of that name.
    """
    drawing = _drawing(name)
    directional = " icon-directional" if name in _DIRECTIONAL else ""
    voice = f'role="img" aria-label="{escape(str(label))}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 - drawings are our own files, the label is escaped
        f'<svg class="icon{directional}" viewBox="0 0 24 24" {voice}>{drawing}</svg>'
    )


@register.filter
def moment(value: dt.datetime | dt.date | None, style: str = "") -> SafeString | str:
    """A day or a moment as `<time>` in the reader's language; nothing for None.

    `style`: "" (day, and time where there is one), "day" (day only), "time" (time only) or
    "since" ("3 hours ago", with the exact moment in its title).
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    machine = value.isoformat(timespec="minutes") if isinstance(value, dt.datetime) else str(value)
    # Translators: how a day is written in words, as a format of Django's.
    day = date_format(value, pgettext("format of a day", "j F Y"))
    if not isinstance(value, dt.datetime) or style == "day":
        return format_html('<time datetime="{}">{}</time>', machine, day)
    # Translators: how a time of day is written, as a format of Django's.
    hour = date_format(value, pgettext("format of a time", "H:i"))
    if style == "time":
        return format_html('<time datetime="{}">{}</time>', machine, hour)
    whole = _("%(day)s at %(time)s") % {"day": day, "time": hour}
    if style == "since":
        from django.contrib.humanize.templatetags.humanize import naturaltime

        return format_html(
            '<time datetime="{}" title="{}">{}</time>', machine, whole, naturaltime(value)
        )
    return format_html('<time datetime="{}">{}</time>', machine, whole)


@register.simple_tag
def status_pill(status: object, count: int | None = None) -> SafeString:
    """A status as colour, icon and word; with `count`, how many have it."""
    known = status_of(status)
    number = "" if count is None else format_html(' <b class="number">{}</b>', count)
    return format_html(
        '<span class="status status-{}" title="{}">{}<span>{}{}</span></span>',
        known.slug,
        known.meaning,
        icon("agreed" if known.slug == "locally-agreed" else known.slug),
        known.word,
        number,
    )


@register.simple_tag
def status_word(status: object) -> str:
    """The word alone, for tables and sentences."""
    return str(status_of(status).word)


@register.simple_tag
def person_chip(name: str, office: str = "", href: str = "") -> SafeString:
    """A person by name, and the office in which they act. No picture, no initials."""
    shown = format_html('<a href="{}">{}</a>', href, name) if href else format_html("{}", name)
    part = format_html(' <span class="person-office">{}</span>', office) if office else ""
    return format_html(
        '<span class="person"><bdi class="person-name">{}</bdi>{}</span>', shown, part
    )


@register.simple_tag
def level_badges(level: object) -> SafeString:
    """Who a recommendation speaks to: the centre, branches, or both."""
    words = {"centre": _("Centre"), "branch": _("Branches")}
    name = str(getattr(level, "value", level) or "").lower()
    shown = list(words.values()) if name == "both" else [words[name]] if name in words else []
    return format_html(
        '<span class="badges">{}</span>',
        format_html_join("", '<span class="badge badge-accent">{}</span>', ((w,) for w in shown)),
    )


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """Keys to press: `{% kbd "Ctrl+S" %}`."""
    pressed = ((key,) for key in (keys.split("+") if len(keys) > 1 else [keys]))
    plus = mark_safe('<span class="keys-plus">+</span>')
    return format_html(
        '<span class="keys">{}</span>', format_html_join(plus, "<kbd>{}</kbd>", pressed)
    )


# Moving about


@register.simple_tag(takes_context=True)
def active_link(
    context: template.Context, href: str, label: str, exact: bool = False
) -> SafeString:
    """A link that says when it leads to where we are (`aria-current`).

    The page itself is "page"; a page below it "true", unless `exact`.
    """
    request = context.get("request")
    path = request.path if request else ""
    target = str(href).split("?")[0].split("#")[0]
    current = ""
    if path == target:
        current = mark_safe(' aria-current="page"')
    elif not exact and target.endswith("/") and len(target) > 1 and path.startswith(target):
        current = mark_safe(' aria-current="true"')
    return format_html('<a href="{}"{}>{}</a>', href, current, label)


@register.inclusion_tag("ui/components/breadcrumbs.html")
def breadcrumbs(*trail: str) -> dict[str, Any]:
    """The way here: `{% breadcrumbs label href label href … %}`; a last label may lack its href."""
    labels, hrefs = trail[::2], trail[1::2]
    crumbs = [
        {"label": label, "href": hrefs[at] if at < len(hrefs) else ""}
        for at, label in enumerate(labels)
    ]
    return {"crumbs": crumbs}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Links to the other pages of a list. Keeps the rest of the query; nothing for one page."""
    request = context.get("request")
    query = request.GET.copy() if request else None

    def href(number: int) -> str:
        if query is None:
            return f"?{name}={number}"
        query[name] = str(number)
        return f"?{query.urlencode()}"

    around = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [{"number": n, "href": href(n) if isinstance(n, int) else ""} for n in around],
        "previous": href(page.previous_page_number()) if page.has_previous() else "",
        "next": href(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag(takes_context=True)
def sort_header(
    context: template.Context, key: str, label: str, name: str = "sort", number: bool = False
) -> SafeString:
    """A `<th>` whose link sorts the table by `key`; pressed again, the other way round (“-key”).

    `number`: the column has figures, so its heading stands at the end as they do.
    """
    request = context.get("request")
    query = request.GET.copy() if request else None
    chosen = query.get(name, "") if query is not None else ""
    down = chosen == f"-{key}"
    order = {key: "ascending", f"-{key}": "descending"}.get(chosen, "")
    target = f"-{key}" if chosen == key else key
    if query is None:
        href = f"?{name}={target}"
    else:
        query[name] = target
        query.pop("page", None)
        href = f"?{query.urlencode()}"
    arrow = icon("arrow-down" if down else "arrow-up" if order else "sort")
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="{}">{}{}</a></th>',
        mark_safe(' class="number"') if number else "",
        format_html(' aria-sort="{}"', order) if order else "",
        href,
        label,
        arrow,
    )


@register.inclusion_tag("ui/components/tabs.html", takes_context=True)
def tabs(context: template.Context, label: str, *pairs: str) -> dict[str, Any]:
    """Links that look like tabs: `{% tabs label href word href word … %}`. Each is a page."""
    request = context.get("request")
    path = request.get_full_path() if request else ""
    plain = path.split("?")[0]
    hrefs, words = pairs[::2], pairs[1::2]
    exact = path in hrefs
    items = [
        {"href": href, "word": word, "current": href == path or (not exact and href == plain)}
        for href, word in zip(hrefs, words, strict=True)
    ]
    return {"label": label, "items": items}


# Things to press


@register.simple_tag
def button(
    label: str,
    kind: str = "",
    icon_name: str = "",
    href: str = "",
    *,
    type: str = "submit",
    name: str = "",
    value: str = "",
    small: bool = False,
    busy: bool = False,
    disabled: bool = False,
    icon_only: bool = False,
    form: str = "",
    opens: str = "",
    shortcut: str = "",
) -> SafeString:
    """A button, or with `href` a link that looks like one.

    `kind`: "primary", "quiet", "danger" or "" for the plain one. `opens`: the id of a dialog.
    `shortcut`: the key that presses it. `icon_only` keeps the label for those who cannot see.
    """
    classes = ["button", *([f"button-{kind}"] if kind else [])]
    classes += ["button-small"] * small + ["button-icon"] * icon_only
    shown = (
        format_html('<span class="visually-hidden">{}</span>', label)
        if icon_only
        else format_html("{}", label)
    )
    inside = format_html("{}{}", icon(icon_name) if icon_name else "", shown)
    pairs: list[tuple[str, str]] = [("class", " ".join(classes))]
    if href and not disabled:
        pairs.append(("href", href))
    elif not href:
        pairs.append(("type", "button" if opens else type))
        pairs += [(k, v) for k, v in (("name", name), ("value", value), ("form", form)) if v]
        if opens:
            pairs += [("data-opens", opens), ("aria-haspopup", "dialog")]
    if shortcut:
        pairs += [("data-key", shortcut), ("aria-keyshortcuts", shortcut)]
    if icon_only:
        pairs.append(("title", label))
    if busy:
        pairs.append(("aria-busy", "true"))
    if disabled:
        pairs.append(("aria-disabled", "true") if href else ("disabled", ""))
    attributes = format_html_join("", ' {}="{}"', pairs)
    if href:
        return format_html("<a{}>{}</a>", attributes, inside)
    return format_html("<button{}>{}</button>", attributes, inside)


@register.inclusion_tag("ui/components/copy.html")
def copy_button(text: str, label: str = "") -> dict[str, Any]:
    """Shows `text` and, with script, a button that copies it."""
    return {"text": text, "label": label or _("Copy")}


# Forms


def _field_anchor(field: BoundField) -> str:
    if field.use_fieldset:
        return f"#{field.auto_id}_0"
    return f"#{field.id_for_label or field.auto_id}"


@register.inclusion_tag("ui/forms/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """All errors of a form in one box that takes the focus, each a link to its field.

    `{{ form }}` has it already; use it where fields are placed one by one.
    """
    if not form.is_bound or not form.errors:
        return {"entries": []}
    entries = [{"href": "", "text": str(error)} for error in form.non_field_errors()]
    for field in form.hidden_fields():
        entries += [{"href": "", "text": f"{field.label}: {error}"} for error in field.errors]
    for field in form.visible_fields():
        entries += [
            {"href": _field_anchor(field), "text": f"{field.label}: {error}"}
            for error in field.errors
        ]
    return {"entries": entries, "id": f"{form.prefix or 'form'}-errors"}


@register.inclusion_tag("ui/forms/field_errors.html")
def field_errors(field: BoundField) -> dict[str, Any]:
    """The errors of one field, where it stands."""
    return {"errors": list(field.errors), "id": f"{field.auto_id}_error" if field.auto_id else ""}


# Drawings


@register.simple_tag
def state_bar(
    parts: Iterable[state_bars.Part | Sequence[object]], label: str = "", id: str = "bar"
) -> SafeString:
    """The whole text by status: see `folkmoot.ui.state_bar.Part`. A second bar needs another id."""
    return state_bars.draw(parts, label, prefix=id)


@register.filter
def redline(change: Redline | Iterable[Piece]) -> SafeString:
    """What changed, in the language of the page: a `Redline` whole, or pieces as running text."""
    return redlines.draw(change)


@register.inclusion_tag("ui/components/progress.html")
def progress(
    label: str, value: float | None = None, most: float = 100, note: str = ""
) -> dict[str, Any]:
    """How far a piece of work has come; without `value`, that it is under way."""
    return {"label": label, "value": value, "most": most, "note": note}


@register.inclusion_tag("ui/components/stat.html")
def stat(figure: Any, label: str, href: str = "", note: str = "") -> dict[str, Any]:
    """A figure with the list behind it."""
    return {"figure": figure, "label": label, "href": href, "note": note}


@register.inclusion_tag("ui/components/recommendation_card.html")
def recommendation_card(
    number: object,
    words: str,
    href: str = "",
    area: str = "",
    addressee: str = "",
    level: object = "",
) -> dict[str, Any]:
    """A recommendation in a list."""
    return {
        "number": number,
        "words": words,
        "href": href,
        "area": area,
        "addressee": addressee,
        "level": level,
    }


@register.inclusion_tag("ui/components/facts.html")
def facts(*pairs: Any) -> dict[str, Any]:
    """Names and values: `{% facts name value name value … %}`; pairs without value are left out."""
    return {
        "facts": [
            (name, value)
            for name, value in zip(pairs[::2], pairs[1::2], strict=True)
            if value not in (None, "")
        ]
    }


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under `key`, or nothing."""
    return mapping.get(key, "")


# Blocks


def _titled(title: str) -> SafeString | str:
    return format_html('<p class="notice-title">{}</p>', title) if title else ""


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A message in the page: `{% notice "warning" "Title" %}…{% endnotice %}`.

    `kind`: "info", "success", "warning" or "error". Not for what just happened: use messages.
    """
    return format_html(
        '<div class="notice notice-{}" role="note">{}<div>{}{}</div></div>',
        kind,
        icon(_MESSAGE_ICONS.get(kind, "info")),
        _titled(title),
        _paragraph(content),
    )


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "document") -> SafeString:
    """What will be here and how to begin: `{% empty "No comments" "comment" %}…{% endempty %}`."""
    return format_html(
        '<div class="empty">{}<p class="empty-title">{}</p>{}</div>',
        icon(icon_name),
        title,
        _paragraph(content),
    )


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:
    """Words that can be opened: `{% disclosure "How this is counted" %}…{% enddisclosure %}`."""
    return format_html(
        '<details class="disclosure"{}><summary>{}<span>{}</span></summary>'
        '<div class="disclosure-body">{}</div></details>',
        mark_safe(" open") if open else "",
        icon("chevron-right"),
        summary,
        content,
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A native dialog, opened by `{% button "…" opens="ID" %}` or `<a data-opens="ID" href="…">`.

    Give the opener the `href` of a page that does the same: without script that page opens.
    """
    return format_html(
        '<dialog class="dialog" id="{0}" aria-labelledby="{0}-title"><div class="dialog-heading">'
        '<h2 id="{0}-title">{1}</h2><form method="dialog"><button class="button button-quiet'
        ' button-icon button-small" value="">{2}<span class="visually-hidden">{3}</span></button>'
        '</form></div><div class="dialog-body">{4}</div></dialog>',
        id,
        title,
        icon("cross"),
        _("Close"),
        content,
    )


@register.simple_block_tag
def menu(
    content: str, label: str, icon_name: str = "more", shown: bool = True, id: str = ""
) -> SafeString:
    """A button that opens a short list: `{% menu "More" %}<ul><li><a …>…</ul>{% endmenu %}`.

    Menus of the same label on one page each need an `id`.
    """
    words = '<span class="visually-hidden">{}</span>' if not shown else "<span>{}</span>"
    return format_html(
        '<div class="menu"><button type="button" class="button button-quiet{0}"'
        ' popovertarget="{1}">{2}{3}</button>'
        '<div class="menu-list" id="{1}" popover>{4}</div></div>',
        "" if shown else " button-icon",
        id or f"menu-{slugify(label) or 'list'}",
        icon(icon_name),
        format_html(words, label),
        content,
    )


@register.simple_block_tag
def table(
    content: str, caption: str, cards: bool = True, caption_hidden: bool = False
) -> SafeString:
    """A table that fits a phone: `{% table "Caption" %}<thead>…<tbody>…{% endtable %}`.

    As cards, each `<td data-label="Column">` shows its column's name; with `cards=False` the
    table scrolls sideways instead.
    """
    return format_html(
        '<div class="table-frame{}"{}><table class="table"><caption{}>{}</caption>{}</table></div>',
        " table-cards" if cards else "",
        "" if cards else format_html(' tabindex="0" role="region" aria-label="{}"', caption),
        mark_safe(' class="visually-hidden"') if caption_hidden else "",
        caption,
        content,
    )


@register.simple_block_tag
def unsaved_guard(content: str, key: str) -> SafeString:
    """Around a form: keeps what is typed until it is sent, and asks before leaving.

    `key` names the draft, for example "comment:" and the passage's id. Drafts stay in this browser.
    """
    return format_html(
        '<unsaved-guard data-key="{}" data-found="{}" data-drop="{}">{}</unsaved-guard>',
        key,
        _("We kept what you typed here earlier and put it back."),
        _("Throw it away"),
        content,
    )


def _paragraph(content: str) -> str:
    """`content` is rendered template output, safe already; bare words become a paragraph."""
    inside = content.strip()
    if inside and not inside.startswith("<"):
        return mark_safe(f"<p>{inside}</p>")  # noqa: S308 - rendered by the template engine
    return conditional_escape(content)


@register.simple_tag(takes_context=True)
def toasts(context: template.Context) -> SafeString:
    """The messages of this request, at the top of the page without script and at its foot with."""
    waiting = [
        {
            "kind": kind,
            "icon": _MESSAGE_ICONS[kind],
            "message": message,
        }
        for message in context.get("messages") or ()
        for kind in [message.level_tag if message.level_tag in _MESSAGE_ICONS else "info"]
    ]
    return mark_safe(render_to_string("ui/components/toasts.html", {"toasts": waiting}))  # noqa: S308
