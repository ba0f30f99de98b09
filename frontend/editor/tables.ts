// Rows and columns. A table's rows may have been left uneven by two people at once; every act here
// works on what is there.
import type { Node } from "prosemirror-model";
import { type Command, type EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import { passageAround } from "./commands.ts";
import { captionType, cellType, passageType, rowType, tableType } from "./schema.ts";
import { newAct } from "./undo.ts";

interface CellPlace {
  table: Node;
  start: number;
  /** among the rows, from 0; -1 in the caption */
  row: number;
  column: number;
}

export function cellAround(state: EditorState): CellPlace | null {
  const { $from, node } = state.selection as typeof state.selection & { node?: Node };
  if (node?.type === tableType)
    return { table: node, start: state.selection.from, row: 0, column: 0 };
  if ($from.depth < 2 || $from.node(1).type !== tableType) return null;
  const table = $from.node(1);
  const captions = table.firstChild?.type === captionType ? 1 : 0;
  const row = $from.index(1) - captions;
  return { table, start: $from.before(1), row, column: row < 0 ? 0 : $from.index(2) };
}

/** Position before a row (or after the last one), counted among rows. */
function rowStart({ table, start }: CellPlace, row: number): number {
  let position = start + 1;
  let seen = 0;
  table.forEach((child, offset) => {
    if (child.type !== rowType) position = Math.max(position, start + 1 + offset + child.nodeSize);
    else if (seen++ < row) position = start + 1 + offset + child.nodeSize;
  });
  return position;
}

function rows(table: Node): Node[] {
  return table.content.content.filter((child) => child.type === rowType);
}

function cellPosition(place: CellPlace, row: number, column: number): number {
  let position = rowStart(place, row) + 1;
  const cells = rows(place.table)[row];
  for (let index = 0; cells && index < Math.min(column, cells.childCount); index++)
    position += cells.child(index).nodeSize;
  return position;
}

const emptyRow = (columns: number) =>
  rowType.create(null, Array.from({ length: Math.max(1, columns) }, () => cellType.create()));

export function addRow(by: 0 | 1): Command {
  return (state, dispatch) => {
    const place = cellAround(state);
    if (!place) return false;
    if (dispatch) {
      newAct(state);
      const all = rows(place.table);
      const row = Math.max(0, place.row);
      const at = rowStart(place, row + by);
      const transaction = state.tr.insert(at, emptyRow(all[row]?.childCount ?? 1));
      transaction.setSelection(TextSelection.near(transaction.doc.resolve(at + 2)));
      dispatch(transaction.scrollIntoView());
    }
    return true;
  };
}

export function addColumn(by: 0 | 1): Command {
  return (state, dispatch) => {
    const place = cellAround(state);
    if (!place) return false;
    if (dispatch) {
      newAct(state);
      const transaction = state.tr;
      const all = rows(place.table);
      for (let row = all.length - 1; row >= 0; row--) {
        const column = Math.min(place.column + by, all[row]!.childCount);
        transaction.insert(cellPosition(place, row, column), cellType.create());
      }
      dispatch(transaction.scrollIntoView());
    }
    return true;
  };
}

export const removeTable: Command = (state, dispatch) => {
  const place = cellAround(state);
  if (!place) return false;
  if (dispatch) {
    newAct(state);
    const transaction = state.tr.delete(place.start, place.start + place.table.nodeSize);
    const near = Math.min(place.start, transaction.doc.content.size);
    transaction.setSelection(TextSelection.near(transaction.doc.resolve(near)));
    dispatch(transaction.scrollIntoView());
  }
  return true;
};

export const removeRow: Command = (state, dispatch) => {
  const place = cellAround(state);
  if (!place || place.row < 0) return false;
  if (rows(place.table).length < 2) return removeTable(state, dispatch);
  if (dispatch) {
    newAct(state);
    const start = rowStart(place, place.row);
    const transaction = state.tr.delete(start, rowStart(place, place.row + 1));
    transaction.setSelection(
      TextSelection.near(transaction.doc.resolve(Math.min(start + 1, transaction.doc.content.size)), -1),
    );
    dispatch(transaction.scrollIntoView());
  }
  return true;
};

export const removeColumn: Command = (state, dispatch) => {
  const place = cellAround(state);
  if (!place || place.row < 0) return false;
  const all = rows(place.table);
  if (all.every((row) => row.childCount < 2)) return removeTable(state, dispatch);
  if (dispatch) {
    newAct(state);
    const transaction = state.tr;
    for (let row = all.length - 1; row >= 0; row--) {
      const cells = all[row]!;
      if (cells.childCount < 2 || place.column >= cells.childCount) continue;
      const start = cellPosition(place, row, place.column);
      transaction.delete(start, start + cells.child(place.column).nodeSize);
    }
    dispatch(transaction.scrollIntoView());
  }
  return true;
};

/** Whether the first row names the columns. */
export function hasHeader(table: Node): boolean {
  return table.attrs.headers !== "0";
}

export const toggleHeader: Command = (state, dispatch) => {
  const place = cellAround(state);
  if (!place) return false;
  if (dispatch) {
    newAct(state);
    dispatch(
      state.tr.setNodeAttribute(place.start, "headers", hasHeader(place.table) ? "0" : null),
    );
  }
  return true;
};

/** To the next cell (1) or the one before; after the last a row is added. */
export function nextCell(by: 1 | -1): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    if ($from.depth < 2 || $from.node(1).type !== tableType) return false;
    const start = $from.before(1);
    const table = $from.node(1);
    const spots: number[] = [];
    table.descendants((node, offset) => {
      if (!node.isTextblock) return true;
      spots.push(start + 1 + offset + 1);
      return false;
    });
    const own = spots.indexOf($from.start());
    const target = spots[own + by];
    if (target === undefined) return by > 0 && dispatch ? addRow(1)(state, dispatch) : by > 0;
    if (dispatch) {
      const $target = state.doc.resolve(target);
      dispatch(
        state.tr
          .setSelection(TextSelection.create(state.doc, target, $target.end()))
          .scrollIntoView(),
      );
    }
    return true;
  };
}

/** Put in an empty table after the passage with the caret. */
export function insertTable(rowCount: number, columns: number, header: boolean): Command {
  return (state, dispatch) => {
    const { $from } = state.selection;
    if (state.selection instanceof NodeSelection || $from.depth === 0) return false;
    if (dispatch) {
      newAct(state);
      const table = tableType.create(header ? null : { headers: "0" }, [
        captionType.create(),
        ...Array.from({ length: Math.max(1, rowCount) }, () => emptyRow(columns)),
      ]);
      const around = passageAround(state);
      const transaction = state.tr;
      let at = $from.after(1);
      transaction.insert(at, table);
      // The paragraph that waited for it is not wanted above, but something must follow it.
      if (around && around.node.content.size === 0 && around.node.attrs.kind === "paragraph") {
        transaction.delete(around.start, around.start + around.node.nodeSize);
        at = around.start;
      }
      if (at + table.nodeSize >= transaction.doc.content.size)
        transaction.insert(transaction.doc.content.size, passageType.create());
      // Into the first cell: table, caption, row, cell.
      transaction.setSelection(TextSelection.near(transaction.doc.resolve(at + 5)));
      dispatch(transaction.scrollIntoView());
    }
    return true;
  };
}
