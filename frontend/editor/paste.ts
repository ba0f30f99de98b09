// Foreign HTML made into flat passages: what Word, Google Docs, LibreOffice and web pages put on the
// clipboard, without their styles, list tricks, comments and empty spans. Notes stay notes when the
// reference and the note point at one another.

export interface Cleaned {
  html: string;
  /** how many pictures were left out */
  pictures: number;
}

type MarkTag = "strong" | "em" | "s" | "sub" | "sup" | "code";

interface Context {
  marks: ReadonlySet<MarkTag>;
  href: string;
  lists: number;
  ordered: boolean;
  quote: boolean;
  /** the list item we are in: its first block is the item, the others go on below it */
  item: { depth: number; ordered: boolean; used: boolean } | null;
  block: Record<string, string>;
}

const BLOCKS = new Set(
  "address article aside body center dd details dir div dl dt fieldset figcaption figure footer form header html main nav p section summary tbody td tfoot th thead tr".split(" "),
);
const SKIPPED = new Set(
  "applet audio base button canvas datalist embed frame frameset head iframe input link map meta noembed noframes noscript object option param script select source style svg template textarea title video xml".split(" "),
);
const PICTURES = new Set(["img", "picture", "v:shape", "v:imagedata"]);

const MARKS: Record<string, MarkTag> = {
  b: "strong",
  strong: "strong",
  i: "em",
  em: "em",
  cite: "em",
  dfn: "em",
  var: "em",
  s: "s",
  strike: "s",
  del: "s",
  sub: "sub",
  sup: "sup",
  code: "code",
  kbd: "code",
  samp: "code",
  tt: "code",
};

const styleOf = (element: Element): string =>
  (element.getAttribute("data-style") ?? "").replace(/\s+/g, " ").toLowerCase();
const tagOf = (element: Element): string => element.tagName.toLowerCase();

export function cleanHtml(html: string): Cleaned {
  const parsed = new DOMParser().parseFromString(unstyled(html), "text/html");
  const cleaner = new Cleaner(parsed);
  return { html: cleaner.clean(), pictures: cleaner.pictures };
}

/** Styles put where they have no effect: we read them, and the page's policy refuses to apply them
 * (and complains of each) even to a document that nobody sees. */
function unstyled(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?(<\/style\s*>|$)/gi, "")
    .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^>"'])*>/gi, (tag) => tag.replace(/(\s)style(\s*=)/gi, "$1data-style$2"));
}

class Cleaner {
  pictures = 0;
  readonly #source: Document;
  readonly #out: HTMLElement;
  readonly #notes = new Map<Element, Element>();
  readonly #noteBodies = new Set<Element>();
  readonly #backlinks = new Set<Element>();
  #open: HTMLElement | null = null;

  constructor(source: Document) {
    this.#source = source;
    this.#out = source.createElement("div");
  }

  clean(): string {
    this.#findNotes();
    const body = this.#source.body;
    const context: Context = {
      marks: new Set(),
      href: "",
      lists: 0,
      ordered: false,
      quote: false,
      item: null,
      block: {},
    };
    for (const child of [...body.childNodes]) this.#walk(child, context);
    this.#close();
    return this.#out.innerHTML;
  }

  // Notes

