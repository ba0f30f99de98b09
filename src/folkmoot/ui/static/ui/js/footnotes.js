// A footnote mark opens its words beside it, taken from the notes at the end of the page. Without
// popovers, or with a key held, it leads there.
if ("popover" in HTMLElement.prototype) {
  let open = null;

  const place = (note, mark) => {
    const at = mark.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.max(Math.min(at.left - 24, room - note.offsetWidth - 8), 8);
    const below = at.bottom + 8;
    const top = below + note.offsetHeight > innerHeight ? at.top - note.offsetHeight - 8 : below;
    note.style.left = `${left}px`;
    note.style.top = `${Math.max(top, 8)}px`;
  };

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const mark = event.target.closest(".noteref a[href^='#']");
    if (!mark) return;
    const source = document.getElementById(mark.getAttribute("href").slice(1));
    if (!source) return;
    event.preventDefault();
    const again = open?.mark === mark;
    open?.note.remove();
    mark.removeAttribute("aria-expanded");
    open = null;
    if (again) return;
    const note = document.createElement("div");
    note.className = "note-beside";
    note.popover = "auto";
    note.setAttribute("role", "note");
    note.tabIndex = -1;
    note.append(...[...source.childNodes].map((child) => child.cloneNode(true)));
    for (const part of note.querySelectorAll(".backlink")) part.remove();
    for (const part of note.querySelectorAll("[id]")) part.removeAttribute("id");
    // Beside its mark in the page too, so that a screen reader reads on from there.
    (mark.closest("p, li, td, th, figcaption, blockquote, h1, h2, h3, h4, h5, h6") ?? mark).after(note);
    note.showPopover();
    mark.setAttribute("aria-expanded", "true");
    place(note, mark);
    note.focus({ preventScroll: true });
    open = { note, mark };
    note.addEventListener("toggle", (change) => {
      if (change.newState !== "closed") return;
      const inside = note.contains(document.activeElement) || document.activeElement === document.body;
      mark.setAttribute("aria-expanded", "false");
      if (inside) mark.focus({ preventScroll: true });
      setTimeout(() => {
        note.remove();
        if (open?.note === note) open = null;
      }, 150);
    });
  });
  addEventListener("scroll", () => open?.note.matches(":focus-within") || open?.note.hidePopover(), {
    passive: true,
  });
}
