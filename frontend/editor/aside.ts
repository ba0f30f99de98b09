// Words that cannot be put into the text any more: shown to be read and copied, never thrown away unseen.
import { button, dialog } from "./dialogs.ts";
import type { Aside } from "./connection.ts";
import type { Editor } from "./editor.ts";
import { element } from "./elements.ts";

export function putAside(editor: Editor, aside: Aside): void {
  const { words, room } = editor;
  const texts = Object.values(aside.passages).filter(Boolean);
  const anew = room.stopped;
  if (texts.length === 0) {
    // Nothing of this person's is lost: only the text has to be opened again.
    if (anew) location.reload();
    else room.options.keeping?.drop(aside.records).catch(() => {});
    return;
  }
  const copied = element("p", { role: "status", class: "muted" });
  const made = dialog(
    words,
    words.say("aside.title"),
    element("p", {}, words.say(aside.why === "epoch" ? "aside.epoch" : "aside.refused")),
    element(
      "div",
      { class: "editor-aside", tabindex: "0", role: "region", "aria-label": words.say("aside.title") },
      ...texts.map((text) => element("p", {}, text)),
    ),
    copied,
    element(
      "div",
      { class: "buttons" },
      button(
        words.say("aside.copy"),
        () => {
          navigator.clipboard
            ?.writeText(texts.join("\n\n"))
            .then(() => (copied.textContent = words.say("aside.copied")))
            .catch(() => {});
        },
        "primary",
      ),
      anew && button(words.say("aside.reload"), () => location.reload()),
      button(
        words.say("aside.discard"),
        () => {
          const { keeping } = room.options;
          const own = anew ? keeping?.forget(Number.MAX_VALUE) : undefined;
          Promise.all([own, keeping?.drop(aside.records)])
            .catch(() => {})
            .finally(() => {
              made.close();
              if (anew) location.reload();
            });
        },
        "quiet",
      ),
    ),
  );
}