  #findNotes(): void {
    const named = new Map<string, Element>();
    for (const one of this.#source.querySelectorAll("[id], a[name]"))
      for (const name of [one.getAttribute("id"), one.getAttribute("name")])
        if (name && !named.has(name)) named.set(name, one);
    const anchors = [...this.#source.querySelectorAll('a[href*="#"]')];
    const target = (anchor: Element) => {
      const href = anchor.getAttribute("href") ?? "";
      return named.get(decoded(href.slice(href.indexOf("#") + 1)));
    };
    const order = new Map(anchors.map((anchor, index) => [anchor, index]));
    for (const anchor of anchors) {
      const found = target(anchor);
      if (!found || found === anchor) continue;
      const body = noteBody(found);
      if (!body || body.contains(anchor)) continue;
      const back = [...body.querySelectorAll('a[href*="#"]')].find((one) => {
        const to = target(one);
        return to !== undefined && (to === anchor || to.contains(anchor) || anchor.contains(to) || to === anchor.parentElement);
      });
      if (!back || (order.get(back) ?? 0) < (order.get(anchor) ?? 0)) continue;
      const label = anchor.textContent?.trim() ?? "";
      if (!/^[[(]?[\p{L}\p{N}*†‡§]{0,6}[\])]?$/u.test(label)) continue;
      this.#notes.set(anchor, body);
      this.#noteBodies.add(body);
      this.#backlinks.add(back);
    }
  }

  #note(anchor: Element): void {
    const body = this.#notes.get(anchor);
    if (!body) return;
    const note = this.#source.createElement("span");
    note.setAttribute("data-footnote", "yes");
    const held = this.#open;
    this.#open = note;
    let first = true;
    const read = (node: Node, context: Context) => {
      if (this.#backlinks.has(node as Element)) return;
      if (node.nodeType === 1) {
        const tag = tagOf(node as Element);
        if (tag === "a" && this.#notes.has(node as Element)) return;
        if (tag === "p" || tag === "li" || tag === "div") {
          if (!first && note.textContent?.trim()) note.append(this.#source.createElement("br"));
          first = false;
          for (const child of [...node.childNodes]) read(child, context);
          return;
        }
      }
      this.#inline(node, context, read);
    };
    const plain: Context = { marks: new Set(), href: "", lists: 0, ordered: false, quote: false, item: null, block: {} };
    for (const child of [...body.childNodes]) read(child, plain);
    this.#open = held;
    tidy(note);
    // The number that some programs leave before the words of a note.
    const begin = firstText(note);
    if (begin) begin.data = begin.data.replace(/^\s*[[(]?\d{1,4}[\])]?[.:]?\s+/, "").trimStart();
    this.#ensure(plain).append(note);
  }

  // Blocks

  #close(): void {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    tidy(open);
    if (!open.textContent?.trim() && !open.querySelector("[data-footnote]")) open.remove();
  }

  #begin(data: Record<string, string>): HTMLElement {
    this.#close();
    const open = this.#source.createElement(data.kind === "code" ? "pre" : "p");
    for (const [name, value] of Object.entries(data)) if (value) open.setAttribute(`data-${name}`, value);
    this.#out.append(open);
    this.#open = open;
    return open;
  }

  /** The block that words go into, begun if there is none. */
  #ensure(context: Context): HTMLElement {
    if (this.#open) return this.#open;
    const { item } = context;
    if (context.block.kind) return this.#begin(context.block);
    if (item) {
      const kind = item.used ? "paragraph" : "item";
      const ordered = kind === "item" && item.ordered ? "yes" : "";
      item.used = true;
      return this.#begin({ kind, depth: String(item.depth), ordered, quoted: context.quote ? "yes" : "" });
    }
    return this.#begin({ kind: context.quote ? "quote" : "paragraph" });
  }

  #walk = (node: Node, context: Context): void => {
    if (node.nodeType === 3) return this.#inline(node, context, this.#walk);
    if (node.nodeType !== 1) return;
    const element = node as Element;
    const tag = tagOf(element);
    const style = styleOf(element);
    if (this.#noteBodies.has(element) || this.#dropped(element, tag, style)) return;
    const inside = (more: Partial<Context> = {}) => {
      for (const child of [...element.childNodes]) this.#walk(child, { ...context, ...more });
    };

    const heading = headingDepth(element, tag, style);
    if (heading > 0) {
      this.#close();
      const quiet = new Set(context.marks);
      inside({ block: { kind: "heading", depth: String(heading) }, marks: quiet, item: null });
      return this.#close();
    }
    if (tag === "ul" || tag === "ol" || tag === "menu") {
      this.#close();
      inside({ lists: context.lists + 1, ordered: tag === "ol", block: {} });
      return this.#close();
    }
    if (tag === "li") {
      this.#close();
      const level = Number.parseInt(element.getAttribute("aria-level") ?? "", 10);
      const depth = Math.min(9, Math.max(1, level || context.lists));
      const none = /list-style-type: ?none/.test(style) && !element.querySelector("ul, ol");
      const item = { depth, ordered: context.ordered, used: false };
      inside({ item: none && context.lists === 0 ? null : item, block: {} });
      return this.#close();
    }
    if (tag === "blockquote") {
      this.#close();
      inside({ quote: true, block: {} });
      return this.#close();
    }
    if (tag === "pre") {
      const open = this.#begin({ kind: "code" });
      open.append((element.textContent ?? "").replace(/\r\n?/g, "\n").replace(/^\n|\n$/g, ""));
      this.#open = null;
      return;
    }
    if (tag === "table") return this.#table(element, context);
    if (tag === "hr") return this.#close();
    if (BLOCKS.has(tag)) {
      this.#close();
      const word = tag === "p" || tag === "div" ? wordItem(element, style) : null;
      if (word) inside({ item: { ...word, used: false }, block: {} });
      else if (/\bmso(intense)?quote/i.test(element.className)) inside({ block: { kind: "quote" } });
      else inside();
      return this.#close();
    }
    this.#inline(node, context, this.#walk);
  };

  #dropped(element: Element, tag: string, style: string): boolean {
    if (PICTURES.has(tag)) {
      this.pictures++;
      return true;
    }
    if (SKIPPED.has(tag) || /^(v|w|m|x):/.test(tag)) return tag !== "w:sdt";
    if (/(^|[;\s])display: ?none|mso-hide: ?all/.test(style)) return true;
    if (/mso-element: ?comment|mso-list: ?ignore|mso-special-character: ?comment/.test(style)) return true;
    if (/\bmsocom(anchor|off)|\bmsocommentreference/i.test(element.className)) return true;
    // A tracked deletion is not part of what somebody meant to paste.
    return tag === "del" && (element.hasAttribute("datetime") || element.hasAttribute("cite"));
  }

