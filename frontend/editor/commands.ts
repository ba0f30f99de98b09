// What can be done to passages: split, join, kinds, depths, moves.
import { chainCommands, deleteSelection, toggleMark } from "prosemirror-commands";
import { Fragment, type MarkType, type Node } from "prosemirror-model";
import {
  type Command,
  type EditorState,
  NodeSelection,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import {
  breakType,
  captionType,
  cellType,
  depthAttribute,
  depthOf,
  footnoteType,
  type Kind,
  kindOf,
  MAX_DEPTH,
  passageType,
  schema,
  tableType,
} from "./schema.ts";
import { newAct } from "./undo.ts";

export interface Place {
  node: Node;
  /** position before the block */
  start: number;
  index: number;
}

/** The blocks that the selection touches, in order. */
export function touchedBlocks(state: EditorState): Place[] {
  const { $from, $to } = state.selection;
  const places: Place[] = [];
  const first = $from.index(0);
  let start = $from.posAtIndex(first, 0);
  const last = $to.depth === 0 ? Math.max(first, $to.index(0) - 1) : $to.index(0);
  for (let index = first; index <= last && index < state.doc.childCount; index++) {
    const node = state.doc.child(index);
    places.push({ node, start, index });
    start += node.nodeSize;
  }
  return places;
}

/** The passage around the caret when the caret stands in its own words (not in a cell). */
export function passageAround(state: Pick<EditorState, "selection">): Place | null {
  const { $from } = state.selection;
  if ($from.depth !== 1 || $from.parent.type !== passageType) return null;
  return { node: $from.parent, start: $from.before(1), index: $from.index(0) };
}

function setAttributes(
  transaction: Transaction,
  start: number,
  attributes: Record<string, string | null>,
): void {
  const node = transaction.doc.nodeAt(start);
  for (const [name, value] of Object.entries(attributes))
    if (node && node.attrs[name] !== value) transaction.setNodeAttribute(start, name, value);
}

const isWords = (node: Node) => node.type === passageType && kindOf(node) !== "figure";

/** Make the touched passages of one kind. Depth counts for headings and items. */
export function setKind(kind: Kind, depth = 0, ordered = false): Command {
  return (state, dispatch) => {
    const places = touchedBlocks(state).filter((place) => isWords(place.node));
    if (places.length === 0) return false;
    if (dispatch) {
      newAct(state);
      const transaction = state.tr;
      for (const { node, start } of places) {
        const keeps = kind === "item" && kindOf(node) === "item" ? depthOf(node) : depth;
        setAttributes(transaction, start, {
          kind,
          depth: kind === "heading" || kind === "item" ? depthAttribute(Math.max(1, keeps)) : null,
          ordered: kind === "item" && ordered ? "yes" : null,
        });
      }
      dispatch(transaction.scrollIntoView());
    }
    return true;
  };
}

export function isKind(state: EditorState, kind: Kind, depth = 0, ordered = false): boolean {
  const places = touchedBlocks(state).filter((place) => isWords(place.node));
  return (
    places.length > 0 &&
    places.every(
      ({ node }) =>
        kindOf(node) === kind &&
        (kind !== "heading" || depthOf(node) === depth) &&
        (kind !== "item" || Boolean(node.attrs.ordered) === ordered),
    )
  );
}

/** The same, and back to a paragraph when it is that kind already. */
export function toggleKind(kind: Kind, depth = 0, ordered = false): Command {
  return (state, dispatch) =>
    (isKind(state, kind, depth, ordered) ? setKind("paragraph") : setKind(kind, depth, ordered))(
      state,
      dispatch,
    );
}

/** Items one level in (1) or out (-1). An item stands at most one level below the one before it. */
export function changeDepth(by: 1 | -1): Command {
  return (state, dispatch) => {
    const changes: [Place, number][] = [];
    let before: Node | null = null;
    for (const place of touchedBlocks(state)) {
      const { node, index } = place;
      before = index > 0 ? state.doc.child(index - 1) : null;
      if (kindOf(node) !== "item") continue;
      const most =
        before && (kindOf(before) === "item" || before.attrs.depth) && kindOf(before) !== "heading"
          ? depthOf(before) + 1
          : 1;
      const earlier = changes.at(-1);
      const limit = earlier && earlier[0].index === index - 1 ? earlier[1] + 1 : most;
      const depth = depthOf(node) + by;
      if (depth < 1 || depth > MAX_DEPTH || (by > 0 && depth > limit)) continue;
      changes.push([place, depth]);
    }
    if (changes.length === 0) return false;
    if (dispatch) {
      newAct(state);
      const transaction = state.tr;
      for (const [{ start }, depth] of changes)
        setAttributes(transaction, start, { depth: depthAttribute(depth) });
      dispatch(transaction.scrollIntoView());
    }
    return true;
  };
}

// Enter

/** What a passage that is split off goes on as. */
function continuation(node: Node): Record<string, string | null> {
  const { attrs } = node;
  const kind = kindOf(node);
  const same = kind === "item" || kind === "quote" || kind === "heading";
  return {
    ...Object.fromEntries(Object.keys(attrs).map((name) => [name, null])),
    kind: same ? kind : "paragraph",
    depth: same || kind === "paragraph" ? attrs.depth : null,
    ordered: kind === "item" ? attrs.ordered : null,
    quoted: attrs.quoted,
    language: attrs.language,
  };
}

/** Enter: a new passage. The id goes with most of the words (see ids.ts). */
export const splitPassage: Command = (state, dispatch) => {
  const place = passageAround(state);
  const { $from, $to } = state.selection;
  if (!place || !(state.selection instanceof TextSelection)) return false;
  const { node, start } = place;
  const kind = kindOf(node);
  const empty = node.content.size === 0;

  if (kind === "code") {
    const before = node.textBetween(0, $from.parentOffset, "\n", "\n");
    if (state.selection.empty && $from.parentOffset === node.content.size && /\n\s*$/.test(before)) {
      if (dispatch) {
        const cut = before.length - before.replace(/\n\s*$/, "").length;
        const transaction = state.tr.delete($from.pos - cut, $from.pos);
        dispatch(insertAfter(transaction, $from.pos - cut + 1, { kind: "paragraph" }));
      }
      return true;
    }
    if (dispatch) dispatch(state.tr.insertText("\n").scrollIntoView());
    return true;
  }

  if (empty && (kind === "item" || kind === "quote" || node.attrs.depth)) {
    if (dispatch) {
      newAct(state);
      const transaction = state.tr;
      const depth = depthOf(node);
      if (kind === "item" && depth > 1)
        setAttributes(transaction, start, { depth: depthAttribute(depth - 1) });
      else setAttributes(transaction, start, { kind: "paragraph", depth: null, ordered: null });
      dispatch(transaction.scrollIntoView());
    }
    return true;
  }

  if (!dispatch) return true;
  newAct(state);
  const transaction = state.tr;
  if (!state.selection.empty) {
    if ($from.sameParent($to)) transaction.delete($from.pos, $to.pos);
    else {
      dispatch(clearSelection(state) ?? transaction.deleteSelection());
      return true;
    }
  }
  const at = transaction.mapping.map($from.pos);
  const $at = transaction.doc.resolve(at);
  const size = $at.parent.content.size;
  const next = continuation(node);
  if ($at.parentOffset === size) {
    const after = kind === "heading" ? { ...next, kind: "paragraph", depth: null } : next;
    dispatch(insertAfter(transaction, at + 1, after));
    return true;
  }
  if ($at.parentOffset === 0) {
    const above = kind === "heading" || kind === "quote" || kind === "item" ? next : { ...next, kind: "paragraph" };
    transaction.insert(start, passageType.create(above));
    dispatch(transaction.scrollIntoView());
    return true;
  }
  // Both halves carry the id for a moment, so that it can be given to the one with most of the words.
  const tail = kind === "heading" ? { ...next, kind: "paragraph", depth: null } : next;
  transaction.split(at, 1, [{ type: passageType, attrs: { ...tail, id: node.attrs.id } }]);
  dispatch(transaction.scrollIntoView());
  return true;
};

function insertAfter(
  transaction: Transaction,
  position: number,
  attributes: Record<string, string | null>,
): Transaction {
  transaction.insert(position, passageType.create({ ...attributes, id: null }));
  return transaction
    .setSelection(TextSelection.create(transaction.doc, position + 1))
    .scrollIntoView();
}

/** Ctrl+Enter: a new paragraph after the block, also out of a table or code. */
export const leaveBlock: Command = (state, dispatch) => {
  const last = touchedBlocks(state).at(-1);
  if (!last) return false;
  if (dispatch) dispatch(insertAfter(state.tr, last.start + last.node.nodeSize, { kind: "paragraph" }));
  return true;
};

export const insertBreak: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if (!$from.parent.inlineContent) return false;
  const code = $from.parent.type === passageType && kindOf($from.parent) === "code";
  if (dispatch)
    dispatch(
      code
        ? state.tr.insertText("\n").scrollIntoView()
        : state.tr.replaceSelectionWith(breakType.create(), false).scrollIntoView(),
    );
  return true;
};

