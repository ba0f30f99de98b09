// Texts and people writing in them, for tests: real Yjs documents, real views, wires between them.
import "./page.ts";
import type { Node } from "prosemirror-model";
import { EditorState, type Plugin, TextSelection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { Binding } from "../binding.ts";
import { idsPlugin } from "../ids.ts";
import { captionType, cellType, passageType, plain, rowType, schema, tableType } from "../schema.ts";
import { undoPlugin } from "../undo.ts";

export type Attributes = Record<string, string | null>;

/** A passage: `p("one", "Words.")`, with the id filled up to ten characters. */
export function p(id: string, words: string, attributes: Attributes = {}): Node {
  return passageType.create({ id: named(id), ...attributes }, words ? schema.text(words) : undefined);
}

export function table(id: string, rows: string[][], caption = ""): Node {
  const inline = (words: string) => (words ? schema.text(words) : undefined);
  return tableType.create({ id: named(id) }, [
    captionType.create(null, inline(caption)),
    ...rows.map((row) => rowType.create(null, row.map((cell) => cellType.create(null, inline(cell))))),
  ]);
}

/** An id that can be read in a failure: letters that the alphabet has, and zeros. */
export function named(id: string): string {
  return id.padStart(10, "0");
}

export interface Writer {
  view: EditorView;
  doc: Y.Doc;
  fragment: Y.XmlFragment;
  binding: Binding;
}

export function seeded(...nodes: Node[]): Y.Doc {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment("prosemirror");
  const view = new EditorView(document.createElement("div"), {
    state: EditorState.create({ doc: new Binding(fragment, schema).read() }),
  });
  const binding = new Binding(fragment, schema);
  view.updateState(view.state.reconfigure({ plugins: [binding.plugin()] }));
  view.dispatch(view.state.tr.insert(0, nodes));
  view.destroy();
  return doc;
}

export function writer(from: Y.Doc, plugins: Plugin[] = []): Writer {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
  const fragment = doc.getXmlFragment("prosemirror");
  const binding = new Binding(fragment, schema);
  const view = new EditorView(document.createElement("div"), {
    state: EditorState.create({
      doc: binding.read(),
      plugins: [...plugins, binding.plugin(), undoPlugin(fragment), idsPlugin()],
    }),
  });
  return { view, doc, fragment, binding };
}

/** Bring everything of each to the other. */
export function meet(...writers: Writer[]): void {
  for (let round = 0; round < 2; round++)
    for (const one of writers)
      for (const other of writers)
        if (one !== other)
          Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(one.doc, Y.encodeStateVector(other.doc)), "wire");
}

/** Position of a character in a passage, by its index. */
export function at(view: EditorView, index: number, offset: number): number {
  let position = 0;
  for (let i = 0; i < index; i++) position += view.state.doc.child(i).nodeSize;
  return position + 1 + offset;
}

export function caret(view: EditorView, index: number, offset: number, to = offset, toIndex = index): void {
  view.dispatch(
    view.state.tr.setSelection(
      TextSelection.create(view.state.doc, at(view, index, offset), at(view, toIndex, to)),
    ),
  );
}

export function type(view: EditorView, words: string): void {
  view.dispatch(view.state.tr.insertText(words));
}

export function ids(view: EditorView): string[] {
  return view.state.doc.content.content.map((node) => node.attrs.id);
}

export function words(view: EditorView): string[] {
  return view.state.doc.content.content.map(plain);
}

/** The words in the Yjs document, read anew. */
export function stored(doc: Y.Doc): Node {
  return new Binding(doc.getXmlFragment("prosemirror"), schema).read();
}
