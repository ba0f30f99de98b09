// What agreement, other wordings and comments add to the editor.
import { attachComments } from "../comments/attach.ts";
import type { Editor } from "../editor.ts";
import { listen } from "../elements.ts";
import { Guard, type Held } from "./guard.ts";
import { described, marksPlugin, renewMarks } from "./marks.ts";
import { Panel } from "./panel.ts";
import { caretIn, Preparing } from "./preparing.ts";
import { ask } from "./question.ts";
import { begin, prepared, preparedById, root } from "./wordings.ts";

/** Control, Alt and one of these prepare an answer, to be confirmed in the panel. By place on the
 * keyboard, since Alt makes other letters of them. */
const ANSWERS: Record<string, string> = {
  KeyA: "accept",
  KeyE: "endorse",
  KeyR: "reserve",
  KeyO: "object",
  KeyU: "undecided",
};

export function attach(editor: Editor): Panel {
  const panel = new Panel(editor);
  const { passages, words } = editor;

  const prepare = (held: Held): void => {
    const one = held.passages[0];
    const { doc, selection } = held.transaction;
    let node = one ? editor.node(one.id) : null;
    let caret: number | null = null;
    // The wording begins with what was about to be written; a passage that was about to be taken out
    // or cut in two begins as it is.
    const after = doc.content.content.filter((child) => child.attrs.id === one?.id);
    if (one && after.length === 1 && doc.childCount === held.transaction.before.childCount) {
      node = after[0]!;
      caret = caretIn(doc, one.id, selection.head);
    }
    guard.drop();
    if (one && node) prepareWording(one.id, node, caret, held.typed);
  };

  const guard: Guard = new Guard(passages.rows, (held) => {
    const mayPropose = editor.config.mayPropose !== false;
    void ask(words, held, { online: editor.room.online, mayPropose }).then((answer) => {
      switch (answer.way) {
        case "propose":
          return prepare(held);
        case "slip":
          for (const one of held.passages) editor.room.declare(one.id, "editorial", answer.reason);
          break;
        case "change":
          // An earlier word that it was only a slip would still stand.
          for (const one of held.passages)
            if (one.row?.n) editor.room.declare(one.id, "substantive", "");
          break;
        case "cancel":
          guard.drop();
          editor.announcer.say(words.say("guard.said.cancel"));
          editor.view.focus();
          return;
      }
      guard.let(editor.view);
      editor.announcer.say(words.say(answer.way === "slip" ? "guard.said.slip" : "guard.said.change"));
      editor.view.focus();
    });
  });

  const entertain = (preparing: Preparing, of: string) => {
    panel.entertain(preparing, of);
    panel.open();
    preparing.focus();
  };

  const prepareWording = (id: string, node = editor.node(id), caret: number | null = null, typed = "") => {
    if (!node) return;
    const made = begin(editor.room.doc, id, editor.config.person.key, node);
    const preparing = new Preparing(panel, made, caret, typed);
    entertain(preparing, id);
    editor.announcer.say(words.say("wording.begun"));
  };

  panel.acts.set("prepare", (id) => {
    // One's own that is not yet put forward is gone on with; a second one is seldom meant.
    const own = prepared(editor.room.doc).find(
      (one) => one.of === id && one.by === editor.config.person.key,
    );
    if (own) entertain(new Preparing(panel, own), id);
    else prepareWording(id);
  });
  panel.acts.set("join", (name) => {
    const found = preparedById(editor.room.doc, name);
    if (found) entertain(new Preparing(panel, found), found.of);
    else editor.complain(words.say("wording.gone"));
  });

  editor.registerPlugin(marksPlugin(passages.rows, words, (id) => void panel.show(id, { focus: true })));
  editor.registerPlugin(guard.plugin());

  editor.on("news", () => {
    guard.heard();
    if (editor.hasView) renewMarks(editor.view);
  });
  // Others begin, put forward and discard wordings: what the panel lists may have changed.
  let renewing: ReturnType<typeof setTimeout> | undefined;
  root(editor.room.doc).observeDeep(() => {
    clearTimeout(renewing);
    renewing = setTimeout(() => panel.renew(), 1500);
  });

  let arrived: string | null = null;
  editor.on("select", (id) => {
    const row = id ? passages.rows.get(id) : undefined;
    if (id === arrived || !row || !document.activeElement?.closest(".ProseMirror")) return;
    arrived = id;
    editor.announcer.say(described(words, row), "where");
  });

  listen(editor.host, {
    keydown: (event) => {
      if (event.defaultPrevented || event.getModifierState("AltGraph")) return;
      if (!event.altKey || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
      const position = ANSWERS[event.code];
      if (position) {
        event.preventDefault();
        if (editor.config.seat) void panel.prepareStance(position);
        else editor.complain(words.say("panel.noAnswer"));
      } else if (event.code === "KeyP") {
        event.preventDefault();
        const id = editor.currentPassage();
        if (id) void panel.show(id, { focus: true });
      }
    },
  });
  // The panel opened as a drawer shows the passage at the caret.
  new MutationObserver(() => {
    if (editor.host.dataset.drawer === "panel") panel.arrive();
  }).observe(editor.host, { attributes: true, attributeFilter: ["data-drawer"] });

  attachComments(editor, panel);
  return panel;
}