// Backspace and Delete

/** Join two neighbouring passages into the one that had more words; the caret stays at the seam. */
function join(state: EditorState, index: number, start: number): Transaction | null {
  const first = state.doc.child(index);
  const second = state.doc.child(index + 1);
  if (!isWords(first) || !isWords(second)) return null;
  const transaction = state.tr;
  const middle = start + first.nodeSize;
  if (first.content.size === 0 && second.content.size > 0) {
    // Nothing to join: the empty one goes, and the other stays all that it is.
    transaction.delete(start, middle);
    return transaction.setSelection(TextSelection.create(transaction.doc, start + 1));
  }
  if (second.content.size === 0) {
    transaction.delete(middle, middle + second.nodeSize);
    return transaction.setSelection(TextSelection.create(transaction.doc, middle - 1));
  }
  transaction.join(middle);
  return transaction.setSelection(TextSelection.create(transaction.doc, middle - 1));
}

export const backspace: Command = (state, dispatch) => {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || !selection.empty) return false;
  const { $from } = selection;
  if ($from.parentOffset > 0) return false;
  const place = passageAround(state);
  // At the start of a cell or a caption there is nothing that may be joined.
  if (!place) return $from.parent.type === cellType || $from.parent.type === captionType;
  const { node, start, index } = place;
  const kind = kindOf(node);
  if (kind === "figure") {
    if (dispatch) dispatch(state.tr.setSelection(NodeSelection.create(state.doc, start)));
    return true;
  }
  if (kind === "item" || kind === "quote" || kind === "code" || node.attrs.depth) {
    if (kind !== "heading") {
      if (dispatch) {
        newAct(state);
        const transaction = state.tr;
        const depth = depthOf(node);
        if (kind === "item" && depth > 1)
          setAttributes(transaction, start, { depth: depthAttribute(depth - 1) });
        else setAttributes(transaction, start, { kind: "paragraph", depth: null, ordered: null });
        dispatch(transaction);
      }
      return true;
    }
  }
  if (index === 0) {
    if (kind === "paragraph" || node.content.size > 0) return true;
    return setKind("paragraph")(state, dispatch);
  }
  const before = state.doc.child(index - 1);
  const beforeStart = start - before.nodeSize;
  if (!isWords(before)) {
    if (dispatch) {
      newAct(state);
      const transaction = state.tr;
      if (node.content.size === 0) transaction.delete(start, start + node.nodeSize);
      transaction.setSelection(NodeSelection.create(transaction.doc, beforeStart));
      dispatch(transaction.scrollIntoView());
    }
    return true;
  }
  const joined = join(state, index - 1, beforeStart);
  if (!joined) return false;
  if (dispatch) {
    newAct(state);
    dispatch(joined.scrollIntoView());
  }
  return true;
};

