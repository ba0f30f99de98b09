// The little window in which a footnote is written: an editor of its own whose steps go to the text.
import { baseKeymap } from "prosemirror-commands";
import { keymap } from "prosemirror-keymap";
import type { Node } from "prosemirror-model";
import { EditorState, NodeSelection, TextSelection, type Transaction } from "prosemirror-state";
import { StepMap } from "prosemirror-transform";
import { EditorView } from "prosemirror-view";
import { element, listen } from "./elements.ts";
import { marksKeymap } from "./keymap.ts";
import { breakType, footnoteType } from "./schema.ts";
import { redo, undo } from "./undo.ts";
import type { FootnoteView } from "./views.ts";

export class FootnoteWindow {
  readonly #note: FootnoteView;
  readonly #closed: () => void;
  readonly #frame: HTMLElement;
  readonly #inner: EditorView;
  #gone = false;

  constructor(note: FootnoteView, closed: () => void) {
    this.#note = note;
    this.#closed = closed;
    const { editor, view } = note;
    const { words } = editor;
    const label = words.say("footnote.edit", { n: note.number });
    const place = element("div", { class: "footnote-words" });
    this.#frame = listen(
      element(
        "div",
        { class: "footnote-window", role: "dialog", "aria-label": label },
        element("p", { class: "footnote-title", "aria-hidden": "true" }, label),
        place,
        element(
          "div",
          { class: "buttons" },
          listen(
            element("button", { type: "button", class: "button button-small button-primary" }, words.say("footnote.close")),
            { click: () => this.close() },
          ),
          view.editable &&
            listen(
              element("button", { type: "button", class: "button button-small button-quiet" }, words.say("footnote.remove")),
              { click: () => this.#remove() },
            ),
        ),
      ),
      {
        keydown: (event) => {
          if (event.key !== "Escape" && event.key !== "F6") return;
          event.preventDefault();
          event.stopPropagation();
          this.close();
        },
        focusout: (event) => {
          const to = event.relatedTarget;
          if (to instanceof HTMLElement && !this.#frame.contains(to)) this.close(false);
        },
      },
    );
    editor.layer.append(this.#frame);
    const outer = (command: typeof undo) => () => command(view.state, view.dispatch);
    this.#inner = new EditorView(
      { mount: place },
      {
        state: EditorState.create({
          doc: note.node,
          plugins: [
            keymap({
              "Mod-z": outer(undo),
              "Mod-y": outer(redo),
              "Mod-Shift-z": outer(redo),
              Enter: () => {
                this.close();
                return true;
              },
              "Shift-Enter": (state, dispatch) => {
                dispatch?.(state.tr.replaceSelectionWith(breakType.create()));
                return true;
              },
            }),
            keymap(marksKeymap(editor)),
            keymap(baseKeymap),
          ],
        }),
        dispatchTransaction: (transaction) => this.#dispatch(transaction),
        editable: () => view.editable,
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, class: "prose" },
      },
    );
    this.#position();
    this.#inner.dispatch(
      this.#inner.state.tr.setSelection(TextSelection.atEnd(this.#inner.state.doc)),
    );
    this.#inner.focus();
  }

  /** Under the mark, within the column of the text. */
  #position(): void {
    const mark = this.#note.dom.getBoundingClientRect();
    const layer = this.#note.editor.layer.getBoundingClientRect();
    const width = Math.min(420, layer.width);
    const start = Math.max(0, Math.min(mark.left - layer.left - 24, layer.width - width));
    this.#frame.style.insetBlockStart = `${mark.bottom - layer.top + 6}px`;
    this.#frame.style.left = `${start}px`;
    this.#frame.style.inlineSize = `${width}px`;
    this.#frame.scrollIntoView({ block: "nearest" });
  }

  #dispatch(transaction: Transaction): void {
    const { state, transactions } = this.#inner.state.applyTransaction(transaction);
    this.#inner.updateState(state);
    if (!transaction.docChanged || transaction.getMeta("from outside")) return;
    const position = this.#note.getPosition();
    if (position === undefined) return;
    const outer = this.#note.view.state.tr;
    const offset = StepMap.offset(position + 1);
    for (const one of transactions)
      for (const step of one.steps) {
        const mapped = step.map(offset);
        if (mapped) outer.step(mapped);
      }
    if (outer.docChanged) this.#note.view.dispatch(outer);
    // The text may have refused the change (a guarded passage): show what it holds.
    const now = this.#note.view.state.doc.nodeAt(this.#note.getPosition() ?? -1);
    if (now?.type === footnoteType) this.follow(now);
  }

  /** The note changed in the text: bring the change in here. */
  follow(node: Node): void {
    const { state } = this.#inner;
    const start = node.content.findDiffStart(state.doc.content);
    if (start === null) return;
    const end = node.content.findDiffEnd(state.doc.content)!;
    const overlap = Math.max(0, start - Math.min(end.a, end.b));
    this.#inner.dispatch(
      state.tr
        .replace(start, end.b + overlap, node.slice(start, end.a + overlap))
        .setMeta("from outside", true),
    );
  }

  #remove(): void {
    const position = this.#note.getPosition();
    const { view } = this.#note;
    this.close(false);
    if (position === undefined) return;
    view.dispatch(view.state.tr.delete(position, position + this.#note.node.nodeSize));
    view.focus();
  }

  close(back = true): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#inner.destroy();
    this.#frame.remove();
    this.#closed();
    if (!back) return;
    const { view } = this.#note;
    const position = this.#note.getPosition();
    if (position !== undefined) {
      const after = position + this.#note.node.nodeSize;
      const { selection } = view.state;
      if (selection instanceof NodeSelection && selection.from === position)
        view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, after)));
    }
    view.focus();
  }
}
