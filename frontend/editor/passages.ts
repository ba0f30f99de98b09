// Where every passage is, by its id. Follows the document by what changed: typing costs a comparison
// of pointers, never a walk through words.
import type { Node } from "prosemirror-model";
import { changed } from "./alignment.ts";
import { depthOf, kindOf, plain } from "./schema.ts";

/** What the server says of a passage to this viewer. See the contract of news (frame 101). */
export interface Row {
  /** status slug */
  s: string;
  /** why it waits for the viewer, or "" */
  w: string;
  /** price, or null while it is sealed */
  p: number | null;
  /** digest recorded in the ledger */
  d: string;
  /** being written now, not recorded yet */
  n: boolean;
  /** open comments */
  c: number;
  /** standing variants */
  v: number;
}

export interface Heading {
  id: string;
  depth: number;
  words: string;
  index: number;
}

export interface Touched {
  /** ids whose words or attributes changed, or that came */
  ids: string[];
  gone: string[];
  /** whether passages came, went or moved */
  order: boolean;
}

export class PassageIndex {
  /** What the news said, by passage id. */
  readonly rows = new Map<string, Row>();
  #doc: Node;
  #children: readonly Node[];
  readonly #places = new Map<string, number>();
  #headings: Heading[] | null = null;
  #notes = true;

  constructor(doc: Node) {
    this.#doc = doc;
    this.#children = doc.content.content;
    this.#children.forEach((node, index) => {
      if (node.attrs.id) this.#places.set(node.attrs.id, index);
    });
  }

  get count(): number {
    return this.#children.length;
  }

  get ids(): string[] {
    return this.#children.map((node) => node.attrs.id ?? "");
  }

  /** Go on to another document; answers what changed on the way. */
  follow(doc: Node): Touched {
    const touched: Touched = { ids: [], gone: [], order: false };
    if (doc === this.#doc) return touched;
    const before = this.#children;
    const after = doc.content.content;
    const [from, toBefore, toAfter] = changed(before, after);
    this.#doc = doc;
    this.#children = after;
    const old = new Set<string>();
    const oldOrder: string[] = [];
    for (let index = from; index < toBefore; index++) {
      const node = before[index]!;
      const id: string = node.attrs.id ?? "";
      old.add(id);
      oldOrder.push(id);
      if (kindOf(node) === "heading") this.#headings = null;
      if (holdsNotes(node)) this.#notes = true;
      if (this.#places.get(id) === index) this.#places.delete(id);
    }
    const newOrder: string[] = [];
    for (let index = from; index < toAfter; index++) {
      const node = after[index]!;
      const id: string = node.attrs.id ?? "";
      newOrder.push(id);
      old.delete(id);
      if (id) touched.ids.push(id);
      if (kindOf(node) === "heading") this.#headings = null;
      if (holdsNotes(node)) this.#notes = true;
      if (id) this.#places.set(id, index);
    }
    touched.gone = [...old].filter(Boolean);
    touched.order =
      oldOrder.length !== newOrder.length || oldOrder.some((id, index) => id !== newOrder[index]);
    if (toBefore !== toAfter) {
      this.#headings = null;
      for (let index = toAfter; index < after.length; index++) {
        const id = after[index]!.attrs.id;
        if (id) this.#places.set(id, index);
      }
    }
    return touched;
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** The place of a passage in the order, from 0, or -1. */
  indexOf(id: string): number {
    return this.#places.get(id) ?? -1;
  }

  node(id: string): Node | null {
    return this.#children[this.indexOf(id)] ?? null;
  }

  nodeAt(index: number): Node | null {
    return this.#children[index] ?? null;
  }

  idAt(index: number): string | null {
    return this.#children[index]?.attrs.id ?? null;
  }

  /** The position before a passage in the ProseMirror document, or null. */
  position(id: string): number | null {
    const index = this.indexOf(id);
    return index < 0 ? null : this.positionAt(index);
  }

  positionAt(index: number): number {
    let position = 0;
    for (let at = 0; at < index; at++) position += this.#children[at]!.nodeSize;
    return position;
  }

  /** The id of the passage around a position. */
  at(position: number): string | null {
    let end = 0;
    for (const node of this.#children) {
      end += node.nodeSize;
      if (position < end) return node.attrs.id ?? null;
    }
    return this.#children.at(-1)?.attrs.id ?? null;
  }

  /** The first words of a passage, to name it by. */
  name(id: string, length = 40): string {
    const node = this.node(id);
    if (!node) return "";
    const words = plain(node).replace(/\s+/g, " ").trim();
    const label: string = node.attrs.label ? `${node.attrs.label} ` : "";
    if (words.length <= length) return label + words;
    return `${label}${words.slice(0, length).replace(/\s+\S*$/, "")}…`;
  }

  /** All headings in order, read again only when one of them changed or the order did. */
  get headings(): readonly Heading[] {
    if (!this.#headings) {
      this.#headings = [];
      this.#children.forEach((node, index) => {
        if (kindOf(node) === "heading" && node.attrs.id)
          this.#headings?.push({ id: node.attrs.id, depth: depthOf(node), words: plain(node), index });
      });
    }
    return this.#headings;
  }

  /** Whether passages with footnotes came, went or changed since this was last asked. */
  takeNotes(): boolean {
    const was = this.#notes;
    this.#notes = false;
    return was;
  }

  /** The id of the next passage after (or before) an index that waits for the viewer. */
  waiting(index: number, step: 1 | -1 = 1): string | null {
    const all = this.#children.length;
    for (let far = 1; far <= all; far++) {
      const at = (((index + far * step) % all) + all) % all;
      const id = this.idAt(at);
      if (id && this.rows.get(id)?.w) return id;
    }
    return null;
  }
}

function holdsNotes(node: Node): boolean {
  for (const child of node.content.content) {
    if (child.type.name === "footnote") return true;
    if (!child.isText && child.childCount > 0 && !child.isLeaf && holdsNotes(child)) return true;
  }
  return false;
}
