// Where each passage stands, in its margin: a line in the colour and shape of the state, a sign, and
// how many comments and other wordings there are. Only attributes are put on passages, never
// elements among the words, so that the caret and composing go on as if they were not there.
import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { changed } from "../alignment.ts";
import type { Row } from "../passages.ts";
import type { Words } from "../words.ts";

const SIGNS: Record<string, string> = {
  agreed: "✓",
  "locally-agreed": "✓",
  contested: "[ ]",
  awaiting: "○",
  yours: "●",
  held: "◐",
  tie: "=",
  "not-open": "·",
  withdrawn: "–",
};

interface Spec {
  id: string;
  told: string;
}

const key = new PluginKey<DecorationSet>("marks");

/** What a row says, in words for somebody who does not see the margin. */
export function described(words: Words, row: Row): string {
  const parts = [words.say("mark.status", { status: words.status(row.s) })];
  if (row.n) parts.push(words.say("mark.writing"));
  if (row.w === "stale") parts.push(words.say("mark.stale"));
  else if (row.w === "carried") parts.push(words.say("mark.carried"));
  else if (row.w && row.s !== "yours") parts.push(words.say("mark.waits"));
  if (row.p) parts.push(words.count("mark.price", row.p));
  if (row.c) parts.push(words.count("mark.comments", row.c));
  if (row.v) parts.push(words.count("mark.variants", row.v));
  return parts.join(" ");
}

/** The signs in the margin: the state, then what there is to read. */
export function signs(row: Row): string {
  const lines = [row.n ? "✎" : row.w === "stale" ? "↻" : (SIGNS[row.s] ?? "·")];
  if (row.c) lines.push(`❝${row.c}`);
  if (row.v) lines.push(`⇄${row.v}`);
  return lines.join("\n");
}

export function attributes(words: Words, row: Row): Record<string, string> {
  const classes = ["state", `state-${row.s}`];
  if (row.w) classes.push("state-waits");
  if (row.n) classes.push("state-writing");
  return {
    class: classes.join(" "),
    "data-signs": signs(row),
    "aria-description": described(words, row),
  };
}

export function marksPlugin(
  rows: ReadonlyMap<string, Row>,
  words: Words,
  open: (id: string) => void,
): Plugin<DecorationSet> {
  const decoration = (node: Node, start: number): Decoration | null => {
    const row = rows.get(node.attrs.id);
    if (!row) return null;
    const put = attributes(words, row);
    const spec: Spec = { id: node.attrs.id, told: JSON.stringify(put) };
    return Decoration.node(start, start + node.nodeSize, put, spec);
  };

  const renew = (set: DecorationSet, doc: Node, from: number, to: number): DecorationSet => {
    let start = 0;
    for (let index = 0; index < from; index++) start += doc.child(index).nodeSize;
    const gone: Decoration[] = [];
    const come: Decoration[] = [];
    for (let index = from; index < to; index++) {
      const node = doc.child(index);
      const end = start + node.nodeSize;
      const now = decoration(node, start);
      const [at, to] = [start, end];
      const old = set.find(at, to).filter((one) => one.from >= at && one.to <= to);
      const same = now && old.find((one) => (one.spec as Spec).told === (now.spec as Spec).told && one.from === now.from && one.to === now.to);
      gone.push(...old.filter((one) => one !== same));
      if (now && !same) come.push(now);
      start = end;
    }
    if (gone.length > 0) set = set.remove(gone);
    return come.length > 0 ? set.add(doc, come) : set;
  };

  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, state) => renew(DecorationSet.empty, state.doc, 0, state.doc.childCount),
      apply: (transaction, set, before, after) => {
        if (transaction.getMeta(key))
          return renew(
            transaction.docChanged ? set.map(transaction.mapping, transaction.doc) : set,
            after.doc,
            0,
            after.doc.childCount,
          );
        if (!transaction.docChanged) return set;
        const [from, , to] = changed(before.doc.content.content, after.doc.content.content);
        return renew(set.map(transaction.mapping, transaction.doc), after.doc, from, to);
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handleDOMEvents: {
        // A press in the margin, beside the words.
        mousedown: (view, event) => {
          const id = beside(view, event);
          if (!id) return false;
          event.preventDefault();
          open(id);
          return true;
        },
      },
    },
  });
}

/** Show what the newest rows say. */
export function renewMarks(view: EditorView): void {
  view.dispatch(view.state.tr.setMeta(key, true).setMeta("addToHistory", false));
}

export function marksOf(state: EditorState): DecorationSet {
  return key.getState(state) ?? DecorationSet.empty;
}

function beside(view: EditorView, event: MouseEvent): string | null {
  if (event.button !== 0 || !(event.target instanceof Element)) return null;
  const passage = event.target.closest<HTMLElement>("[data-passage]");
  if (!passage || !view.dom.contains(passage)) return null;
  const { left, right } = passage.getBoundingClientRect();
  const { direction } = getComputedStyle(passage);
  // The mark is drawn before or after the words, whichever the kind of passage leaves free.
  const width = Math.max(
    ...["::before", "::after"].map((part) => {
      const drawn = getComputedStyle(passage, part);
      return drawn.content.includes(passage.dataset.signs?.[0] ?? "\0") ? Number.parseFloat(drawn.width) || 0 : 0;
    }),
  );
  const far = direction === "rtl" ? right - event.clientX : event.clientX - left;
  return far >= 0 && far < width ? (passage.dataset.passage ?? null) : null;
}