export const deleteForward: Command = (state, dispatch) => {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || !selection.empty) return false;
  const { $from } = selection;
  if ($from.parentOffset < $from.parent.content.size) return false;
  const place = passageAround(state);
  if (!place) return $from.parent.type === cellType || $from.parent.type === captionType;
  const { node, start, index } = place;
  if (index + 1 >= state.doc.childCount) return true;
  const after = state.doc.child(index + 1);
  const middle = start + node.nodeSize;
  if (!isWords(after) || !isWords(node)) {
    if (dispatch) {
      newAct(state);
      const transaction = state.tr;
      if (node.content.size === 0 && isWords(node)) {
        transaction.delete(start, middle);
        transaction.setSelection(NodeSelection.create(transaction.doc, start));
      } else if (!isWords(after)) {
        transaction.setSelection(NodeSelection.create(transaction.doc, middle));
      }
      dispatch(transaction.scrollIntoView());
    }
    return true;
  }
  const joined = join(state, index, start);
  if (!joined) return false;
  if (dispatch) {
    newAct(state);
    dispatch(joined.scrollIntoView());
  }
  return true;
};

/**
 * Take out what is selected when the selection begins or ends inside a table: cells are emptied, never
 * joined. Null when the selection is an ordinary one.
 */
export function clearSelection(state: EditorState): Transaction | null {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || selection.empty) return null;
  const { $from, $to, from, to } = selection;
  if ($from.sameParent($to) || ($from.depth < 2 && $to.depth < 2)) return null;
  const ranges: [number, number][] = [];
  state.doc.nodesBetween(from, to, (node, position, parent) => {
    const end = position + node.nodeSize;
    if (parent === state.doc && position > from && end < to) {
      ranges.push([position, end]);
      return false;
    }
    if (node.isTextblock) {
      const start = Math.max(from, position + 1);
      const stop = Math.min(to, end - 1);
      if (stop > start) ranges.push([start, stop]);
      return false;
    }
    return true;
  });
  const transaction = state.tr;
  for (const [start, end] of ranges.reverse()) transaction.delete(start, end);
  return transaction.setSelection(TextSelection.near(transaction.doc.resolve(from))).scrollIntoView();
}

