// Where the words of a comment stand in a passage: on exactly the words it quotes, or nowhere. The
// same rule as on the server (algorithms/anchoring.py, `find`); text is read as the server reads it.
import type { Node } from "prosemirror-model";

export interface Quoted {
  quote: string;
  prefix: string;
  suffix: string;
  /** Where the words stood when the server last looked, in code points of the plain text. */
  start?: number;
}

/** So many characters on either side are kept with a quote. */
export const CONTEXT = 24;

/**
 * The plain text of a passage, and for each of its characters where it stands: the position of the
 * character in the document if the passage began at 0. Signs that nobody wrote (brackets of notes,
 * bars between cells) have the position of what comes after them.
 */
export interface Reading {
  text: string;
  positions: number[];
  /** The position after the last character. */
  end: number;
}

export function read(passage: Node): Reading {
  const out = new Writer();
  if (passage.type.name === "table") {
    // The caption first, then the rows, each on a line of its own.
    let at = 1;
    passage.forEach((child) => {
      if (child.type.name === "caption") line(out, child, at);
      else {
        out.line();
        let inside = at + 1;
        let first = true;
        child.forEach((cell) => {
          if (!first) out.sign(" | ", inside);
          first = false;
          content(out, cell, inside + 1);
          inside += cell.nodeSize;
        });
      }
      at += child.nodeSize;
    });
  } else content(out, passage, 1);
  return out.done();
}

function line(out: Writer, node: Node, at: number): void {
  out.line();
  content(out, node, at + 1);
}

function content(out: Writer, node: Node, at: number): void {
  out.begin();
  words(out, node, at);
  out.finish();
}

function words(out: Writer, node: Node, at: number): void {
  let position = at;
  node.forEach((child) => {
    if (child.isText) {
      const text = child.text ?? "";
      for (let index = 0; index < text.length; index++) out.character(text[index]!, position + index);
    } else if (child.type.name === "break") out.character(" ", position);
    else if (child.type.name === "footnote") {
      out.character(" ", position);
      out.character("[", position);
      const inner = new Writer();
      inner.begin();
      words(inner, child, position + 1);
      inner.finish();
      const note = inner.done();
      for (let index = 0; index < note.text.length; index++)
        out.character(note.text[index]!, note.positions[index]!);
      out.character("]", position + child.nodeSize - 1);
    }
    position += child.nodeSize;
  });
}

class Writer {
  #text = "";
  #positions: number[] = [];
  #end = 1;
  #gap = -1;
  #empty = true;
  #lines = false;

  begin(): void {
    this.#gap = -1;
    this.#empty = true;
  }

  /** White space is folded to one space, and left out at both ends of a stretch. */
  character(sign: string, position: number): void {
    if (/\s/.test(sign)) {
      if (this.#gap < 0) this.#gap = position;
      return;
    }
    if (this.#lines) {
      if (this.#text) this.#put("\n", position);
      this.#lines = false;
    }
    if (this.#gap >= 0 && !this.#empty) this.#put(" ", this.#gap);
    this.#gap = -1;
    this.#empty = false;
    this.#put(sign, position);
    this.#end = position + 1;
  }

  finish(): void {
    this.#gap = -1;
  }

  sign(signs: string, position: number): void {
    if (this.#lines) {
      if (this.#text) this.#put("\n", position);
      this.#lines = false;
    }
    for (const one of signs) this.#put(one, position);
  }

  line(): void {
    this.#lines = true;
  }

  #put(sign: string, position: number): void {
    this.#text += sign;
    this.#positions.push(position);
  }

  done(): Reading {
    return { text: this.#text, positions: this.#positions, end: this.#end };
  }
}

/**
 * Where a quote stands in a text, as offsets; null when it is not there word for word, or when two
 * places fit equally well and neither is the one that is remembered.
 */
export function find(comment: Quoted, text: string): { from: number; to: number } | null {
  const { quote } = comment;
  if (!quote) return null;
  let best = -1;
  let found: number[] = [];
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    const score = fit(comment, text, at);
    if (score > best) {
      best = score;
      found = [at];
    } else if (score === best) found.push(at);
  }
  if (found.length > 1 && comment.start !== undefined)
    found = found.filter((at) => points(text.slice(0, at)) === comment.start);
  const at = found[0];
  return found.length === 1 && at !== undefined ? { from: at, to: at + quote.length } : null;
}

/** The range in the document of a passage that stands at `start`; null when the quote is not there. */
export function place(
  comment: Quoted,
  passage: Node,
  start: number,
): { from: number; to: number } | null {
  const reading = read(passage);
  const range = find(comment, reading.text);
  return range && toDocument(reading, range, start);
}

export function toDocument(
  reading: Reading,
  range: { from: number; to: number },
  start: number,
): { from: number; to: number } | null {
  const from = reading.positions[range.from];
  const last = reading.positions[range.to - 1];
  if (from === undefined || last === undefined) return null;
  return { from: start + from, to: start + last + 1 };
}

/**
 * The quote, with its context, that a selection makes; null when it holds no words. `from` and `to`
 * are positions in the document, the passage stands at `start`.
 */
export function quoted(
  passage: Node,
  start: number,
  from: number,
  to: number,
): Required<Quoted> | null {
  const { text, positions } = read(passage);
  let first = positions.findIndex((position) => position + start >= from);
  let end = positions.length;
  while (end > 0 && positions[end - 1]! + start >= to) end--;
  if (first < 0) return null;
  while (first < end && /\s/.test(text[first]!)) first++;
  while (end > first && /\s/.test(text[end - 1]!)) end--;
  if (end <= first) return null;
  return {
    quote: text.slice(first, end),
    prefix: text.slice(Math.max(0, first - CONTEXT), first),
    suffix: text.slice(end, end + CONTEXT),
    start: points(text.slice(0, first)),
  };
}

function fit({ prefix, suffix, quote }: Quoted, text: string, at: number): number {
  if (!prefix && !suffix) return 0;
  const before = text.slice(Math.max(0, at - CONTEXT), at);
  const after = text.slice(at + quote.length, at + quote.length + CONTEXT);
  return alike([...prefix].reverse(), [...before].reverse()) + alike([...suffix], [...after]);
}

/** How many characters are the same; a text that ends where it ended is the same in full. */
function alike(context: string[], stands: string[]): number {
  if (context.length === stands.length && context.every((sign, index) => sign === stands[index]))
    return CONTEXT;
  let count = 0;
  while (count < context.length && count < stands.length && context[count] === stands[count]) count++;
  return count;
}

function points(text: string): number {
  return [...text].length;
}
