// Other wordings that people prepare together beside the text: elements of the document's second
// root, `variants`, each with one passage in it. Here they are begun, found and taken away.
import { updateYFragment } from "@tiptap/y-tiptap";
import type { Node } from "prosemirror-model";
import * as Y from "yjs";
import { HERE } from "../binding.ts";
import { mint } from "../ids.ts";

export interface Prepared {
  id: string;
  of: string;
  by: string;
  element: Y.XmlElement;
}

export function root(doc: Y.Doc): Y.XmlFragment {
  return doc.getXmlFragment("variants");
}

export function prepared(doc: Y.Doc): Prepared[] {
  const found: Prepared[] = [];
  for (const element of root(doc).toArray()) {
    if (!(element instanceof Y.XmlElement) || element.nodeName !== "variant") continue;
    const id = element.getAttribute("id");
    const of = element.getAttribute("of");
    if (id && of) found.push({ id, of, by: element.getAttribute("by") ?? "", element });
  }
  return found;
}

export function preparedById(doc: Y.Doc, id: string): Prepared | null {
  return prepared(doc).find((one) => one.id === id) ?? null;
}

/** Begin another wording of a passage with these words in it. */
export function begin(doc: Y.Doc, of: string, by: string, words: Node): Prepared {
  const id = mint();
  const element = new Y.XmlElement("variant");
  const block = new Y.XmlElement(words.type.name);
  // The permanent id belongs to the passage in the text; its own wording has none. Nor has it the
  // number, which stays with the passage.
  const copy = words.type.create({ ...words.attrs, id: null, label: null }, words.content, words.marks);
  doc.transact(() => {
    element.setAttribute("id", id);
    element.setAttribute("of", of);
    if (by) element.setAttribute("by", by);
    const all = root(doc);
    all.insert(all.length, [element]);
    element.insert(0, [block]);
    updateYFragment(doc, block as never, copy, { mapping: new Map(), isOMark: new Map() } as never);
  }, HERE);
  return { id, of, by, element };
}

/** Take a prepared wording away. Whether it was still there. */
export function discard(doc: Y.Doc, id: string): boolean {
  const all = root(doc);
  const index = all.toArray().findIndex(
    (element) => element instanceof Y.XmlElement && element.getAttribute("id") === id,
  );
  if (index < 0) return false;
  doc.transact(() => all.delete(index, 1), HERE);
  return true;
}
