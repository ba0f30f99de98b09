// The question before a passage is changed on whose words agreements may stand: what it costs, and
// three ways on. What was typed is kept until it is answered, whichever way that is.
import { button, dialog, fault, field } from "../dialogs.ts";
import { element } from "../elements.ts";
import type { Words } from "../words.ts";
import type { Held } from "./guard.ts";

export type Answer =
  | { way: "propose" }
  | { way: "change" }
  | { way: "slip"; reason: string }
  | { way: "cancel" };

/** Keys pressed so soon (ms) after the first belong to the words, not to the question. */
const TYPING = 600;

export interface Circumstances {
  online: boolean;
  mayPropose: boolean;
}

export function ask(words: Words, held: Held, { online, mayPropose }: Circumstances): Promise<Answer> {
  return new Promise((resolve) => {
    let given: Answer = { way: "cancel" };
    const answer = (one: Answer) => {
      given = one;
      made.close();
    };
    const several = held.passages.length > 1;
    const choices = element("ul", { class: "guard-ways" });
    const way = (control: HTMLElement, hint: string) => {
      const id = `guard-way-${choices.childElementCount}`;
      control.setAttribute("aria-describedby", id);
      choices.append(
        element("li", {}, control, element("p", { class: "small muted", id }, hint)),
      );
    };

    const propose = button(words.say("guard.propose"), () => answer({ way: "propose" }), "primary");
    if (mayPropose && !several) way(propose, words.say("guard.propose.hint"));
    const change = button(words.say("guard.change"), () => answer({ way: "change" }));
    way(change, words.say("guard.change.hint"));

    const reason = element("textarea", { class: "input", rows: 2, maxlength: 500 });
    const form = element(
      "form",
      { class: "form guard-slip", hidden: true, novalidate: true, "data-many": true },
      field(words.say("guard.slip.why"), reason, words.say("guard.slip.why.hint")),
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "submit", class: "button button-primary" }, words.say("guard.slip.go")),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!reason.value.trim()) fault(reason, words.say("guard.slip.why.missing"));
      else answer({ way: "slip", reason: reason.value.trim() });
    });
    const slip = button(words.say("guard.slip"), () => {
      made.dispatchEvent(new Event("pointerdown"));
      form.hidden = false;
      slip.setAttribute("aria-expanded", "true");
      reason.focus();
    });
    slip.setAttribute("aria-expanded", "false");
    if (!online) {
      slip.disabled = true;
      way(slip, words.say("guard.slip.offline"));
    } else way(slip, words.say("guard.slip.hint"));
    slip.parentElement?.append(form);

    const say = element("p", {}, told(words, held));
    const made = dialog(
      words,
      title(words, held),
      say,
      ...(several ? [element("p", { class: "small muted" }, words.say("guard.propose.several"))] : []),
      choices,
      element("p", { class: "small muted" }, words.say("guard.kept")),
      element(
        "div",
        { class: "buttons" },
        button(words.say("guard.cancel"), () => answer({ way: "cancel" }), "quiet"),
      ),
    );
    made.classList.add("guard-dialog");
    say.id ||= "guard-price";
    made.setAttribute("aria-describedby", say.id);
    // Once the focus is back where it was, so that whoever goes on can put it elsewhere.
    made.addEventListener("close", () => resolve(given));
    catchTyping(made, held);
    (mayPropose && !several ? propose : change).focus();
  });
}

/**
 * Keys that were meant for the text when the question came up are kept for it: letters until somebody
 * goes about in the question, and what would press a button until the question could be seen and the
 * hands have come to rest.
 */
function catchTyping(made: HTMLDialogElement, held: Held): void {
  let until = Number.POSITIVE_INFINITY;
  let writing = true;
  // Two frames on it has been painted, however slow the device is.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      until = performance.now() + TYPING;
    }),
  );
  const answering = () => {
    writing = false;
  };
  made.addEventListener("pointerdown", answering);
  made.addEventListener(
    "keydown",
    (event) => {
      const { key, timeStamp } = event;
      if (key === "Tab" || key.startsWith("Arrow")) answering();
      if (!writing || event.ctrlKey || event.metaKey || event.altKey) return;
      const letter = key.length === 1 && key !== " ";
      if (!letter && timeStamp > until) return;
      if (key.length === 1) held.typed += key;
      else if (key === "Backspace") held.typed = held.typed.slice(0, -1);
      else if (key !== "Enter") return;
      if (until < Number.POSITIVE_INFINITY) until = timeStamp + TYPING;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}

function price(held: Held): number | null {
  let sum = 0;
  for (const passage of held.passages) {
    if (passage.price === null) return null;
    sum += passage.price;
  }
  return sum;
}

function title(words: Words, held: Held): string {
  const sum = price(held);
  return sum === null ? words.say("guard.title") : words.count("guard.title.price", sum);
}

function told(words: Words, held: Held): string {
  const parts: string[] = [];
  if (held.passages.length > 1) parts.push(words.count("guard.several", held.passages.length));
  if (price(held) !== null) parts.push(words.say("guard.price"));
  else
    parts.push(
      words.say(held.passages.some((one) => one.row) ? "guard.sealed" : "guard.unknown"),
    );
  return parts.join(" ");
}
