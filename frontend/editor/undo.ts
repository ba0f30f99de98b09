// Undo and redo of one's own acts only: what others wrote in the meantime stays.
import { type Command, type EditorState, Plugin, PluginKey, TextSelection } from "prosemirror-state";
import * as Y from "yjs";
import { HERE } from "./binding.ts";

const key = new PluginKey<Y.UndoManager>("undo");

interface Place {
  id: string | null;
  index: number;
  offset: number;
}

function placeOf(state: EditorState): Place {
  const { $head } = state.selection;
  const index = $head.index(0);
  const node = index < state.doc.childCount ? state.doc.child(index) : null;
  const start = $head.depth > 0 ? $head.before(1) : $head.pos;
  return { id: node?.attrs.id ?? null, index, offset: Math.max(0, $head.pos - start - 1) };
}

/** Keep what others wrote inside something that I made and now undo. */
function mayDelete(item: Y.Item): boolean {
  const content = item.content;
  if (!(content instanceof Y.ContentType)) return true;
  const type = content.type;
  if (type instanceof Y.XmlText || type instanceof Y.XmlElement) return type.length === 0;
  return true;
}

export function undoPlugin(fragment: Y.XmlFragment, onChange: () => void = () => {}): Plugin {
  const manager = new Y.UndoManager(fragment, {
    trackedOrigins: new Set([HERE]),
    deleteFilter: (item) => !(item instanceof Y.Item) || mayDelete(item),
    captureTimeout: 600,
  });
  return new Plugin<Y.UndoManager>({
    key,
    state: { init: () => manager, apply: (_transaction, value) => value },
    view: (view) => {
      let before = placeOf(view.state);
      const added = ({ stackItem }: { stackItem: { meta: Map<unknown, unknown> } }) => {
        if (!stackItem.meta.has(key)) stackItem.meta.set(key, before);
        onChange();
      };
      const popped = ({ stackItem }: { stackItem: { meta: Map<unknown, unknown> } }) => {
        const place = stackItem.meta.get(key) as Place | undefined;
        if (place) restore(place);
        onChange();
      };
      const restore = (place: Place) => {
        const { doc } = view.state;
        let at = 0;
        for (let index = 0; index < doc.childCount; index++) {
          const node = doc.child(index);
          if (place.id ? node.attrs.id === place.id : index === place.index) {
            const target = at + 1 + Math.min(place.offset, node.content.size);
            view.dispatch(
              view.state.tr
                .setSelection(TextSelection.near(doc.resolve(target)))
                .setMeta("addToHistory", false)
                .scrollIntoView(),
            );
            return;
          }
          at += node.nodeSize;
        }
      };
      manager.on("stack-item-added", added);
      manager.on("stack-item-popped", popped);
      return {
        update: (_view, previous) => {
          if (previous.doc === view.state.doc) before = placeOf(view.state);
          else queueMicrotask(() => (before = placeOf(view.state)));
        },
        destroy: () => manager.destroy(),
      };
    },
  });
}

export function undoManager(state: EditorState): Y.UndoManager | undefined {
  return key.getState(state);
}

/** From here on a new act begins: undo takes it back by itself. */
export function newAct(state: EditorState): void {
  key.getState(state)?.stopCapturing();
}

export const undo: Command = (state, dispatch) => {
  const manager = key.getState(state);
  if (!manager || manager.undoStack.length === 0) return false;
  if (dispatch) manager.undo();
  return true;
};

export const redo: Command = (state, dispatch) => {
  const manager = key.getState(state);
  if (!manager || manager.redoStack.length === 0) return false;
  if (dispatch) manager.redo();
  return true;
};
