// A passage on whose words agreements may stand is not changed without being asked. The first change
// to it, however it comes about (a key, a paste, a drop, a cut, a command), is held back whole; once
// the writer has chosen it is put in as it was meant. What arrives from others, and undoing, pass.
import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from "prosemirror-state";
import { Mapping } from "prosemirror-transform";
import type { EditorView } from "prosemirror-view";
import { changed } from "../alignment.ts";
import { arrived } from "../binding.ts";
import type { Row } from "../passages.ts";

export interface Guarded {
  id: string;
  /** How many agreements a change would set aside; null when that is not for this person to know. */
  price: number | null;
  row: Row | undefined;
}

/** A change that waits for an answer. */
export interface Held {
  passages: Guarded[];
  transaction: Transaction;
  /** What happened to the text since, so that the change can be put in where it belongs. */
  since: Mapping;
  /** What was typed after the first key, before the question could be read. */
  typed: string;
}

export type Ask = (held: Held) => void;

interface Opened {
  digest: string;
}

interface Pass {
  pass: true;
}

const key = new PluginKey<Guard>("guard");

/** What one visit has been asked and has answered. */
export class Guard {
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #ask: Ask;
  readonly #opened = new Map<string, Opened>();
  readonly #born = new Set<string>();
  #held: Held | null = null;
  #knows = false;

  constructor(rows: ReadonlyMap<string, Row>, ask: Ask) {
    this.#rows = rows;
    this.#ask = ask;
  }

  get held(): Held | null {
    return this.#held;
  }

  /** News came: a passage that was opened is guarded again once others agree to what was made of it. */
  heard(): void {
    this.#knows = true;
    for (const [id, { digest }] of this.#opened) {
      const row = this.#rows.get(id);
      if (row && row.p !== null && row.p > 0 && row.d !== digest) this.#opened.delete(id);
    }
  }

  /** Whether a change to a passage has to be asked about, and what is known of its price. */
  guarded(id: string): Guarded | null {
    if (this.#opened.has(id)) return null;
    const row = this.#rows.get(id);
    if (row) return row.p === null || row.p > 0 ? { id, price: row.p, row } : null;
    // Nothing is known of a passage before the first news; one that was begun here is new.
    return this.#knows || this.#born.has(id) ? null : { id, price: null, row: undefined };
  }

  /** Let changes to these passages pass from now on. */
  open(ids: Iterable<string>): void {
    for (const id of ids) this.#opened.set(id, { digest: this.#rows.get(id)?.d ?? "" });
  }

  close(id: string): void {
    this.#opened.delete(id);
  }

  /** The guarded passages whose words a transaction would change. */
  touched(transaction: Transaction, state: EditorState): Guarded[] {
    const found: Guarded[] = [];
    for (const id of changedIds(state.doc, transaction.doc)) {
      const one = this.guarded(id);
      if (one) found.push(one);
    }
    return found;
  }

  plugin(): Plugin<Guard> {
    return new Plugin<Guard>({
      key,
      state: {
        init: () => this,
        apply: (transaction) => {
          if (transaction.docChanged) this.#applied(transaction);
          return this;
        },
      },
      filterTransaction: (transaction, state) => this.#passes(transaction, state),
    });
  }

  #applied(transaction: Transaction): void {
    this.#held?.since.appendMapping(transaction.mapping);
    if (arrived(transaction)) return;
    const before = new Set<string>();
    transaction.before.forEach((node) => before.add(node.attrs.id));
    if (before.size !== transaction.doc.childCount || transaction.getMeta("appendedTransaction"))
      transaction.doc.forEach((node) => {
        if (node.attrs.id && !before.has(node.attrs.id)) this.#born.add(node.attrs.id);
      });
  }

  #passes(transaction: Transaction, state: EditorState): boolean {
    if (!transaction.docChanged || arrived(transaction)) return true;
    const meta = transaction.getMeta(key) as Pass | undefined;
    // What plugins add belongs to a change that was let through.
    if (meta?.pass || transaction.getMeta("appendedTransaction")) return true;
    const passages = this.touched(transaction, state);
    if (passages.length === 0) return true;
    if (!this.#held) {
      this.#held = { passages, transaction, since: new Mapping(), typed: "" };
      const held = this.#held;
      // Not now: the view is in the middle of working out what was typed.
      queueMicrotask(() => this.#ask(held));
    }
    return false;
  }

  /** Put the change that waited into the text as it is now, and let more of the same pass. */
  let(view: EditorView): void {
    const held = this.#held;
    if (!held) return;
    this.#held = null;
    this.open(held.passages.map((one) => one.id));
    const transaction = replayed(held, view.state);
    if (!transaction) return;
    if (held.typed) transaction.insertText(held.typed);
    view.dispatch(transaction.setMeta(key, { pass: true } satisfies Pass).scrollIntoView());
  }

  /** Leave the text as it is. */
  drop(): void {
    this.#held = null;
  }
}

export function guardOf(state: EditorState): Guard | undefined {
  return key.getState(state);
}

/** The ids of passages whose words or attributes differ between two documents, gone ones included.
 * A passage that only moved, or beside which another one was begun, has not changed. */
export function changedIds(before: Node, after: Node): string[] {
  const old = before.content.content;
  const now = after.content.content;
  const [from, toBefore, toAfter] = changed(old, now);
  const standing = new Map<string, Node[]>();
  for (const node of now.slice(from, toAfter)) {
    const id: string = node.attrs.id ?? "";
    standing.set(id, [...(standing.get(id) ?? []), node]);
  }
  const ids: string[] = [];
  for (const node of old.slice(from, toBefore)) {
    const id: string = node.attrs.id ?? "";
    if (id && !standing.get(id)?.some((one) => one === node || one.eq(node))) ids.push(id);
  }
  return ids;
}

/** The steps of a held change on the text of now; null when there is nothing left to change. */
function replayed(held: Held, state: EditorState): Transaction | null {
  const transaction = state.tr;
  const { steps, mapping, selection } = held.transaction;
  // From where the change led back to where it began, on through what happened since, and forth
  // again step by step, as collaborative editing rebases what has not been sent.
  const way = new Mapping();
  for (let index = steps.length - 1; index >= 0; index--) way.appendMap(mapping.maps[index]!.invert());
  way.appendMapping(held.since);
  steps.forEach((step, index) => {
    const moved = step.map(way.slice(steps.length - index));
    if (moved && !transaction.maybeStep(moved).failed)
      way.appendMap(moved.getMap(), steps.length - index - 1);
  });
  if (!transaction.docChanged) return null;
  const { doc } = transaction;
  const at = (position: number) =>
    doc.resolve(Math.min(Math.max(0, way.map(position)), doc.content.size));
  transaction.setSelection(TextSelection.between(at(selection.anchor), at(selection.head)));
  const stored = held.transaction.storedMarks;
  return stored ? transaction.setStoredMarks(stored) : transaction;
}