  // Words

  #inline(node: Node, context: Context, walk: (node: Node, context: Context) => void): void {
    if (node.nodeType === 3) {
      const words = (node.nodeValue ?? "").replace(/[\t\n\r\f ]+/g, " ").replace(/[\u00a0 ]{2,}/g, " ");
      if (!words.trim() && !this.#open) return;
      if (words) this.#ensure(context).append(this.#marked(words, context));
      return;
    }
    if (node.nodeType !== 1) return;
    const element = node as Element;
    const tag = tagOf(element);
    if (this.#dropped(element, tag, styleOf(element))) return;
    if (tag === "br") {
      // Google and Word put one between paragraphs; inside a block it is a line end.
      if (this.#open) this.#open.append(this.#source.createElement("br"));
      return;
    }
    if (tag === "a" && this.#notes.has(element)) {
      this.#ensure(context);
      this.#note(element);
      return;
    }
    // The raised frame around a reference belongs to its number, not to the note.
    const only = tag === "sup" ? element.querySelector("a") : null;
    if (only && this.#notes.has(only) && element.textContent?.trim() === only.textContent?.trim()) {
      this.#ensure(context);
      this.#note(only);
      return;
    }
    const inner = { ...context, marks: this.#marks(element, tag, context) };
    if (tag === "a") {
      const href = element.getAttribute("href") ?? "";
      if (/^(https?:\/\/|mailto:)/i.test(href.trim())) inner.href = unwrapped(href.trim());
    }
    for (const child of [...element.childNodes]) walk(child, inner);
  }

  #marks(element: Element, tag: string, context: Context): ReadonlySet<MarkTag> {
    const style = styleOf(element);
    const own = MARKS[tag];
    if (!own && !style) return context.marks;
    const marks = new Set(context.marks);
    if (own) marks.add(own);
    const weight = /font-weight: ?(\w+)/.exec(style)?.[1];
    if (weight) {
      if (weight === "bold" || weight === "bolder" || Number(weight) >= 600) marks.add("strong");
      else marks.delete("strong");
    }
    const slant = /font-style: ?(\w+)/.exec(style)?.[1];
    if (slant === "italic" || slant === "oblique") marks.add("em");
    else if (slant === "normal") marks.delete("em");
    if (/text-decoration(-line)?:[^;]*line-through/.test(style)) marks.add("s");
    const raised = /vertical-align: ?(\w+)/.exec(style)?.[1];
    if (raised === "super") marks.add("sup");
    else if (raised === "sub") marks.add("sub");
    else if (raised === "baseline") {
      marks.delete("sup");
      marks.delete("sub");
    }
    // A heading is set bold by its kind.
    if (context.block.kind === "heading") marks.delete("strong");
    return marks;
  }

  #marked(words: string, context: Context): Node {
    let node: Node = this.#source.createTextNode(words);
    const wrap = (tag: string) => {
      const made = this.#source.createElement(tag);
      made.append(node);
      node = made;
      return made;
    };
    for (const mark of context.marks) wrap(mark);
    if (context.href) wrap("a").setAttribute("href", context.href);
    return node;
  }

  // Tables

  #table(table: Element, context: Context): void {
    this.#close();
    const rows = [...table.querySelectorAll("tr")].filter((row) => row.closest("table") === table);
    const cellsOf = (row: Element) => [...row.children].filter((cell) => /^t[dh]$/.test(tagOf(cell)));
    const all = rows.map(cellsOf).filter((cells) => cells.length > 0);
    if (all.length === 0) return;
    if (all.length === 1 && all[0]!.length === 1) {
      // One cell is a frame, not a table.
      for (const child of [...all[0]![0]!.childNodes]) this.#walk(child, { ...context, block: {} });
      this.#close();
      return;
    }
    const made = this.#source.createElement("table");
    const caption = this.#source.createElement("caption");
    made.append(caption);
    const told = [...table.children].find((child) => tagOf(child) === "caption");
    if (told) this.#fill(caption, told);
    let headers = 0;
    const heads = all.map((cells) => cells.every((cell) => tagOf(cell) === "th") || cells[0]!.closest("thead") !== null);
    while (heads[headers]) headers++;
    const width = Math.min(
      40,
      Math.max(...all.map((cells) => cells.reduce((sum, cell) => sum + span(cell, "colspan"), 0))),
    );
    const held: number[] = [];
    for (const cells of all) {
      const row = this.#source.createElement("tr");
      let column = 0;
      const put = (cell?: Element) => {
        const data = this.#source.createElement("td");
        if (cell) this.#fill(data, cell);
        row.append(data);
        column++;
      };
      const skip = () => {
        while ((held[column] ?? 0) > 0 && column < width) {
          held[column]!--;
          put();
        }
      };
      for (const cell of cells) {
        skip();
        if (column >= width) break;
        const down = span(cell, "rowspan") - 1;
        const across = span(cell, "colspan");
        for (let index = 0; index < across && column < width; index++) {
          if (down > 0) held[column] = down;
          put(index === 0 ? cell : undefined);
        }
      }
      skip();
      while (column < width) put();
      made.append(row);
    }
    if (headers !== 1) made.setAttribute("data-headers", String(headers));
    made.setAttribute("data-kind", "table");
    this.#out.append(made);
  }

