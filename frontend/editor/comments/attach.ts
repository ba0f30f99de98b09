// Comments in the text: the words they are about are marked, words that are selected can be commented
// on, and those that have lost their words wait in a tray. What is said in them is in the panel.
import type { EditorView } from "prosemirror-view";
import { csrfToken } from "../config.ts";
import type { Panel } from "../consent/panel.ts";
import { button, dialog } from "../dialogs.ts";
import type { Editor } from "../editor.ts";
import { element, listen } from "../elements.ts";
import { highlightsPlugin, type Marked, setComments } from "./highlights.ts";
import { quoted, type Quoted } from "./places.ts";
import { type Listed, readList } from "./list.ts";

const PAUSE = 600;

export function attachComments(editor: Editor, panel: Panel): void {
  const { words } = editor;
  let listed: Listed[] = [];
  let asked = 0;
  let reading: ReturnType<typeof setTimeout> | undefined;

  const show = () => {
    const standing = listed.filter((one) => one.open && !one.lost && one.quote);
    if (editor.hasView) setComments(editor.view, standing satisfies Marked[]);
    tray.show(listed.filter((one) => one.open && one.lost));
  };

  const load = async () => {
    const mine = ++asked;
    try {
      const response = await fetch(editor.config.urls.comments ?? "", {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!response.ok || response.redirected || mine !== asked) return;
      listed = readList(await response.json());
      show();
    } catch {
      // Without a connection the marks stay as they are; the next news asks again.
    }
  };
  const later = () => {
    clearTimeout(reading);
    reading = setTimeout(() => void load(), PAUSE);
  };

  const tray = new Tray(editor, panel, later);
  editor.registerPlugin(
    highlightsPlugin((passage, comment) => void panel.show(passage, { focus: true, comment })),
  );
  editor.on("ready", () => void load());
  const counts = new Map<string, number>();
  editor.on("news", (news) => {
    let counted = false;
    for (const [id, row] of Object.entries(news.passages ?? {})) {
      if ((counts.get(id) ?? 0) !== (row?.c ?? 0)) counted = true;
      counts.set(id, row?.c ?? 0);
    }
    if (counted || news.comments?.length || news.settled?.length) later();
  });
  panel.onSent = later;

  const comment = () => {
    const found = selectedQuote(editor);
    if (typeof found === "string") {
      editor.complain(words.say(found === "several" ? "comment.several" : "comment.nothing"));
      return;
    }
    offer.hidden = true;
    const { quote, prefix, suffix } = found.words;
    void panel.prepareComment(found.passage, { quote, prefix, suffix });
  };

  const offer = listen(button(words.say("comment.make"), comment), {
    // The words must stay selected while the button is pressed.
    mousedown: (event) => event.preventDefault(),
  });
  offer.classList.add("comment-offer", "button-small");
  offer.title = "Ctrl+Alt+M";
  offer.setAttribute("aria-keyshortcuts", "Control+Alt+M");
  offer.hidden = true;
  editor.layer.append(offer);
  editor.on("update", (state) => {
    if (state.selection.empty || !editor.view.hasFocus()) offer.hidden = true;
    else moveOffer();
  });
  let moving: ReturnType<typeof setTimeout> | undefined;
  const moveOffer = () => {
    clearTimeout(moving);
    // Once the selection has come to rest, so that nothing jumps about under the hand.
    moving = setTimeout(() => {
      const { view } = editor;
      const found = view.hasFocus() ? selectedQuote(editor) : "nothing";
      offer.hidden = typeof found === "string";
      if (!offer.hidden) beside(editor, view, offer);
    }, 250);
  };

  listen(editor.host, {
    keydown: (event) => {
      if (event.defaultPrevented || event.code !== "KeyM" || event.getModifierState("AltGraph")) return;
      if (!event.altKey || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
      event.preventDefault();
      comment();
    },
  });
}

/** The selected words, if they stand in one passage; without a selection, the whole passage. */
export function selectedQuote(
  editor: Editor,
): { passage: string; words: Required<Quoted> } | "nothing" | "several" {
  const { state } = editor.view;
  const { from, to, $from, $to } = state.selection;
  if ($from.depth === 0 || $to.depth === 0) return "nothing";
  if ($from.before(1) !== $to.before(1)) return "several";
  const passage = $from.node(1);
  const start = $from.before(1);
  const id: string = passage.attrs.id ?? "";
  if (!id) return "nothing";
  if (from === to)
    return { passage: id, words: { quote: "", prefix: "", suffix: "", start: 0 } };
  const words = quoted(passage, start, from, to);
  return words ? { passage: id, words } : "nothing";
}

function beside(editor: Editor, view: EditorView, offer: HTMLElement): void {
  const { left, bottom } = view.coordsAtPos(view.state.selection.to);
  const frame = editor.layer.getBoundingClientRect();
  const width = offer.offsetWidth;
  const most = Math.max(0, editor.paper.clientWidth - width - 8);
  offer.style.insetInlineStart = `${Math.min(Math.max(8, left - frame.left), most)}px`;
  offer.style.insetBlockStart = `${bottom - frame.top + 6}px`;
}

/** Comments that have lost their words, with the words they were about. */
class Tray {
  readonly #editor: Editor;
  readonly #panel: Panel;
  readonly #changed: () => void;
  readonly #button: HTMLButtonElement;
  #lost: Listed[] = [];
  #open: HTMLDialogElement | null = null;

  constructor(editor: Editor, panel: Panel, changed: () => void) {
    this.#editor = editor;
    this.#panel = panel;
    this.#changed = changed;
    this.#button = button("", () => this.#show(), "quiet");
    this.#button.classList.add("button-small", "comment-tray");
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#button.hidden = true;
    editor.slots.status.append(this.#button);
  }

  show(lost: Listed[]): void {
    this.#lost = lost;
    this.#button.hidden = lost.length === 0;
    this.#button.textContent = this.#editor.words.count("comment.tray", lost.length);
  }

  #show(): void {
    const { words } = this.#editor;
    const said = element("p", { role: "status", class: "small" });
    // The selection is read when the tray opens: a dialog takes the focus, not the selection.
    const target = selectedQuote(this.#editor);
    const list = element("ul", { class: "comment-lost" });
    for (const one of this.#lost) {
      const place = button(words.say("comment.tray.place"), async () => {
        if (typeof target === "string" || !target.words.quote) {
          said.textContent = words.say("comment.tray.select");
          return;
        }
        const failed = await this.#place(one, target.passage, target.words);
        if (failed) said.textContent = failed;
        else {
          this.#open?.close();
          this.#editor.announcer.say(words.say("comment.tray.placed"));
          this.#changed();
        }
      });
      place.classList.add("button-small");
      const go = button(words.say("comment.tray.open"), () => {
        this.#open?.close();
        void this.#panel.show(one.passage, { focus: true, comment: one.id });
      }, "quiet");
      go.classList.add("button-small");
      list.append(
        element(
          "li",
          {},
          element("p", {}, element("b", {}, one.author), ` ${one.body}`),
          element("p", { class: "small muted" }, words.say(one.quote ? "comment.tray.about" : "comment.tray.whole")),
          ...(one.quote ? [element("blockquote", { class: "point-quote" }, one.quote)] : []),
          element("div", { class: "buttons" }, ...(one.placeUrl ? [place] : []), go),
        ),
      );
    }
    this.#open = dialog(
      words,
      words.count("comment.tray", this.#lost.length),
      element("p", { class: "small muted" }, words.say("comment.tray.say")),
      list,
      said,
    );
  }

  /** Put a comment on other words; answers what went wrong, or "". */
  async #place(one: Listed, passage: string, target: Required<Quoted>): Promise<string> {
    const { words } = this.#editor;
    const body = new FormData();
    for (const [name, value] of Object.entries({
      passage,
      quote: target.quote,
      prefix: target.prefix,
      suffix: target.suffix,
    }))
      body.set(name, value);
    try {
      const response = await fetch(one.placeUrl, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
        credentials: "same-origin",
      });
      return response.ok ? "" : words.say(response.status === 403 ? "panel.forbidden" : "panel.failed");
    } catch {
      return words.say("panel.offline");
    }
  }
}
