// Another wording of a passage, written in the panel beside the text while the words of the text
// stand: a second small editor on its own part of the document, what differs shown below as one
// types, and the way to put it forward or take it away.
import type { Node } from "prosemirror-model";
import { Plugin, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import { arrived } from "../binding.ts";
import { csrfToken } from "../config.ts";
import { button, dialog, field } from "../dialogs.ts";
import type { Editor } from "../editor.ts";
import { element, listen } from "../elements.ts";
import { plain } from "../schema.ts";
import { amount, difference } from "./difference.ts";
import type { Guest, Panel } from "./panel.ts";
import { discard, type Prepared, preparedById, root } from "./wordings.ts";

const CALM = 200;
const PATIENCE = 8000;

export class Preparing implements Guest {
  readonly content: HTMLElement;
  readonly #editor: Editor;
  readonly #panel: Panel;
  readonly #prepared: Prepared;
  readonly #view: EditorView;
  readonly #difference = element("div", { class: "redline wording-difference" });
  readonly #amount = element("p", { class: "small muted" });
  readonly #said = element("p", { class: "small", role: "status" });
  readonly #note: HTMLTextAreaElement;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stop: (() => void)[] = [];
  #ended = false;

  /** `caret` is where the caret stands in the words, `typed` what is to be put in there. */
  constructor(panel: Panel, prepared: Prepared, caret: number | null = null, typed = "") {
    this.#panel = panel;
    this.#editor = panel.editor;
    this.#prepared = prepared;
    const { words } = this.#editor;
    const title = element("h3", { id: "wording-title", tabindex: "-1" }, words.say("wording.title"));
    const mount = element("div", { class: "wording-words prose" });
    this.#note = element("textarea", { class: "input", rows: 2, maxlength: 2000 });
    const forward = button(words.say("wording.forward"), () => void this.#forward(forward), "primary");
    this.content = element(
      "section",
      { class: "wording-preparing stack", "aria-labelledby": title.id },
      element(
        "div",
        { class: "split" },
        title,
        button(words.say("wording.back"), () => void this.#back(), "quiet"),
      ),
      element("p", { class: "small muted" }, words.say("wording.with")),
      mount,
      element("h4", {}, words.say("wording.difference")),
      this.#difference,
      this.#amount,
      field(words.say("wording.note"), this.#note, words.say("wording.note.hint")),
      this.#said,
      element(
        "div",
        { class: "buttons" },
        forward,
        button(words.say("wording.discard"), () => this.#askDiscard(), "quiet"),
      ),
    );
    this.#view = this.#editor.inner(
      prepared.element as unknown as Y.XmlFragment,
      mount,
      words.say("wording.label"),
    );
    this.#view.updateState(
      this.#view.state.reconfigure({ plugins: [onePassage(), ...this.#view.state.plugins] }),
    );
    listen(this.content, {
      keydown: (event) => {
        // Escape in the small editor goes back to the text; the words stay.
        if (event.key === "Escape" && this.#view.hasFocus() && !event.defaultPrevented) {
          event.preventDefault();
          event.stopPropagation();
          this.#editor.closeDrawers();
          this.#editor.view.focus();
        }
      },
    });
    const changed = () => this.#later();
    prepared.element.observeDeep(changed);
    const all = root(this.#editor.room.doc);
    const watched = () => {
      if (!preparedById(this.#editor.room.doc, prepared.id)) this.#gone();
    };
    all.observe(watched);
    this.#stop = [
      () => prepared.element.unobserveDeep(changed),
      () => all.unobserve(watched),
      this.#editor.on("passages", ({ ids, gone }) => {
        if (ids.includes(prepared.of) || gone.includes(prepared.of)) changed();
      }),
      this.#editor.on("editable", () => this.#view.setProps({})),
    ];
    this.#show();
    if (caret !== null) {
      const { state } = this.#view;
      const at = state.doc.resolve(Math.min(caret, state.doc.content.size));
      const transaction = state.tr.setSelection(TextSelection.near(at));
      this.#view.dispatch(typed ? transaction.insertText(typed) : transaction);
    }
  }

  focus(): void {
    this.#view.focus();
  }

  /** The panel goes on to something else: the words stay where they are, for everybody. */
  leave(): boolean {
    this.#end();
    return true;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    for (const stop of this.#stop) stop();
    this.#view.destroy();
  }

  async #back(): Promise<void> {
    this.#end();
    await this.#panel.dismiss(this);
  }

  #gone(): void {
    if (this.#ended) return;
    this.#end();
    this.#editor.announcer.say(this.#editor.words.say("wording.gone"));
    void this.#panel.dismiss(this, false);
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(), CALM);
  }

  #show(): void {
    if (this.#ended) return;
    const { words } = this.#editor;
    const current = this.#editor.node(this.#prepared.of);
    const mine = this.#view.state.doc.firstChild;
    if (!mine) return;
    const pieces = difference(current ? plain(current) : "", plain(mine));
    const line = element("p", { class: "redline-words" });
    for (const { state, words: said } of pieces) {
      if (state === "same") line.append(said);
      else
        line.append(
          element(
            state === "added" ? "ins" : "del",
            { class: `redline-${state}` },
            element("span", { class: "visually-hidden" }, `${words.say(`wording.${state}`)} `),
            said,
          ),
        );
    }
    this.#difference.replaceChildren(line);
    const { added, removed } = amount(pieces);
    this.#amount.textContent =
      added + removed === 0 && pieces.every((piece) => piece.state === "same")
        ? words.say("wording.same")
        : words.say("wording.amount", { added, removed });
  }

  async #forward(pressed: HTMLButtonElement): Promise<void> {
    const { room, words, config } = this.#editor;
    if (pressed.getAttribute("aria-busy")) return;
    pressed.setAttribute("aria-busy", "true");
    try {
      // The server puts forward the words it has stored, so the last ones have to be there.
      if (!(await this.#stored())) {
        this.#said.textContent = words.say(room.online ? "wording.unsaved" : "panel.offline");
        return;
      }
      const body = new FormData();
      body.set("note", this.#note.value);
      body.set("csrfmiddlewaretoken", csrfToken());
      const url = `/texts/${config.slug}/write/prepared/${this.#prepared.id}/forward/`;
      let response: Response;
      try {
        response = await fetch(url, {
          method: "POST",
          body,
          headers: { "X-CSRFToken": csrfToken() },
          credentials: "same-origin",
        });
      } catch {
        this.#said.textContent = words.say("panel.offline");
        return;
      }
      const holder = document.createElement("template");
      holder.innerHTML = response.redirected ? "" : await response.text();
      const said = holder.content.querySelector("[data-panel-said]")?.textContent?.trim() ?? "";
      if (!response.ok || response.headers.get("Folkmoot-Put-Forward") !== this.#prepared.id) {
        this.#said.textContent =
          said || words.say(response.redirected ? "panel.signedOut" : "panel.failed");
        return;
      }
      this.#end();
      discard(room.doc, this.#prepared.id);
      await this.#panel.dismiss(this, true, holder.content.querySelector<HTMLElement>("[data-panel-of]"));
    } finally {
      pressed.removeAttribute("aria-busy");
    }
  }

  /** Wait until everything written here is stored at the server. */
  async #stored(): Promise<boolean> {
    const { room } = this.#editor;
    const end = Date.now() + PATIENCE;
    while (room.waiting > 0 && room.online && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return room.waiting === 0 && room.online;
  }

  #askDiscard(): void {
    const { words, room, announcer } = this.#editor;
    const made = dialog(
      words,
      words.say("wording.discard.ask"),
      element("p", {}, words.say("wording.discard.say")),
      element(
        "div",
        { class: "buttons" },
        button(
          words.say("wording.discard"),
          () => {
            made.close();
            this.#end();
            discard(room.doc, this.#prepared.id);
            announcer.say(words.say("wording.discarded"));
            void this.#panel.dismiss(this);
          },
          "danger",
        ),
        button(words.say("dialog.cancel"), () => made.close(), "quiet"),
      ),
    );
  }
}

/** A wording is one passage and stays one, whatever is typed or pasted. */
export function onePassage(): Plugin {
  return new Plugin({
    filterTransaction: (transaction) =>
      !transaction.docChanged || Boolean(arrived(transaction)) || transaction.doc.childCount === 1,
  });
}

/** Where the caret of a change stands within its passage, and the passage as the change made it. */
export function caretIn(doc: Node, id: string, head: number): number | null {
  let start = 0;
  for (const node of doc.content.content) {
    if (node.attrs.id === id && head > start && head < start + node.nodeSize) return head - start;
    start += node.nodeSize;
  }
  return null;
}
