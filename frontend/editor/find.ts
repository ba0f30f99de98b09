// Find and replace. What is found is kept by passage, so that typing reads one passage anew and not
// the text; each replacement is an act on one passage, so that a guarded one is left and told of.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { Editor } from "./editor.ts";
import { element, icon, listen } from "./elements.ts";
import { breakType } from "./schema.ts";
import { newAct } from "./undo.ts";

const MOST = 2000;
const key = new PluginKey("find");

/** Where in a block, counted from its beginning (its opening is 0). */
export interface Found {
  from: number;
  to: number;
}

export interface Search {
  what: string;
  matchCase: boolean;
  whole: boolean;
}

/** A pattern for what is looked for, or null when there is nothing to look for. */
export function pattern({ what, matchCase, whole }: Search): RegExp | null {
  if (!what) return null;
  const plain = what.normalize("NFC").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/\s+/g, "\\s+");
  const bounded = whole ? `(?<![\\p{L}\\p{N}_])${plain}(?![\\p{L}\\p{N}_])` : plain;
  return new RegExp(bounded, matchCase ? "gu" : "giu");
}

/** Every place in a block, in its words and in those of its cells and notes. */
export function findIn(block: Node, sought: RegExp): Found[] {
  const found: Found[] = [];
  const read = (node: Node, start: number) => {
    if (!node.inlineContent) {
      node.forEach((child, offset) => read(child, start + offset + 1));
      return;
    }
    let words = "";
    node.forEach((child, offset) => {
      if (child.isText) words += child.text;
      else {
        words += child.type === breakType ? " " : "\ufffc".repeat(child.nodeSize);
        if (child.inlineContent) read(child, start + offset + 1);
      }
    });
    for (const match of words.matchAll(sought)) {
      if (match[0] === "") continue;
      found.push({ from: start + match.index, to: start + match.index + match[0].length });
    }
  };
  read(block, 1);
  return found.sort((one, other) => one.from - other.from);
}

