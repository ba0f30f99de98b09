// The keyboard, in a dialog.
import { dialog } from "./dialogs.ts";
import type { Editor } from "./editor.ts";
import { element } from "./elements.ts";
import type { Key } from "./words.ts";

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** A shortcut as it is written on this machine's keys. */
export function keysShown(keys: string): string {
  return mac
    ? keys.replaceAll("Mod", "⌘").replaceAll("Alt", "⌥").replaceAll("Shift", "⇧")
    : keys.replaceAll("Mod", "Ctrl");
}

const LINES: [string[], Key][] = [
  [["F1", "Mod+/"], "help.open"],
  [["F6", "Shift+F6"], "help.parts"],
  [["Enter"], "help.split"],
  [["Shift+Enter"], "help.break"],
  [["Mod+Enter"], "help.out"],
  [["Mod+B", "Mod+I"], "help.marks"],
  [["Mod+K"], "help.link"],
  [["Mod+Alt+1 … 6", "Mod+Alt+0"], "help.kinds"],
  [["Mod+Shift+7", "Mod+Shift+8"], "help.lists"],
  [["Mod+Shift+9"], "help.quote"],
  [["Tab", "Shift+Tab"], "help.depth"],
  [["Alt+Shift+↑", "Alt+Shift+↓"], "help.move"],
  [["Mod+Alt+F"], "help.footnote"],
  [["Mod+F"], "help.find"],
  [["Mod+Z", "Mod+Y"], "help.undo"],
  [["Mod+Alt+N"], "help.next"],
  [["Ctrl+Alt+P"], "help.panel"],
  [["Ctrl+Alt+A", "Ctrl+Alt+E"], "help.accept"],
  [["Ctrl+Alt+R", "Ctrl+Alt+O", "Ctrl+Alt+U"], "help.reserve"],
  [["Ctrl+Alt+M"], "help.comment"],
];

export function showHelp(editor: Editor): void {
  const { words } = editor;
  if (document.querySelector(".editor-help")) return;
  const list = element("dl", { class: "editor-keys" });
  for (const [keys, key] of LINES) {
    const term = element("dt");
    keys.forEach((one, index) => {
      if (index > 0) term.append(" ");
      term.append(element("kbd", {}, keysShown(one)));
    });
    list.append(element("div", {}, term, element("dd", {}, words.say(key))));
  }
  const made = dialog(
    words,
    words.say("help.title"),
    list,
    element("p", {}, words.say("help.tab")),
    element("p", {}, words.say("help.rules")),
  );
  made.classList.add("editor-help");
}
