// How passages are shown in the editor: fields for recommendations, frames for pictures, marks for
// footnotes. Plain passages are one element each.
import type { Node } from "prosemirror-model";
import { type EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import type { EditorView, NodeView, ViewMutationRecord } from "prosemirror-view";
import { address } from "./config.ts";
import type { Editor } from "./editor.ts";
import { element, listen } from "./elements.ts";
import { choosePicture } from "./figure.ts";
import { FootnoteWindow } from "./footnote.ts";
import { kindOf, passageData, plain, tagOf } from "./schema.ts";

type GetPosition = () => number | undefined;

/** Set what `data` says and take away what it no longer says. Classes of decorations stay. */
function dress(dom: HTMLElement, data: Record<string, string>, before: Record<string, string>): void {
  for (const name of Object.keys(before))
    if (!(name in data) && name !== "class") dom.removeAttribute(name);
  if (before.class && before.class !== data.class) dom.classList.remove(...before.class.split(" "));
  for (const [name, value] of Object.entries(data)) {
    if (name === "class") dom.classList.add(...value.split(" "));
    else if (dom.getAttribute(name) !== value) dom.setAttribute(name, value);
  }
}

class PassageView implements NodeView {
  dom: HTMLElement;
  contentDOM: HTMLElement;
  protected node: Node;
  protected data: Record<string, string>;

  constructor(node: Node) {
    this.node = node;
    this.data = passageData(node);
    this.dom = document.createElement(tagOf(node));
    dress(this.dom, this.data, {});
    this.contentDOM = this.dom;
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || tagOf(node) !== tagOf(this.node)) return false;
    if (node.attrs !== this.node.attrs) {
      const data = passageData(node);
      dress(this.dom, data, this.data);
      this.data = data;
    }
    this.node = node;
    return true;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    if (mutation.type === "selection") return false;
    // Marks of state are put on the element from outside; only its words are the passage.
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
}

/** Write an attribute of the passage a view shows, unless somebody may not. */
function setAttribute(
  view: EditorView,
  getPosition: GetPosition,
  name: string,
  value: string | null,
): boolean {
  const position = getPosition();
  if (position === undefined || !view.editable) return false;
  const node = view.state.doc.nodeAt(position);
  if (!node || node.attrs[name] === value) return true;
  view.dispatch(view.state.tr.setNodeAttribute(position, name, value));
  return view.state.doc.nodeAt(position)?.attrs[name] === value;
}

/** A field inside a passage: sent when typing rests, and follows what others put in. */
function boundField(
  control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement,
  view: EditorView,
  getPosition: GetPosition,
  name: string,
  read: () => string,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const send = () => {
    clearTimeout(timer);
    timer = undefined;
    const value = control.value.trim() || null;
    if (!setAttribute(view, getPosition, name, value)) control.value = read();
  };
  listen(control, {
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(send, 400);
    },
    change: send,
    blur: () => {
      if (timer !== undefined) send();
    },
    keydown: (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      const position = getPosition();
      if (position === undefined) return;
      view.dispatch(
        view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(position + 1))),
      );
      view.focus();
    },
  });
  return () => {
    control.disabled = !view.editable;
    if (timer === undefined && control.value !== read()) control.value = read();
  };
}

class RecommendationView extends PassageView {
  #fields: HTMLElement;
  #refresh: (() => void)[] = [];
  #missing: HTMLElement;

  constructor(node: Node, view: EditorView, getPosition: GetPosition, editor: Editor) {
    super(node);
    const { words } = editor;
    // A group, not a region: forty-three landmarks of one name would lead nowhere.
    this.dom.setAttribute("role", "group");
    this.dom.setAttribute("aria-label", words.say("asks.label"));
    this.contentDOM = element("p", { class: "words" });
    const make = (name: "area" | "addressee" | "level", control: HTMLInputElement | HTMLSelectElement) => {
      this.#refresh.push(
        boundField(control, view, getPosition, name, () =>
          String(this.node.attrs[name] ?? (name === "level" ? "both" : "")),
        ),
      );
      return element("label", {}, element("span", {}, words.say(`asks.${name}`)), control);
    };
    const level = element("select", { class: "input" });
    for (const value of ["both", "centre", "branch"] as const)
      level.append(element("option", { value }, words.say(`asks.level.${value}`)));
    this.#missing = element("p", { class: "asks-missing" }, words.say("asks.missing"));
    this.#fields = element(
      "div",
      { class: "asks asks-fields", contenteditable: "false" },
      make("area", element("input", { class: "input", type: "text", maxlength: 500 })),
      make("addressee", element("input", { class: "input", type: "text", maxlength: 500 })),
      make("level", level),
      this.#missing,
    );
    this.dom.append(this.contentDOM, this.#fields);
    this.#show();
  }

  #show(): void {
    for (const refresh of this.#refresh) refresh();
    this.#missing.hidden = Boolean(this.node.attrs.area && this.node.attrs.addressee);
  }

  override update(node: Node): boolean {
    if (kindOf(node) !== "recommendation" || !super.update(node)) return false;
    this.#show();
    return true;
  }

  stopEvent(event: Event): boolean {
    return this.#fields.contains(event.target as globalThis.Node);
  }

  override ignoreMutation(mutation: ViewMutationRecord): boolean {
    return (
      (mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)) ||
      (mutation.type === "selection" && this.#fields.contains(mutation.target)) ||
      super.ignoreMutation(mutation)
    );
  }
}

