// Copy and paste. Copies are clean HTML (real lists, headings, tables) and plain text; within one text
// they keep the ids of passages, so that cutting and pasting moves a passage and does not end its life.
import { DOMSerializer, Fragment, type Mark, type Node, type ResolvedPos, Slice } from "prosemirror-model";
import { Plugin, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { clearSelection, passageAround } from "./commands.ts";
import type { Editor } from "./editor.ts";
import { takeFiles } from "./figure.ts";
import { cleanHtml } from "./paste.ts";
import { breakType, depthOf, kindOf, passageData, passageType, plain, schema, tableType } from "./schema.ts";
import { newAct } from "./undo.ts";

/** Characters of HTML or text that may be pasted at once. */
export const PASTE_LIMIT = 2 << 20;

const isPassages = (fragment: Fragment) =>
  fragment.firstChild?.type === passageType || fragment.firstChild?.type === tableType;

/** Writes passages as ordinary HTML, with items in lists within lists. */
export class CleanSerializer extends DOMSerializer {
  readonly #text: string;

  constructor(text: string) {
    const plainSerializer = DOMSerializer.fromSchema(schema);
    super(plainSerializer.nodes, plainSerializer.marks);
    this.#text = text;
  }

  override serializeFragment(
    fragment: Fragment,
    options: { document?: Document } = {},
    target?: HTMLElement | DocumentFragment,
  ): HTMLElement | DocumentFragment {
    if (!isPassages(fragment)) return super.serializeFragment(fragment, options, target);
    const page = options.document ?? document;
    const into = target ?? page.createDocumentFragment();
    let lists: HTMLElement[] = [];
    fragment.forEach((node) => {
      const item = kindOf(node) === "item";
      const goesOn = kindOf(node) === "paragraph" && node.attrs.depth && lists.length > 0;
      if (!item && !goesOn) {
        lists = [];
        super.serializeFragment(Fragment.from(node), options, into as HTMLElement);
        return;
      }
      const depth = depthOf(node);
      lists = lists.slice(0, depth);
      if (goesOn) {
        super.serializeFragment(Fragment.from(node), options, lists.at(-1)!.lastElementChild as HTMLElement);
        return;
      }
      const tag = node.attrs.ordered ? "ol" : "ul";
      if (lists.length === depth && lists.at(-1)!.tagName.toLowerCase() !== tag) lists.pop();
      while (lists.length < depth) {
        const list = page.createElement(lists.length === depth - 1 ? tag : "ul");
        (lists.at(-1)?.lastElementChild ?? lists.at(-1) ?? into).append(list);
        lists.push(list);
      }
      const element = page.createElement("li");
      for (const [name, value] of Object.entries(passageData(node))) element.setAttribute(name, value);
      super.serializeFragment(node.content, options, element);
      lists.at(-1)!.append(element);
    });
    const first = into.firstChild;
    if (first instanceof Element || (first as Element | null)?.setAttribute)
      (first as Element).setAttribute("data-text", this.#text);
    return into;
  }
}

/** The words as plain text: a blank line between passages, signs before items. */
export function plainText(slice: Slice): string {
  if (!isPassages(slice.content)) return slice.content.textBetween(0, slice.content.size, "\n", (leaf) => (leaf.type === breakType ? "\n" : ""));
  const parts: string[] = [];
  const counts: number[] = [];
  let wasItem = false;
  slice.content.forEach((node) => {
    const kind = kindOf(node);
    const item = kind === "item";
    const depth = depthOf(node);
    if (!item) counts.length = 0;
    let words = "";
    if (node.type === tableType) words = plain(node).replaceAll(" | ", "\t");
    else {
      node.forEach((child) => {
        if (child.isText) words += child.text;
        else if (child.type === breakType) words += "\n";
        else words += ` [${plain(child)}]`;
      });
    }
    if (item) {
      counts.length = depth;
      counts[depth - 1] = (counts[depth - 1] ?? 0) + 1;
      const label: string = node.attrs.label ?? (node.attrs.ordered ? `${counts[depth - 1]}.` : "-");
      words = `${"  ".repeat(depth - 1)}${label} ${words}`;
    }
    parts.push((parts.length === 0 ? "" : item && wasItem ? "\n" : "\n\n") + words);
    wasItem = item;
  });
  return parts.join("");
}

/** Plain text as passages: one for each line that is not empty. */
export function textSlice(text: string, marks: readonly Mark[] = []): Slice {
  const lines = text
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .split("\n")
    // Nothing that no person can see and no server will keep.
    .map((line) => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ""))
    .filter((line) => line.trim() !== "");
  const passages = lines.map((line) =>
    passageType.create(null, schema.text(line.replace(/\t/g, " "), marks)),
  );
  return new Slice(Fragment.fromArray(passages), 1, 1).content.size > 0
    ? new Slice(Fragment.fromArray(passages), 1, 1)
    : Slice.empty;
}

/** A slice as words within one passage: blocks become lines. */
export function inlineContent(slice: Slice, code = false): Fragment {
  const nodes: Node[] = [];
  const add = (content: Fragment) => {
    if (nodes.length > 0) nodes.push(code ? schema.text("\n") : breakType.create());
    content.forEach((child) => {
      if (!code) nodes.push(child);
      else nodes.push(schema.text(child.isText ? child.text! : child.type === breakType ? "\n" : plain(child) || " "));
    });
  };
  const read = (node: Node) => {
    if (node.isTextblock) {
      if (node.content.size > 0) add(node.content);
    } else node.forEach(read);
  };
  if (slice.content.firstChild?.isInline) return slice.content;
  slice.content.forEach(read);
  return Fragment.fromArray(nodes);
}

function withoutIds(fragment: Fragment): Fragment {
  const nodes: Node[] = [];
  fragment.forEach((node) => {
    nodes.push(
      node.attrs.id ? node.type.create({ ...node.attrs, id: null, label: null }, node.content, node.marks) : node,
    );
  });
  return Fragment.fromArray(nodes);
}

const runsOn = (node: Node | null | undefined) =>
  node?.type === passageType && kindOf(node) === "paragraph" && !node.attrs.depth;

/**
 * Several passages put in at the caret. A paragraph at the seam runs on with the words there; everything
 * else stays a passage of its own, and the passage that is written in keeps its kind. Null when the caret
 * is not in the words of a passage.
 */
export function pasteBlocks(view: EditorView, slice: Slice): Transaction | null {
  const transaction = view.state.tr;
  if (!transaction.selection.empty) transaction.deleteSelection();
  const { $from } = transaction.selection;
  if ($from.depth !== 1 || $from.parent.type !== passageType) return null;
  const place = passageAround(transaction);
  if (!place) return null;
  let nodes = slice.content.content;
  let caret = $from.pos;
  const size = $from.parent.content.size;
  const { parentOffset } = $from;
  if (parentOffset > 0 && slice.openStart > 0 && runsOn(nodes[0])) {
    const first = nodes[0]!.content;
    transaction.insert(caret, first);
    caret += first.size;
    nodes = nodes.slice(1);
  }
  let last: Node | null = null;
  let before: number;
  if (parentOffset === 0) {
    before = place.start;
    const end = nodes.at(-1);
    if (slice.openEnd > 0 && size > 0 && runsOn(end)) {
      last = end ?? null;
      transaction.insert(caret, last!.content);
      nodes = nodes.slice(0, -1);
    }
  } else if (parentOffset === size) before = caret + 1;
  else {
    transaction.split(caret, 1, [{ type: passageType, attrs: place.node.attrs }]);
    before = caret + 1;
    const end = nodes.at(-1);
    if (slice.openEnd > 0 && runsOn(end)) {
      last = end ?? null;
      transaction.insert(before + 1, last!.content);
      nodes = nodes.slice(0, -1);
    }
  }
  const content = Fragment.fromArray([...nodes]);
  transaction.insert(before, content);
  const at = before + content.size;
  const target = last ? at + 1 + last.content.size : content.size > 0 ? at - 1 : caret;
  return transaction.setSelection(TextSelection.near(transaction.doc.resolve(target), -1));
}

export function clipboardPlugin(editor: Editor, single = false): Plugin {
  const { words, config } = editor;
  let own = false;
  const refuse = (event: ClipboardEvent | DragEvent, data: DataTransfer | null): boolean => {
    const size = Math.max(
      data?.getData("text/html").length ?? 0,
      data?.getData("text/plain").length ?? 0,
    );
    if (size <= PASTE_LIMIT) return false;
    event.preventDefault();
    editor.complain(words.say("paste.large", { limit: PASTE_LIMIT >> 20 }));
    return true;
  };
  return new Plugin({
    props: {
      handleDOMEvents: {
        paste: (_view, event) => refuse(event, event.clipboardData),
        drop: (_view, event) => refuse(event, event.dataTransfer),
        cut: (view, event) => {
          // A cut across cells empties them; the copy itself is made as always.
          const cleared = clearSelection(view.state);
          if (!cleared || !view.editable || !event.clipboardData) return false;
          const { dom, text } = view.serializeForClipboard(view.state.selection.content());
          event.preventDefault();
          event.clipboardData.clearData();
          event.clipboardData.setData("text/html", dom.innerHTML);
          event.clipboardData.setData("text/plain", text);
          view.dispatch(cleared.setMeta("uiEvent", "cut"));
          return true;
        },
      },
      clipboardSerializer: new CleanSerializer(config.slug),
      clipboardTextSerializer: plainText,
      clipboardTextParser: (text: string, $context: ResolvedPos) => textSlice(text, $context.marks()),
      transformPastedHTML: (html: string) => {
        own = html.includes("data-pm-slice") && html.includes(`data-text="${config.slug}"`);
        if (html.includes("data-pm-slice")) return html;
        const cleaned = cleanHtml(html);
        if (cleaned.pictures > 0) editor.complain(words.say("paste.pictures"));
        return cleaned.html;
      },
      transformPasted: (slice: Slice, _view: EditorView, asText?: boolean) => {
        if (own && !asText) return slice;
        return new Slice(withoutIds(slice.content), slice.openStart, slice.openEnd);
      },
      handlePaste: (view, event, slice) => {
        if (!view.editable) {
          editor.complain(words.say("paste.read"));
          return true;
        }
        const html = event.clipboardData?.getData("text/html");
        if (!html && slice.size === 0 && !single) return takeFiles(editor, event.clipboardData?.files);
        newAct(view.state);
        const { $from, $to } = view.state.selection;
        const words_ = $from.parent;
        const code = words_.type === passageType && kindOf(words_) === "code";
        const closed = words_.type !== passageType || single || code || kindOf(words_) === "figure";
        if (closed && $from.sameParent($to) && words_.isTextblock) {
          const transaction = view.state.tr;
          const content = inlineContent(slice, code);
          transaction.replaceWith($from.pos, $to.pos, content);
          transaction.setSelection(TextSelection.create(transaction.doc, $from.pos + content.size));
          view.dispatch(transaction.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
          return true;
        }
        const place = passageAround(view.state);
        const blocks = slice.content.childCount > 1 || slice.content.firstChild?.type === tableType;
        if (place && place.node.content.size === 0 && blocks && isPassages(slice.content)) {
          // Into an empty passage: what is pasted keeps its kinds, and takes the place's.
          const transaction = view.state.tr;
          transaction.replaceWith(place.start, place.start + place.node.nodeSize, slice.content);
          const end = place.start + slice.content.size;
          transaction.setSelection(TextSelection.near(transaction.doc.resolve(end), -1));
          view.dispatch(transaction.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
          return true;
        }
        const cleared = clearSelection(view.state);
        if (cleared) view.dispatch(cleared);
        const transaction = blocks && isPassages(slice.content) ? pasteBlocks(view, slice) : null;
        if (!transaction) return false;
        view.dispatch(transaction.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
        return true;
      },
      handleDrop: (view, event, _slice, moved) => {
        if (moved || single || !event.dataTransfer?.files.length) return false;
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
        if (at) view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at.pos))));
        const took = takeFiles(editor, event.dataTransfer.files);
        if (took) event.preventDefault();
        return took;
      },
    },
  });
}
