// A footnote mark opens its words beside it. Without popovers it leads to the note at the end.
if ("popover" in HTMLElement.prototype) {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.metaKey || event.ctrlKey) return;
    const mark = event.target.closest("a[data-note]");
    if (!mark) return;
    const note = document.getElementById(mark.dataset.note);
    if (!note?.hasAttribute("popover")) return;
    event.preventDefault();
    note.togglePopover();
    if (!note.matches(":popover-open")) return;
    mark.setAttribute("aria-expanded", "true");
    note.addEventListener(
      "toggle",
      (change) => change.newState === "closed" && mark.setAttribute("aria-expanded", "false"),
      { once: true },
    );
    const at = mark.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.min(Math.max(at.left - 24, 8), room - note.offsetWidth - 8);
    const below = at.bottom + 8;
    const top = below + note.offsetHeight > innerHeight ? at.top - note.offsetHeight - 8 : below;
    note.style.left = `${left}px`;
    note.style.top = `${Math.max(top, 8)}px`;
  });
  addEventListener("scroll", () => {
    document.querySelector(".footnote-words:popover-open")?.hidePopover();
  }, { passive: true });
}