class FigureView extends PassageView {
  #frame: HTMLElement;
  #picture = element("div", { class: "figure-picture" });
  #choose: HTMLButtonElement;
  #refreshAlt: () => void;
  #needed: HTMLElement;
  #shown = "";
  #editor: Editor;
  #view: EditorView;

  constructor(node: Node, view: EditorView, getPosition: GetPosition, editor: Editor) {
    super(node);
    this.#editor = editor;
    this.#view = view;
    const { words } = editor;
    const alt = element("textarea", { class: "input", rows: 2, maxlength: 2000 });
    this.#refreshAlt = boundField(alt, view, getPosition, "alt", () => String(this.node.attrs.alt ?? ""));
    this.#needed = element("p", { class: "asks-missing" }, words.say("figure.alt.needed"));
    this.#choose = listen(element("button", { type: "button", class: "button button-small" }), {
      click: () =>
        choosePicture(editor, this.#choose, (image) => {
          setAttribute(view, getPosition, "image", image);
          alt.focus();
        }),
    });
    this.#frame = element(
      "div",
      { class: "figure-frame", contenteditable: "false" },
      this.#picture,
      element(
        "div",
        { class: "figure-fields" },
        element("label", {}, element("span", {}, words.say("figure.alt")), alt),
        this.#needed,
        this.#choose,
      ),
    );
    this.contentDOM = element("figcaption", { "data-placeholder": words.say("figure.caption") });
    this.dom.append(this.#frame, this.contentDOM);
    this.#show();
  }

  #show(): void {
    const { words, config } = this.#editor;
    const { image, alt } = this.node.attrs;
    this.#refreshAlt();
    this.#needed.hidden = Boolean(alt);
    this.#choose.textContent = words.say(image ? "figure.replace" : "figure.choose");
    this.#choose.disabled = !this.#view.editable;
    if (this.#shown !== `${image} ${alt}`) {
      this.#shown = `${image} ${alt}`;
      this.#picture.replaceChildren(
        image
          ? element("img", {
              src: address(config, "pictures", image),
              alt: alt ?? "",
              loading: "lazy",
              draggable: "false",
            })
          : element("p", { class: "picture-missing" }, words.say("figure.none")),
      );
    }
  }

  override update(node: Node): boolean {
    if (kindOf(node) !== "figure" || !super.update(node)) return false;
    this.#show();
    return true;
  }

  stopEvent(event: Event): boolean {
    return this.#frame.contains(event.target as globalThis.Node);
  }

  override ignoreMutation(mutation: ViewMutationRecord): boolean {
    return (
      !this.contentDOM.contains(mutation.target) ||
      (mutation.type !== "selection" && super.ignoreMutation(mutation))
    );
  }
}

class TableView implements NodeView {
  dom: HTMLElement;
  contentDOM: HTMLTableElement;
  #node: Node;
  #data: Record<string, string>;