const clearAcross: Command = (state, dispatch) => {
  const transaction = clearSelection(state);
  if (transaction && dispatch) {
    newAct(state);
    dispatch(transaction);
  }
  return transaction !== null;
};

/** A block that is selected as a whole and deleted must not leave its neighbours joined. */
const deleteBlock: Command = (state, dispatch) => {
  const { selection } = state;
  if (!(selection instanceof NodeSelection) || selection.node.isInline) return false;
  if (dispatch) {
    newAct(state);
    const transaction = state.tr.delete(selection.from, selection.to);
    const near = Math.min(selection.from, transaction.doc.content.size);
    dispatch(transaction.setSelection(TextSelection.near(transaction.doc.resolve(near), -1)).scrollIntoView());
  }
  return true;
};

const deleteMany: Command = (state, dispatch) => {
  if (state.selection.empty) return false;
  if (dispatch) newAct(state);
  return deleteSelection(state, dispatch);
};

export const backspaceKey = chainCommands(clearAcross, deleteBlock, deleteMany, backspace);
export const deleteKey = chainCommands(clearAcross, deleteBlock, deleteMany, deleteForward);

// Moves

/** Move the touched blocks above the one before them, or below the one after. */
export function moveBlocks(by: 1 | -1): Command {
  return (state, dispatch) => {
    const places = touchedBlocks(state);
    const first = places[0];
    const last = places.at(-1);
    if (!first || !last) return false;
    const neighbour = by < 0 ? first.index - 1 : last.index + 1;
    if (neighbour < 0 || neighbour >= state.doc.childCount) return false;
    if (!dispatch) return true;
    newAct(state);
    const { selection } = state;
    const from = first.start;
    const to = last.start + last.node.nodeSize;
    const nodes = places.map((place) => place.node);
    const size = state.doc.child(neighbour).nodeSize;
    const transaction = state.tr.delete(from, to);
    const target = by < 0 ? from - size : from + size;
    transaction.insert(target, Fragment.fromArray(nodes));
    const shift = target - from;
    transaction.setSelection(
      selection instanceof NodeSelection
        ? NodeSelection.create(transaction.doc, selection.from + shift)
        : TextSelection.between(
            transaction.doc.resolve(selection.anchor + shift),
            transaction.doc.resolve(selection.head + shift),
          ),
    );
    dispatch(transaction.scrollIntoView());
    return true;
  };
}

// Marks, notes

const marks = schema.marks;

/** Switch a mark; raised and lowered shut each other out. */
export function switchMark(name: string): Command {
  const type = marks[name] as MarkType;
  const other = name === "sup" ? marks.sub : name === "sub" ? marks.sup : null;
  const toggle = toggleMark(type);
  return (state, dispatch) => {
    if (!toggle(state)) return false;
    return toggle(
      state,
      dispatch &&
        ((transaction) => {
          if (other && !state.selection.empty)
            for (const { $from, $to } of state.selection.ranges)
              transaction.removeMark($from.pos, $to.pos, other);
          if (other && state.selection.empty) transaction.removeStoredMark(other);
          dispatch(transaction);
        }),
    );
  };
}

export function hasMark(state: EditorState, name: string): boolean {
  const type = marks[name] as MarkType;
  const { empty, $from, from, to } = state.selection;
  if (empty) return Boolean(type.isInSet(state.storedMarks ?? $from.marks()));
  return state.doc.rangeHasMark(from, to, type);
}

/** Put in an empty footnote, selected, ready to be opened. */
export const insertFootnote: Command = (state, dispatch) => {
  const { $from, $to, to } = state.selection;
  if (!$from.parent.isTextblock || !$from.sameParent($to)) return false;
  if (dispatch) {
    newAct(state);
    const transaction = state.tr.insert(to, footnoteType.create());
    dispatch(transaction.setSelection(NodeSelection.create(transaction.doc, to)).scrollIntoView());
  }
  return true;
};

/** Select the words of the passage; pressed again, the whole text. */
export const selectMore: Command = (state, dispatch) => {
  const { selection } = state;
  const { $from, $to } = selection;
  if (!$from.parent.isTextblock || !$from.sameParent($to)) return false;
  const start = $from.start();
  const end = $from.end();
  if (start === end || (selection.from === start && selection.to === end)) return false;
  if (dispatch) dispatch(state.tr.setSelection(TextSelection.create(state.doc, start, end)));
  return true;
};


export function inTable(state: EditorState): boolean {
  const { $from } = state.selection;
  return $from.depth > 1 && $from.node(1).type === tableType;
}
