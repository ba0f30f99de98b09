// The words that comments are about, marked in the text. A mark is drawn where the quoted words stand
// exactly; while somebody writes in them the mark moves with them, until the server has followed too.
import { type EditorState, Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { changed } from "../alignment.ts";
import { place, type Quoted } from "./places.ts";

export interface Marked extends Quoted {
  id: number;
  passage: string;
}

interface Spec {
  id: number;
  quote: string;
}

interface Marks {
  comments: ReadonlyMap<string, readonly Marked[]>;
  set: DecorationSet;
}

const key = new PluginKey<Marks>("comments");

export function highlightsPlugin(open: (passage: string, comment: number) => void): Plugin<Marks> {
  return new Plugin<Marks>({
    key,
    state: {
      init: () => ({ comments: new Map(), set: DecorationSet.empty }),
      apply: (transaction, marks, before, after) => {
        const given = transaction.getMeta(key) as readonly Marked[] | undefined;
        const moved = transaction.docChanged
          ? marks.set.map(transaction.mapping, transaction.doc)
          : marks.set;
        if (given) {
          const comments = byPassage(given);
          return { comments, set: drawn(after, comments, moved, null) };
        }
        if (!transaction.docChanged) return marks;
        if (marks.comments.size === 0) return { ...marks, set: moved };
        // Passages that came (a remote change, an undo) may bring the words with them.
        const [from, , to] = changed(before.doc.content.content, after.doc.content.content);
        const ids = new Set<string>();
        for (let index = from; index < to; index++) ids.add(after.doc.child(index).attrs.id);
        const concerned = [...ids].filter((id) => marks.comments.has(id));
        if (concerned.length === 0) return { ...marks, set: moved };
        return { ...marks, set: drawn(after, marks.comments, moved, new Set(concerned)) };
      },
    },
    props: {
      decorations: (state) => key.getState(state)?.set,
      handleClick: (view, position, event) => {
        // A press that ends a selection is no press on a comment. The browser knows first.
        if (event.button !== 0 || document.getSelection()?.isCollapsed === false) return false;
        const found = commentAt(view.state, position);
        // The caret goes there first.
        if (found) setTimeout(() => open(found.passage, found.id));
        return false;
      },
    },
  });
}

export function setComments(view: EditorView, comments: readonly Marked[]): void {
  view.dispatch(view.state.tr.setMeta(key, comments).setMeta("addToHistory", false));
}

/** The comment marked at a position; of several the one on the fewest words. */
export function commentAt(state: EditorState, position: number): Marked | null {
  const marks = key.getState(state);
  if (!marks) return null;
  const here = marks.set.find(position, position).sort((a, b) => a.to - a.from - (b.to - b.from));
  const id = (here[0]?.spec as Spec | undefined)?.id;
  if (id === undefined) return null;
  for (const comments of marks.comments.values())
    for (const comment of comments) if (comment.id === id) return comment;
  return null;
}

/** Where the words of a comment are marked now. */
export function markOf(state: EditorState, id: number): { from: number; to: number } | null {
  const marks = key.getState(state);
  const found = marks?.set.find(undefined, undefined, (spec) => (spec as Spec).id === id)[0];
  return found ? { from: found.from, to: found.to } : null;
}

function byPassage(comments: readonly Marked[]): Map<string, Marked[]> {
  const found = new Map<string, Marked[]>();
  for (const comment of comments) {
    if (!comment.quote) continue;
    const others = found.get(comment.passage);
    if (others) others.push(comment);
    else found.set(comment.passage, [comment]);
  }
  return found;
}

/** Draw the marks of all passages, or only of some, keeping those that were moved along where the
 * words they quote are being changed at this moment. */
function drawn(
  state: EditorState,
  comments: ReadonlyMap<string, readonly Marked[]>,
  moved: DecorationSet,
  only: ReadonlySet<string> | null,
): DecorationSet {
  const come: Decoration[] = [];
  // Asked for once: what a set finds are copies, which are not the same the next time.
  const gone = new Set<Decoration>();
  let start = 0;
  const all = only ? [] : moved.find();
  if (!only) for (const one of all) gone.add(one);
  state.doc.forEach((passage) => {
    const id: string = passage.attrs.id;
    const from = start;
    const end = start + passage.nodeSize;
    start = end;
    if (only && !only.has(id)) return;
    const wanted = comments.get(id) ?? [];
    if (!only && wanted.length === 0) return;
    const old = only
      ? moved.find(from, end)
      : all.filter((one) => one.from >= from && one.to <= end);
    if (only) for (const one of old) gone.add(one);
    for (const comment of wanted) {
      const before = old.find((one) => (one.spec as Spec).id === comment.id);
      const range = place(comment, passage, from);
      const moves = before && (before.spec as Spec).quote === comment.quote && before.from < before.to;
      if (before && (range ? before.from === range.from && before.to === range.to && moves : moves))
        gone.delete(before);
      else if (range) come.push(mark(comment, range));
    }
  });
  let set = gone.size > 0 ? moved.remove([...gone]) : moved;
  if (come.length > 0) set = set.add(state.doc, come);
  return set;
}

function mark(comment: Marked, { from, to }: { from: number; to: number }): Decoration {
  const spec: Spec & { inclusiveStart: boolean; inclusiveEnd: boolean } = {
    id: comment.id,
    quote: comment.quote,
    inclusiveStart: false,
    inclusiveEnd: false,
  };
  return Decoration.inline(from, to, { class: "comment-mark", "data-comment": `${comment.id}` }, spec);
}
