// Permanent ids. A passage keeps its id through every edit; a new one gets a new id here, before the
// change leaves this page. Where two would share one, it stays with the one that keeps most of the
// words. What arrives from others is left alone: the server mends twins that two people made at once.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey } from "prosemirror-state";
import { changed } from "./alignment.ts";
import { arrived } from "./binding.ts";
import { passageType, plain } from "./schema.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A new permanent id: ten characters of lower-case Crockford base32 (50 random bits). */
export function mint(): string {
  let id = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(10))) id += ALPHABET[byte & 31];
  return id;
}

/** How many characters of `words` stand in `other` at its beginning and its end. */
export function overlap(words: string, other: string): number {
  const most = Math.min(words.length, other.length);
  let start = 0;
  while (start < most && words[start] === other[start]) start++;
  let end = 0;
  while (end < most - start && words[words.length - 1 - end] === other[other.length - 1 - end]) end++;
  // Between them, a piece from the middle (a cut that is pasted elsewhere).
  if (start + end < most && most > 0) {
    const shorter = words.length < other.length ? words : other;
    const longer = words.length < other.length ? other : words;
    if (longer.includes(shorter)) return most;
  }
  return start + end;
}

interface Memory {
  /** The words of passages as they were when something was cut out of them. */
  cut: Map<string, string>;
}

export const idsKey = new PluginKey<Memory>("ids");

interface Choice {
  index: number;
  id: string | null;
  label: string | null;
}

/**
 * Which ids the changed nodes get. `taken` says whether an id is held by a passage outside them;
 * `remembered` are words of passages as they were when they were cut.
 */
export function assign(
  before: readonly Node[],
  after: readonly Node[],
  taken: (id: string) => boolean,
  remembered: ReadonlyMap<string, string> = new Map(),
): Choice[] {
  const old = new Map<string, string>();
  for (const node of before) if (node.attrs.id) old.set(node.attrs.id, plain(node));
  const words = after.map((node) => plain(node));
  const given: (string | null)[] = after.map(() => null);
  const lost: boolean[] = after.map(() => false);

  const claims = new Map<string, number[]>();
  after.forEach((node, index) => {
    const id: string | null = node.attrs.id;
    if (!id) return;
    if (taken(id)) {
      lost[index] = true;
      return;
    }
    const others = claims.get(id);
    if (others) others.push(index);
    else claims.set(id, [index]);
  });
  for (const [id, indices] of claims) {
    let winner = indices[0]!;
    if (indices.length > 1) {
      const was = remembered.get(id) ?? old.get(id) ?? "";
      const score = (index: number) => overlap(was, words[index]!) || words[index]!.length / 1e6;
      for (const index of indices) if (score(index) > score(winner)) winner = index;
    }
    given[winner] = id;
    for (const index of indices) if (index !== winner) lost[index] = true;
  }

  // Passages that went, whose words live on in another: the id goes with most of the words.
  const held = new Set(given.filter(Boolean));
  const gone = [...old].filter(([id, was]) => !held.has(id) && was !== "" && !taken(id));
  for (const [id, was] of gone.length > 2 ? [gone[0]!, gone.at(-1)!] : gone) {
    let best = -1;
    let most = 0;
    words.forEach((now, index) => {
      if (before.includes(after[index]!)) return;
      const common = overlap(was, now);
      if (common <= most || common * 2 < was.length) return;
      const own = given[index];
      if (own && overlap(old.get(own) ?? "", now) >= common) return;
      if (own && !old.has(own)) return;
      best = index;
      most = common;
    });
    if (best >= 0) given[best] = id;
  }

  const choices: Choice[] = [];
  after.forEach((node, index) => {
    const id = given[index] ?? null;
    const label = lost[index] ? null : (node.attrs.label ?? null);
    if (id !== node.attrs.id || label !== (node.attrs.label ?? null) || !id)
      choices.push({ index, id, label });
  });
  return choices;
}

export function idsPlugin(): Plugin<Memory> {
  return new Plugin<Memory>({
    key: idsKey,
    state: { init: () => ({ cut: new Map() }), apply: (_transaction, memory) => memory },
    props: {
      handleDOMEvents: {
        cut: (view) => {
          const memory = idsKey.getState(view.state);
          if (!memory) return false;
          memory.cut.clear();
          const { from, to } = view.state.selection;
          view.state.doc.nodesBetween(from, to, (node) => {
            if (node.attrs.id) memory.cut.set(node.attrs.id, plain(node));
            return false;
          });
          return false;
        },
      },
    },
    appendTransaction: (transactions, before, after) => {
      if (before.doc === after.doc || transactions.some((one) => arrived(one))) return null;
      const transaction = after.tr;
      // One must always be able to write.
      if (after.doc.childCount === 0)
        return transaction.insert(0, passageType.create({ id: mint() }));
      const old = before.doc.content.content;
      const now = after.doc.content.content;
      const [from, toBefore, toAfter] = changed(old, now);
      if (
        toBefore - from === 1 &&
        toAfter - from === 1 &&
        now[from]!.attrs.id &&
        now[from]!.attrs.id === old[from]!.attrs.id
      )
        return null;
      const outside = new Set<string>();
      now.forEach((node, index) => {
        if ((index < from || index >= toAfter) && node.attrs.id) outside.add(node.attrs.id);
      });
      const cut = idsKey.getState(before)?.cut ?? new Map<string, string>();
      // Most of a passage was cut out and is pasted here: the id comes along, and what was left
      // behind becomes a passage of its own.
      const left = new Set<string>();
      for (const node of now.slice(from, toAfter)) {
        const id: string | null = node.attrs.id;
        const was = id && outside.has(id) ? cut.get(id) : undefined;
        if (!id || was === undefined) continue;
        const holder = now.find((one, index) => one.attrs.id === id && (index < from || index >= toAfter));
        if (holder && overlap(was, plain(node)) > overlap(was, plain(holder))) {
          outside.delete(id);
          left.add(id);
        }
      }
      const choices = assign(old.slice(from, toBefore), now.slice(from, toAfter), (id) => outside.has(id), cut);
      if (left.size > 0) {
        let start = 0;
        now.forEach((node, index) => {
          if ((index < from || index >= toAfter) && left.delete(node.attrs.id))
            transaction.setNodeAttribute(start, "id", mint());
          start += node.nodeSize;
        });
      }
      if (choices.length === 0) return transaction.docChanged ? transaction : null;
      let position = 0;
      for (let index = 0; index < from; index++) position += now[index]!.nodeSize;
      const starts: number[] = [];
      for (let index = from; index < toAfter; index++) {
        starts.push(position);
        position += now[index]!.nodeSize;
      }
      for (const choice of choices) {
        const at = starts[choice.index]!;
        transaction.setNodeAttribute(at, "id", choice.id ?? mint());
        const label = now[from + choice.index]!.attrs.label;
        if (label !== choice.label) transaction.setNodeAttribute(at, "label", choice.label);
      }
      return transaction;
    },
  });
}