  /** Inline words of a cell: its paragraphs become lines. */
  #fill(into: HTMLElement, from: Element): void {
    const held = this.#open;
    this.#open = into;
    const context: Context = { marks: new Set(), href: "", lists: 0, ordered: false, quote: false, item: null, block: {} };
    const read = (node: Node, inner: Context): void => {
      if (node.nodeType !== 1) return this.#inline(node, inner, read);
      const tag = tagOf(node as Element);
      if (this.#noteBodies.has(node as Element)) return;
      if (BLOCKS.has(tag) || /^(h[1-6]|li|ul|ol|pre|blockquote|table|hr)$/.test(tag)) {
        if (this.#dropped(node as Element, tag, styleOf(node as Element))) return;
        if (into.textContent?.trim() && into.lastChild?.nodeName !== "BR") into.append(this.#source.createElement("br"));
        for (const child of [...node.childNodes]) read(child, inner);
        return;
      }
      this.#inline(node, inner, read);
    };
    for (const child of [...from.childNodes]) read(child, context);
    this.#open = held;
    tidy(into);
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function noteBody(target: Element): Element | null {
  return (
    target.closest('[data-style*="mso-element:footnote"], [data-style*="mso-element: footnote"], [data-style*="mso-element:endnote"]') ??
    (/^sdfootnote\d+$|^sdendnote\d+$|^ftn\d+$|^edn\d+$/.test(target.closest("div")?.id ?? "")
      ? target.closest("div")
      : target.closest("li, p, dd, div"))
  );
}

function headingDepth(element: Element, tag: string, style: string): number {
  if (/^h[1-6]$/.test(tag)) return Number(tag[1]);
  if (tag !== "p" && tag !== "div") return 0;
  if (element.getAttribute("role") === "heading")
    return Math.min(9, Math.max(1, Number(element.getAttribute("aria-level")) || 2));
  const level = /mso-outline-level: ?(\d)/.exec(style)?.[1];
  if (level && tag === "p") return Math.min(9, Number(level));
  const named = /\bmsoheading(\d)/i.exec(element.className)?.[1];
  if (named) return Number(named);
  return /\bmsotitle\b/i.test(element.className) ? 1 : 0;
}

/** A paragraph that Word means as a list item. */
function wordItem(element: Element, style: string): { depth: number; ordered: boolean } | null {
  const level = /mso-list: ?[^;]*level(\d+)/.exec(style)?.[1];
  if (!level || /mso-list: ?none/.test(style)) return null;
  const marker = [...element.querySelectorAll("[data-style]")].find((one) => /mso-list: ?ignore/.test(styleOf(one)));
  const sign = marker?.textContent?.replace(/[\s\u00a0]+/g, "") ?? "";
  return {
    depth: Math.min(9, Math.max(1, Number(level))),
    ordered: /^[[(]?(\d+|[a-z]|[ivxlcdm]+)([.)\]]|\.\d+)*$/i.test(sign) && /[\dA-Za-z][.)\]]|^\d+$/.test(sign) && sign.toLowerCase() !== "o",
  };
}

/** Google leads links through itself. */
function unwrapped(href: string): string {
  const inner = /^https:\/\/www\.google\.com\/url\?(?:.*&)?q=([^&]+)/.exec(href)?.[1];
  return inner ? decoded(inner) : href;
}

function span(cell: Element, name: "colspan" | "rowspan"): number {
  return Math.min(40, Math.max(1, Number.parseInt(cell.getAttribute(name) ?? "1", 10) || 1));
}

function texts(root: Node): Text[] {
  const found: Text[] = [];
  const read = (node: Node) => {
    if (node.nodeType === 3) found.push(node as Text);
    else for (const child of node.childNodes) read(child);
  };
  read(root);
  return found;
}

function firstText(root: Node): Text | undefined {
  return texts(root)[0];
}

/** White space once, none at the ends, no line end at the ends, no empty marks. */
function tidy(block: HTMLElement): void {
  if (block.tagName === "PRE") return;
  let before = " ";
  for (const text of texts(block)) {
    const afterBreak = text.previousSibling?.nodeName === "BR";
    if (before.endsWith(" ") || afterBreak) text.data = text.data.replace(/^ +/, "");
    if (text.data) before = text.data;
  }
  for (let last = texts(block).at(-1); last; last = texts(block).at(-1)) {
    last.data = last.data.replace(/[ \u00a0]+$/, "");
    if (last.data) break;
    last.remove();
  }
  for (const end of ["firstChild", "lastChild"] as const)
    while (block[end]?.nodeName === "BR") block[end]?.remove();
  for (const mark of [...block.querySelectorAll("strong, em, s, sub, sup, code, a")].reverse())
    if (!mark.textContent && !mark.querySelector("[data-footnote], br")) mark.remove();
}
