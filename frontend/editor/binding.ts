// Keeps a ProseMirror document and a Yjs fragment the same.
//
// The writing half of y-tiptap is used as it is. Its reading half is not: for every update from the
// network it builds the whole text anew and puts the caret back by counting characters, so that words
// put in before the caret by somebody else move it within its sentence. Here an update becomes the
// smallest steps on the passages it touched, found by their ids; carets and decorations follow by
// themselves, and the work does not grow with the text.
import { updateYFragment, ySyncPluginKey } from "@tiptap/y-tiptap";
import { Fragment, type Mark, type Node, type Schema } from "prosemirror-model";
import {
  type EditorState,
  NodeSelection,
  Plugin,
  PluginKey,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { align } from "./alignment.ts";

type Type = Y.AbstractType<unknown>;
type Mapping = Map<Type, Node | Node[]>;

/** Where an update in ProseMirror came from: `remote` (somebody else) or `undo` (one's own undo). */
export interface Arrival {
  from: "remote" | "undo";
}

export const bindingKey = new PluginKey<Binding>("binding");
/** The origin of Yjs transactions that hold what was written here. */
export const HERE = ySyncPluginKey;

/** Whether a transaction only shows what is in the Yjs document already: never refuse or change it. */
export function arrived(transaction: Transaction): Arrival | undefined {
  return transaction.getMeta(bindingKey) as Arrival | undefined;
}

const name = (node: Node): string => `${node.type.name}:${node.attrs.id ?? ""}`;

export class Binding {
  readonly fragment: Y.XmlFragment;
  readonly schema: Schema;
  readonly #mapping: Mapping;
  readonly #meta: { mapping: Mapping; isOMark: Map<any, any> };
  readonly #writing = new WeakSet<Y.Transaction>();
  #view: EditorView | null = null;
  #written: Node | null = null;
  #caret: Caret | null = null;

  constructor(fragment: Y.XmlFragment, schema: Schema) {
    this.fragment = fragment;
    this.schema = schema;
    // y-tiptap only gets, sets and deletes, so types that are gone need not be held.
    this.#mapping = new WeakMap() as unknown as Mapping;
    this.#meta = { mapping: this.#mapping, isOMark: new Map() };
  }

  get doc(): Y.Doc {
    if (!this.fragment.doc) throw new Error("The fragment belongs to no document.");
    return this.fragment.doc;
  }

  /** The document as it is now, for the first state of an editor. */
  read(): Node {
    return this.schema.topNodeType.create(null, Fragment.fromArray(this.#children()));
  }

  plugin(): Plugin<Binding> {
    return new Plugin<Binding>({
      key: bindingKey,
      state: { init: () => this, apply: (_transaction, binding) => binding },
      view: (view) => {
        this.#begin(view);
        return { update: () => this.#follow(), destroy: () => this.#end(view) };
      },
    });
  }

  #begin(view: EditorView): void {
    if (this.#view) this.#end(this.#view);
    this.#view = view;
    this.#written = view.state.doc;
    this.fragment.observeDeep(this.#observed);
    this.doc.on("beforeTransaction", this.#beforeTransaction);
    // The words may have gone on between the making of the state and of the view.
    this.#show({ from: "remote" });
  }

  #end(view: EditorView): void {
    if (this.#view !== view) return;
    this.#view = null;
    this.fragment.unobserveDeep(this.#observed);
    this.fragment.doc?.off("beforeTransaction", this.#beforeTransaction);
  }

  // From the view to Yjs

  #follow(): void {
    const view = this.#view;
    if (!view || !this.#written || view.state.doc === this.#written) return;
    const before = this.#written;
    this.#written = view.state.doc;
    this.#write(before, view.state.doc);
  }

  #write(before: Node, after: Node): void {
    const { doc, fragment } = this;
    const old = before.content.content;
    const now = after.content.content;
    const { kept, gaps } = align(old, now, name, this.#selected());
    doc.transact((transaction) => {
      this.#writing.add(transaction);
      const types = kept.length + gaps.length > 3 ? fragment.toArray() : null;
      const child = (index: number) => types?.[index] ?? fragment.get(index);
      const acts: [number, () => void][] = [];
      for (const pair of kept) {
        const node = now[pair.after]!;
        const type = child(pair.before);
        if (old[pair.before] !== node && type)
          acts.push([pair.before, () => updateYFragment(doc, type as never, node, this.#meta)]);
      }
      for (const gap of gaps)
        acts.push([
          gap.beforeFrom - 0.5,
          () => {
            const gone = gap.beforeTo - gap.beforeFrom;
            if (gone > 0) fragment.delete(gap.beforeFrom, gone);
            const nodes = now.slice(gap.afterFrom, gap.afterTo);
            const fresh = nodes.map((node) => new Y.XmlElement(node.type.name));
            if (fresh.length > 0) fragment.insert(gap.beforeFrom, fresh);
            fresh.forEach((type, index) => {
              updateYFragment(doc, type as never, nodes[index]!, this.#meta);
            });
          },
        ]);
      // From the end, so that the indices before stay what they were.
      for (const [, act] of acts.sort((one, other) => other[0] - one[0])) act();
    }, HERE);
  }

  /** Names of the blocks under the selection: of what was moved, these are what was meant. */
  #selected(): Set<string> {
    const names = new Set<string>();
    const { $from, $to } = this.#view!.state.selection;
    const { doc } = this.#view!.state;
    const last = Math.min($to.index(0), doc.childCount - 1, $from.index(0) + 64);
    for (let index = $from.index(0); index <= last; index++) names.add(name(doc.child(index)));
    return names;
  }

  // From Yjs to the view

  #beforeTransaction = (transaction: Y.Transaction): void => {
    if (transaction.origin === HERE || !this.#view) return;
    this.#caret = this.#whereIs(this.#view.state);
  };

  #observed = (_events: unknown, transaction: Y.Transaction): void => {
    if (this.#writing.has(transaction)) return;
    for (const type of transaction.changed.keys()) this.#mapping.delete(type as Type);
    for (const type of transaction.changedParentTypes.keys()) this.#mapping.delete(type as Type);
    this.#show({ from: transaction.origin instanceof Y.UndoManager ? "undo" : "remote" });
    this.#caret = null;
  };

  #show(arrival: Arrival): void {
    const view = this.#view;
    if (!view) return;
    const { state } = view;
    const target = this.#children();
    const transaction = state.tr;
    const patched = patch(transaction, state.doc, target);
    if (!transaction.docChanged) return;
    this.#resettle(state, transaction, target, patched);
    transaction.setMeta(bindingKey, arrival).setMeta("addToHistory", false);
    // What was patched is equal to what was read, but another object: remember the one in the view.
    if (patched.length > 0) {
      const types = this.fragment.toArray();
      for (const index of patched) {
        const type = types[index];
        if (type) this.#mapping.set(type as Type, transaction.doc.child(index));
      }
    }
    this.#written = transaction.doc;
    view.dispatch(transaction);
  }

  /** Every block as a node; what has not changed is the node it was. */
  #children(): Node[] {
    const nodes: Node[] = [];
    for (const type of this.fragment.toArray())
      nodes.push(this.#node(type as unknown as Y.XmlElement));
    return nodes;
  }

  #node(element: Y.XmlElement): Node {
    const known = this.#mapping.get(element as Type);
    if (known && !Array.isArray(known)) return known;
    const children: Node[] = [];
    for (const child of element.toArray()) {
      if (child instanceof Y.XmlText) {
        const texts = this.#texts(child);
        this.#mapping.set(child as Type, texts);
        children.push(...texts);
      } else children.push(this.#node(child as Y.XmlElement));
    }
    // Created unchecked: two people together can leave a table without rows, and showing it is
    // better than taking it out of everybody's text.
    const type = this.schema.nodes[element.nodeName] ?? this.schema.nodes.passage!;
    const given = element.getAttributes() as Record<string, unknown>;
    const attrs: Record<string, unknown> = {};
    for (const key of Object.keys(type.spec.attrs ?? {}))
      if (typeof given[key] === "string") attrs[key] = given[key];
    const node = type.create(attrs, Fragment.fromArray(children));
    this.#mapping.set(element as Type, node);
    return node;
  }

  #texts(text: Y.XmlText): Node[] {
    const nodes: Node[] = [];
    for (const piece of text.toDelta() as { insert: unknown; attributes?: object }[]) {
      if (typeof piece.insert !== "string" || piece.insert === "") continue;
      let marks: readonly Mark[] = [];
      for (const [key, value] of Object.entries(piece.attributes ?? {})) {
        const type = this.schema.marks[key];
        if (!type || value === null) continue;
        try {
          marks = type.create(value as Record<string, unknown>).addToSet(marks);
        } catch {
          // A mark without what it needs, such as a link to nowhere: the words count.
        }
      }
      nodes.push(this.schema.text(piece.insert, marks));
    }
    return nodes;
  }

  // Where the caret is, so that it stays with its words

  #whereIs(state: EditorState): Caret | null {
    const { selection } = state;
    if (!(selection instanceof TextSelection)) return null;
    const anchor = this.#point(state, selection.anchor);
    const head = selection.empty ? anchor : this.#point(state, selection.head);
    return anchor && head ? { anchor, head } : null;
  }

  #point(state: EditorState, position: number): Point | null {
    const $position = state.doc.resolve(position);
    if ($position.depth !== 1) return null;
    const index = $position.index(0);
    const element = this.fragment.get(index) as unknown as Y.XmlElement | undefined;
    const point: Point = {
      id: $position.parent.attrs.id ?? null,
      offset: $position.parentOffset,
      relative: null,
    };
    if (!(element instanceof Y.XmlElement)) return point;
    let rest = $position.parentOffset;
    for (const child of element.toArray()) {
      if (child instanceof Y.XmlText) {
        if (rest <= child.length) {
          point.relative = Y.createRelativePositionFromTypeIndex(child, rest, -1);
          break;
        }
        rest -= child.length;
      } else {
        const node = this.#mapping.get(child as Type);
        const size = node && !Array.isArray(node) ? node.nodeSize : 1;
        if (rest < size) break;
        rest -= size;
      }
    }
    return point;
  }

  /** The caret goes by the steps, unless its passage was changed around it or moved elsewhere. */
  #resettle(
    before: EditorState,
    transaction: Transaction,
    target: Node[],
    patched: readonly number[],
  ): void {
    const caret = this.#caret;
    if (!caret || transaction.selection instanceof NodeSelection) return;
    const touched = (point: Point) => {
      const found = target.findIndex((node) => node.attrs.id === point.id);
      return point.id !== null && found >= 0 ? found : -1;
    };
    const place = (point: Point, mapped: number): number => {
      const index = touched(point);
      if (index < 0) return mapped;
      let start = 0;
      for (let at = 0; at < index; at++) start += transaction.doc.child(at).nodeSize;
      const node = transaction.doc.child(index);
      const inside = mapped > start && mapped < start + node.nodeSize;
      if (inside && !patched.includes(index)) return mapped;
      const offset = this.#offset(point, index);
      if (offset !== null && offset <= node.content.size) return start + 1 + offset;
      return inside ? mapped : start + 1 + Math.min(point.offset, node.content.size);
    };
    const { anchor, head } = transaction.selection;
    const newAnchor = place(caret.anchor, anchor);
    const newHead = caret.head === caret.anchor ? newAnchor : place(caret.head, head);
    if (newAnchor !== anchor || newHead !== head || before.doc === transaction.doc)
      transaction.setSelection(
        TextSelection.between(transaction.doc.resolve(newAnchor), transaction.doc.resolve(newHead)),
      );
  }

  #offset(point: Point, index: number): number | null {
    if (!point.relative) return null;
    const found = Y.createAbsolutePositionFromRelativePosition(point.relative, this.doc);
    const element = this.fragment.get(index) as unknown as Y.XmlElement;
    if (!found || found.type.parent !== (element as unknown)) return null;
    let offset = 0;
    for (const child of element.toArray()) {
      if (child === (found.type as unknown)) return offset + found.index;
      if (child instanceof Y.XmlText) offset += child.length;
      else {
        const node = this.#mapping.get(child as Type);
        offset += node && !Array.isArray(node) ? node.nodeSize : 1;
      }
    }
    return null;
  }
}

interface Point {
  id: string | null;
  offset: number;
  relative: Y.RelativePosition | null;
}

interface Caret {
  anchor: Point;
  head: Point;
}

/**
 * Steps that turn `before` into a document of `target`. Answers the indices in `target` whose nodes
 * were changed in place.
 */
function patch(transaction: Transaction, before: Node, target: Node[]): number[] {
  const old = before.content.content;
  const { kept, gaps } = align(old, target, name);
  if (kept.every((pair) => old[pair.before] === target[pair.after]) && gaps.length === 0) return [];
  const starts: number[] = [0];
  for (let index = 0; index < old.length; index++) starts.push(starts[index]! + old[index]!.nodeSize);
  const acts: [number, () => void][] = [];
  const patched: number[] = [];
  for (const pair of kept) {
    const from = old[pair.before]!;
    const to = target[pair.after]!;
    if (from === to) continue;
    patched.push(pair.after);
    acts.push([pair.before, () => change(transaction, starts[pair.before]!, from, to)]);
  }
  for (const gap of gaps)
    acts.push([
      gap.beforeFrom - 0.5,
      () => {
        const nodes = target.slice(gap.afterFrom, gap.afterTo);
        transaction.replaceWith(starts[gap.beforeFrom]!, starts[gap.beforeTo]!, nodes);
      },
    ]);
  for (const [, act] of acts.sort((one, other) => other[0] - one[0])) act();
  return patched;
}

function change(transaction: Transaction, start: number, from: Node, to: Node): void {
  const steps = transaction.steps.length;
  for (const key of Object.keys(to.attrs))
    if (from.attrs[key] !== to.attrs[key])
      transaction.setNodeAttribute(start, key, to.attrs[key]);
  const left = from.content.findDiffStart(to.content);
  if (left !== null) {
    const right = from.content.findDiffEnd(to.content)!;
    // The same words on both sides of the difference are counted only once.
    const overlap = Math.max(0, left - Math.min(right.a, right.b));
    transaction.replace(
      start + 1 + left,
      start + 1 + right.a + overlap,
      to.slice(left, right.b + overlap),
    );
  }
  const now = transaction.doc.nodeAt(start);
  if (now?.eq(to)) return;
  // Fitting made something else of it (a table out of shape, say): put it there as it is.
  const grown = now && transaction.steps.length > steps ? now.nodeSize : from.nodeSize;
  transaction.replaceWith(start, start + grown, to);
}