  constructor(node: Node, editor: Editor) {
    this.#node = node;
    this.#data = passageData(node);
    this.contentDOM = element("table");
    // A wide table scrolls in a box of its own, which the keyboard has to reach.
    const label = editor.words.say("table.label");
    this.dom = element("div", {},
      element("div", { class: "scroll", role: "group", tabindex: "0", "aria-label": label },
        this.contentDOM));
    dress(this.dom, this.#data, {});
    this.#heads();
  }

  update(node: Node): boolean {
    if (node.type !== this.#node.type) return false;
    const data = passageData(node);
    dress(this.dom, data, this.#data);
    this.#data = data;
    this.#node = node;
    this.#heads();
    return true;
  }

  /** Cells of the first rows are headings of columns; their elements are made by others, later. */
  #heads(): void {
    const headers = Math.max(0, Number.parseInt(this.#node.attrs.headers ?? "1", 10) || 0);
    queueMicrotask(() => {
      [...this.contentDOM.rows].forEach((row, index) => {
        for (const cell of row.cells) {
          const role = index < headers ? "columnheader" : null;
          if (cell.getAttribute("role") === role) continue;
          if (role) cell.setAttribute("role", role);
          else cell.removeAttribute("role");
        }
      });
    });
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    if (mutation.type === "selection") return false;
    return mutation.type === "attributes" || !this.contentDOM.contains(mutation.target);
  }
}

/** A cell whose role is set from outside without that counting as a change of words. */
class CellView implements NodeView {
  dom = element("td");
  contentDOM = this.dom;

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
}

class CaptionView implements NodeView {
  dom: HTMLElement;
  contentDOM: HTMLElement;

  constructor(editor: Editor) {
    this.dom = element("caption", { "data-placeholder": editor.words.say("table.caption") });
    this.contentDOM = this.dom;
  }
}

export class FootnoteView implements NodeView {
  dom: HTMLElement;
  node: Node;
  readonly view: EditorView;
  readonly getPosition: GetPosition;
  readonly editor: Editor;
  readonly #mark: HTMLElement;
  #window: FootnoteWindow | null = null;

  constructor(node: Node, view: EditorView, getPosition: GetPosition, editor: Editor) {
    this.node = node;
    this.view = view;
    this.getPosition = getPosition;
    this.editor = editor;
    this.#mark = listen(element("span", { class: "note-mark", role: "button" }), {
      click: () => this.open(),
    });
    this.dom = element("sup", { class: "note", contenteditable: "false" }, this.#mark);
    (this.dom as HTMLElement & { note?: FootnoteView }).note = this;
    this.number = "";
  }

  get words(): string {
    return plain(this.node);
  }

  /** Its number in the text, given when all are counted. */
  set number(number: string) {
    const { words } = this.editor;
    const shown = number || "•";
    if (this.#mark.textContent !== shown) this.#mark.textContent = shown;
    const label = this.words
      ? words.say("footnote.mark", { n: shown, words: this.words })
      : words.say("footnote.mark.empty", { n: shown });
    if (this.#mark.getAttribute("aria-label") !== label) {
      this.#mark.setAttribute("aria-label", label);
      this.#mark.title = this.words;
    }
  }

  get number(): string {
    return this.#mark.textContent ?? "";
  }

  open(): void {
    const position = this.getPosition();
    if (position === undefined || this.#window) return;
    this.view.dispatch(
      this.view.state.tr.setSelection(NodeSelection.create(this.view.state.doc, position)),
    );
    this.#window = new FootnoteWindow(this, () => (this.#window = null));
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    const changed = node !== this.node;
    this.node = node;
    if (changed) {
      this.#window?.follow(node);
      this.number = this.number;
    }
    return true;
  }

  selectNode(): void {
    this.dom.classList.add("ProseMirror-selectednode");
  }

  deselectNode(): void {
    this.dom.classList.remove("ProseMirror-selectednode");
  }

  stopEvent(event: Event): boolean {
    return event.type === "mousedown" || event.type === "click";
  }

  ignoreMutation(): boolean {
    return true;
  }

  destroy(): void {
    this.#window?.close(false);
  }
}

/** The footnote that is selected, if one is. */
export function selectedFootnote(view: EditorView, state: EditorState): FootnoteView | null {
  const { selection } = state;
  if (!(selection instanceof NodeSelection) || selection.node.type.name !== "footnote") return null;
  const dom = view.nodeDOM(selection.from) as (HTMLElement & { note?: FootnoteView }) | null;
  return dom?.note ?? null;
}

export function nodeViews(editor: Editor) {
  return {
    passage: (node: Node, view: EditorView, getPosition: GetPosition) => {
      const kind = kindOf(node);
      if (kind === "recommendation") return new RecommendationView(node, view, getPosition, editor);
      if (kind === "figure") return new FigureView(node, view, getPosition, editor);
      return new PassageView(node);
    },
    table: (node: Node) => new TableView(node, editor),
    caption: () => new CaptionView(editor),
    cell: () => new CellView(),
    footnote: (node: Node, view: EditorView, getPosition: GetPosition) =>
      new FootnoteView(node, view, getPosition, editor),
  };
}