export class FindBar {
  readonly #editor: Editor;
  readonly #bar: HTMLElement;
  readonly #what: HTMLInputElement;
  readonly #with: HTMLInputElement;
  readonly #case: HTMLInputElement;
  readonly #whole: HTMLInputElement;
  readonly #count: HTMLElement;
  readonly #replacing: HTMLElement;
  #found = new Map<string, Found[]>();
  #sought: RegExp | null = null;
  #current: { id: string; index: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(editor: Editor, bar: HTMLElement) {
    this.#editor = editor;
    const { words } = editor;
    this.#what = element("input", { class: "input", type: "text", autocomplete: "off", "aria-label": words.say("find.what"), placeholder: words.say("find.what") });
    this.#with = element("input", { class: "input", type: "text", autocomplete: "off", "aria-label": words.say("find.with"), placeholder: words.say("find.with") });
    this.#case = element("input", { type: "checkbox" });
    this.#whole = element("input", { type: "checkbox" });
    this.#count = element("output", { class: "find-count small", role: "status" });
    const small = (name: "next" | "previous" | "replace" | "all", act: () => void) =>
      listen(element("button", { type: "button", class: "button button-small" }, words.say(`find.${name}`)), { click: act });
    this.#replacing = element(
      "div",
      { class: "find-row" },
      this.#with,
      small("replace", () => this.#replace()),
      small("all", () => this.#replaceAll()),
    );
    this.#bar = listen(
      element(
        "div",
        { class: "find-bar", role: "search", "aria-label": words.say("find.title"), hidden: true },
        element(
          "div",
          { class: "find-row" },
          this.#what,
          small("previous", () => this.#step(-1)),
          small("next", () => this.#step(1)),
          this.#count,
          listen(
            element(
              "button",
              { type: "button", class: "tool", "aria-label": words.say("dialog.close") },
              icon("close"),
            ),
            { click: () => this.close() },
          ),
        ),
        this.#replacing,
        element(
          "div",
          { class: "find-row find-choices" },
          element("label", {}, this.#case, words.say("find.case")),
          element("label", {}, this.#whole, words.say("find.whole")),
        ),
      ),
      {
        keydown: (event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            this.close();
          } else if (event.key === "Enter" && event.target === this.#what) {
            event.preventDefault();
            this.#step(event.shiftKey ? -1 : 1);
          } else if (event.key === "Enter" && event.target === this.#with) {
            event.preventDefault();
            this.#replace();
          }
        },
        input: (event) => {
          if (event.target === this.#with) return;
          clearTimeout(this.#timer);
          this.#timer = setTimeout(() => this.#search(), 120);
        },
      },
    );
    bar.append(this.#bar);
    editor.registerPlugin(this.#plugin());
    editor.on("passages", ({ ids, gone }) => {
      if (!this.#sought) return;
      for (const id of gone) this.#found.delete(id);
      for (const id of ids) this.#read(id);
      this.#show();
      this.#refresh();
    });
  }

  get #isOpen(): boolean {
    return !this.#bar.hidden;
  }

  open(): void {
    const { view } = this.#editor;
    const { from, to, $from, $to } = view.state.selection;
    const chosen = $from.sameParent($to) ? view.state.doc.textBetween(from, to) : "";
    if (chosen && chosen.length < 200) this.#what.value = chosen;
    this.#bar.hidden = false;
    this.#replacing.hidden = !this.#editor.editable;
    this.#what.focus();
    this.#what.select();
    this.#search();
  }

  close(): void {
    this.#bar.hidden = true;
    this.#sought = null;
    this.#found.clear();
    const { view } = this.#editor;
    if (this.#current) this.#select();
    this.#current = null;
    this.#refresh();
    view.focus();
  }

  #search(): void {
    this.#sought = pattern({
      what: this.#what.value,
      matchCase: this.#case.checked,
      whole: this.#whole.checked,
    });
    this.#found.clear();
    this.#current = null;
    if (this.#sought) for (const id of this.#editor.passages.ids) this.#read(id);
    this.#show();
    this.#refresh();
  }

  #read(id: string): void {
    const node = this.#editor.passages.node(id);
    const found = node && this.#sought ? findIn(node, this.#sought) : [];
    if (found.length > 0) this.#found.set(id, found);
    else this.#found.delete(id);
  }

  #all(): { id: string; index: number }[] {
    const places: { id: string; index: number; order: number }[] = [];
    for (const [id, found] of this.#found) {
      const order = this.#editor.passages.indexOf(id);
      found.forEach((_one, index) => places.push({ id, index, order }));
    }
    return places.sort((one, other) => one.order - other.order || one.index - other.index);
  }

  #range(place: { id: string; index: number }): { from: number; to: number } | null {
    const start = this.#editor.passages.position(place.id);
    const found = this.#found.get(place.id)?.[place.index];
    return start === null || !found ? null : { from: start + found.from, to: start + found.to };
  }

  #step(by: 1 | -1): void {
    const all = this.#all();
    if (all.length === 0) return;
    const { view } = this.#editor;
    const now = this.#current;
    let at = now ? all.findIndex((one) => one.id === now.id && one.index === now.index) : -1;
    if (at < 0) {
      const caret = view.state.selection.from;
      const after = all.findIndex((one) => (this.#range(one)?.from ?? 0) >= caret);
      at = by > 0 ? (after < 0 ? 0 : after) : after <= 0 ? all.length - 1 : after - 1;
    } else at = (at + by + all.length) % all.length;
    this.#current = all[at] ?? null;
    this.#select();
    this.#show();
    this.#refresh();
  }

  #select(): void {
    const range = this.#current && this.#range(this.#current);
    if (!range) return;
    const { view } = this.#editor;
    const $from = view.state.doc.resolve(range.from);
    if (!$from.parent.isTextblock) return;
    view.dispatch(
      view.state.tr.setSelection(TextSelection.create(view.state.doc, range.from, range.to)).scrollIntoView(),
    );
  }

  /** Put `with` in at a place. False when the passage was not changed (guarded, or not ours). */
  #put(place: { id: string; index: number }): boolean {
    const range = this.#range(place);
    const { view, passages } = this.#editor;
    if (!range || !view.editable) return false;
    const before = passages.node(place.id);
    const marks = view.state.doc.resolve(range.from).marksAcross(view.state.doc.resolve(range.to)) ?? [];
    const words = this.#with.value;
    const transaction = view.state.tr;
    if (words) transaction.replaceWith(range.from, range.to, view.state.schema.text(words, marks));
    else transaction.delete(range.from, range.to);
    view.dispatch(transaction);
    return passages.node(place.id) !== before;
  }

  #replace(): void {
    if (!this.#current) {
      this.#step(1);
      return;
    }
    const { id, index } = this.#current;
    newAct(this.#editor.view.state);
    const done = this.#put({ id, index });
    if (!done) this.#say(0, 1);
    // What was put in may hold the sought words again: go on behind it.
    this.#step(1);
  }

  #replaceAll(): void {
    const { view } = this.#editor;
    newAct(view.state);
    let done = 0;
    let left = 0;
    for (const id of [...this.#found.keys()]) {
      const count = this.#found.get(id)?.length ?? 0;
      // From the end, so that the places before stay where they are.
      for (let index = count - 1; index >= 0; index--) {
        const start = this.#found.get(id)?.[index];
        if (start && this.#put({ id, index })) done++;
        else left++;
      }
    }
    newAct(view.state);
    this.#current = null;
    this.#search();
    this.#say(done, left);
  }

  #say(done: number, left: number): void {
    const { words } = this.#editor;
    const told: string[] = [];
    if (done > 0 || left === 0) told.push(words.count("find.replaced", done));
    if (left > 0) told.push(words.count("find.left", left));
    this.#count.textContent = told.join(" ");
    if (left > 0) this.#editor.announcer.say(told.join(" "), "find");
  }

  #show(): void {
    const { words } = this.#editor;
    const all = this.#all();
    if (!this.#sought) this.#count.textContent = "";
    else if (all.length === 0) this.#count.textContent = words.say("find.none");
    else {
      const now = this.#current;
      const at = now ? all.findIndex((one) => one.id === now.id && one.index === now.index) : -1;
      this.#count.textContent =
        at >= 0 ? words.say("find.at", { i: at + 1, n: all.length }) : words.count("find.count", all.length);
    }
  }

  #refresh(): void {
    if (!this.#editor.hasView) return;
    const { view } = this.#editor;
    view.dispatch(view.state.tr.setMeta(key, true).setMeta("addToHistory", false));
  }

  #plugin(): Plugin {
    return new Plugin({
      key,
      props: {
        decorations: (state) => {
          if (!this.#sought || !this.#isOpen || this.#found.size === 0) return null;
          const { passages } = this.#editor;
          const decorations: Decoration[] = [];
          for (const [id, found] of this.#found) {
            const start = passages.position(id);
            if (start === null) continue;
            found.forEach(({ from, to }, index) => {
              if (decorations.length >= MOST || start + to > state.doc.content.size) return;
              const now = this.#current?.id === id && this.#current.index === index;
              decorations.push(
                Decoration.inline(start + from, start + to, { class: now ? "found found-now" : "found" }),
              );
            });
          }
          return DecorationSet.create(state.doc, decorations);
        },
      },
    });
  }
}
