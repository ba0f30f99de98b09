// What differs between two wordings, word by word, as one is typed. The server makes the difference
// that counts; this one is only to be looked at while writing.

export type State = "same" | "added" | "removed";

export interface Piece {
  state: State;
  words: string;
}

const TOKEN = /\s+|[\p{L}\p{N}\p{M}]+(?:['’.,:/-][\p{L}\p{N}\p{M}]+)*|./gsu;

/** Beyond so many comparisons the middle is shown as replaced, so that typing stays quick. */
const MOST = 4_000_000;

/** The words, gaps and signs of a text; every run of white space is one space. */
export function tokens(words: string): string[] {
  return (words.match(TOKEN) ?? []).map((token) => (/^\s/.test(token) ? " " : token));
}

/** The pieces that make `after` of `before`, in reading order; removed words before added ones. */
export function difference(before: string, after: string): Piece[] {
  const old = tokens(before);
  const now = tokens(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const pieces = new Pieces();
  pieces.add("same", old.slice(0, head));
  middle(pieces, old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  pieces.add("same", old.slice(old.length - tail));
  return pieces.settled();
}

/** How many words were added and removed. */
export function amount(pieces: readonly Piece[]): { added: number; removed: number } {
  const count = (state: State) =>
    pieces
      .filter((piece) => piece.state === state)
      .reduce((sum, piece) => sum + (piece.words.match(/[\p{L}\p{N}]+/gu)?.length ?? 0), 0);
  return { added: count("added"), removed: count("removed") };
}

function middle(pieces: Pieces, old: string[], now: string[]): void {
  if (old.length === 0 || now.length === 0 || old.length * now.length > MOST) {
    pieces.add("removed", old);
    pieces.add("added", now);
    return;
  }
  // The length of the longest common subsequence of what is left, from each pair of places on.
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      longest[i * width + j] =
        old[i] === now[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  let i = 0;
  let j = 0;
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      pieces.add("same", [old[i]!]);
      i++;
      j++;
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) pieces.add("removed", [old[i++]!]);
    else pieces.add("added", [now[j++]!]);
  }
  pieces.add("removed", old.slice(i));
  pieces.add("added", now.slice(j));
}

/** Gathers pieces. Within a change what was removed comes first, and a lone space between two
 * changes belongs to both, so that a reader sees one change instead of many small ones. */
class Pieces {
  #all: Piece[] = [];

  add(state: State, words: string[]): void {
    if (words.length > 0) this.#all.push({ state, words: words.join("") });
  }

  settled(): Piece[] {
    const out: Piece[] = [];
    let removed = "";
    let added = "";
    const flush = () => {
      // A change that begins or ends with the same space on both sides leaves it outside.
      let after = "";
      if (removed.endsWith(" ") && added.endsWith(" ")) {
        removed = removed.slice(0, -1);
        added = added.slice(0, -1);
        after = " ";
      }
      if (removed) push("removed", removed);
      if (added) push("added", added);
      if (after) push("same", after);
      removed = "";
      added = "";
    };
    const push = (state: State, words: string) => {
      const last = out.at(-1);
      if (last?.state === state) last.words += words;
      else out.push({ state, words });
    };
    this.#all.forEach((piece, index) => {
      if (piece.state === "removed") removed += piece.words;
      else if (piece.state === "added") added += piece.words;
      else {
        const next = this.#all[index + 1];
        const lone = piece.words === " " && (removed || added) && next && next.state !== "same";
        if (lone) {
          removed += " ";
          added += " ";
        } else {
          flush();
          push("same", piece.words);
        }
      }
    });
    flush();
    return out;
  }
}
