// Dialogs in the look of the site, and the little windows beside the text.
import { element, icon, listen } from "./elements.ts";
import type { Words } from "./words.ts";

/** A modal dialog; it takes itself away once closed, and the focus goes back to where it was. */
export function dialog(
  words: Words,
  title: string,
  ...content: (globalThis.Node | string)[]
): HTMLDialogElement {
  const before = document.activeElement;
  const heading = element("h2", { id: `dialog-${Math.random().toString(36).slice(2)}` }, title);
  const close = listen(
    element(
      "button",
      { type: "button", class: "button button-quiet button-icon", "aria-label": words.say("dialog.close") },
      icon("close"),
    ),
    { click: () => made.close() },
  );
  const made = element(
    "dialog",
    { class: "dialog editor-dialog", "aria-labelledby": heading.id },
    element("div", { class: "dialog-heading" }, heading, close),
    element("div", { class: "dialog-body" }, ...content),
  );
  listen(made, {
    close: () => {
      made.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    },
  });
  document.body.append(made);
  made.showModal();
  return made;
}

export function button(
  label: string,
  act: () => void,
  kind: "" | "primary" | "quiet" | "danger" = "",
): HTMLButtonElement {
  return listen(
    element("button", { type: "button", class: `button${kind ? ` button-${kind}` : ""}` }, label),
    { click: act },
  );
}

let fields = 0;

/** A label with its control, and a hint or an error below. */
export function field(
  label: string,
  control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement,
  hint = "",
): HTMLElement {
  control.id ||= `editor-field-${++fields}`;
  const described = element("p", { class: "field-hint small muted", id: `${control.id}-hint` }, hint);
  control.setAttribute("aria-describedby", described.id);
  return element(
    "div",
    { class: "field" },
    element("label", { for: control.id }, label),
    control,
    described,
  );
}

/** Say what is wrong with a field, or that nothing is. */
export function fault(control: HTMLElement, words: string): void {
  const hint = document.getElementById(`${control.id}-hint`);
  if (words) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  if (hint) {
    hint.textContent = words;
    hint.classList.toggle("field-error", words !== "");
  }
  if (words) control.focus();
}
