// Keys: j and k move along a list marked [data-keys] (its [data-item] parts), Enter opens; a control
// with data-key="x" is pressed by x, first within the chosen item; ? opens the dialog #keys-help.
const typing = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable || element.matches("input:not([type=radio], [type=checkbox]), textarea, select"));

function items() {
  return [...document.querySelectorAll("[data-keys] [data-item]")].filter(
    (item) => item.offsetParent !== null,
  );
}

function chosen() {
  return document.activeElement?.closest("[data-item]") ?? null;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    const help = document.getElementById("keys-help");
    if (help instanceof HTMLDialogElement) {
      event.preventDefault();
      help.showModal();
    }
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const all = items();
    if (!all.length) return;
    event.preventDefault();
    const at = all.indexOf(chosen());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return;
  }
  if (event.key === "Enter" && document.activeElement?.matches("[data-item]")) {
    document.activeElement.querySelector("a[href], button")?.click();
    return;
  }
  if (event.key.length !== 1) return;
  const key = CSS.escape(event.key);
  const control =
    chosen()?.querySelector(`[data-key="${key}"]`) ??
    [...document.querySelectorAll(`[data-key="${key}"]`)].find((c) => !c.closest("[data-item]"));
  if (control) {
    event.preventDefault();
    control.focus();
    control.click();
  }
});
