// The shape of a text, version 1: a flat list of passages. The server checks every update against the
// same shape; a change here needs a new SCHEMA_VERSION there and here.
import { type Attrs, type DOMOutputSpec, type Node, Schema } from "prosemirror-model";

export const SCHEMA_VERSION = 1;
export const MAX_DEPTH = 9;
export const LONGEST_PASSAGE = 60_000;

export const KINDS = [
  "heading",
  "paragraph",
  "item",
  "quote",
  "figure",
  "recommendation",
  "code",
] as const;
export type Kind = (typeof KINDS)[number];

const text = { default: null, validate: "string|null" };

/** How deep a passage is, as a number: headings and items are never at 0. */
export function depthOf(node: Node): number {
  const depth = Math.min(MAX_DEPTH, Math.max(0, Number.parseInt(node.attrs.depth ?? "", 10) || 0));
  const kind = node.attrs.kind;
  return kind === "heading" || kind === "item" ? Math.max(1, depth) : depth;
}

/** A depth as the attribute carries it: a string, and nothing for 0. */
export function depthAttribute(depth: number): string | null {
  return depth > 0 ? String(Math.min(MAX_DEPTH, depth)) : null;
}

export function kindOf(node: Node): Kind | "table" {
  if (node.type.name === "table") return "table";
  const kind = node.attrs.kind as Kind;
  return KINDS.includes(kind) ? kind : "paragraph";
}

/** The element a passage is shown as. The page's title is the h1, so a chapter is an h2. */
export function tagOf(node: Node): string {
  switch (kindOf(node)) {
    case "heading":
      return `h${Math.min(6, depthOf(node) + 1)}`;
    case "code":
      return "pre";
    case "figure":
      return "figure";
    case "recommendation":
      return "section";
    case "table":
      return "div";
    default:
      return "p";
  }
}

const PASSAGE_DATA = [
  "kind",
  "depth",
  "ordered",
  "quoted",
  "label",
  "image",
  "alt",
  "area",
  "addressee",
  "level",
] as const;

/** The attributes that an element of a passage carries, in the editor and on the clipboard. */
export function passageData(node: Node): Record<string, string> {
  const data: Record<string, string> = {
    class: `passage passage-${kindOf(node)}`,
    "data-kind": kindOf(node),
  };
  if (node.attrs.id) data["data-passage"] = node.attrs.id;
  for (const name of PASSAGE_DATA) {
    const value = node.attrs[name];
    if (name !== "kind" && value) data[`data-${name}`] = value;
  }
  if (kindOf(node) === "heading" || kindOf(node) === "item") data["data-depth"] = `${depthOf(node)}`;
  if (kindOf(node) === "heading" && depthOf(node) > 5) data["aria-level"] = `${depthOf(node) + 1}`;
  if (node.attrs.language) {
    data.lang = node.attrs.language;
    data.dir = "auto";
  }
  return data;
}

function passageOut(node: Node): DOMOutputSpec {
  const data = passageData(node);
  switch (kindOf(node)) {
    case "figure":
      return ["figure", data, ["figcaption", 0]];
    case "quote":
      return ["blockquote", data, ["p", 0]];
    case "code":
      return ["pre", data, ["code", 0]];
    default:
      return [kindOf(node) === "recommendation" ? "p" : tagOf(node), data, 0];
  }
}

function cleanId(value: string | undefined): string | null {
  return value && /^[0-9abcdefghjkmnpqrstvwxyz]{10}$/.test(value) ? value : null;
}

function short(value: string | null | undefined, limit: number): string | null {
  const kept = (value ?? "").trim().slice(0, limit);
  return kept || null;
}

function depthIn(value: string | undefined): string | null {
  const depth = Number.parseInt(value ?? "", 10);
  return depth > 0 ? depthAttribute(depth) : null;
}

function ownData(element: HTMLElement): Attrs {
  const data = element.dataset;
  const kind = KINDS.includes(data.kind as Kind) ? (data.kind as Kind) : "paragraph";
  const image = data.image && /^[0-9a-f]{64}$/.test(data.image) ? data.image : null;
  return {
    id: cleanId(data.passage),
    kind,
    depth: depthIn(data.depth),
    ordered: data.ordered ? "yes" : null,
    quoted: data.quoted ? "yes" : null,
    label: short(data.label, 20),
    language: short(element.lang, 35),
    image,
    alt: short(data.alt, 2000),
    area: short(data.area, 500),
    addressee: short(data.addressee, 500),
    level: ["centre", "branch", "both"].includes(data.level ?? "") ? data.level : null,
  };
}

function listItem(element: HTMLElement): Attrs {
  let depth = 0;
  for (let parent = element.parentElement; parent; parent = parent.parentElement)
    if (/^(ul|ol|menu)$/i.test(parent.tagName)) depth++;
  return {
    ...(element.dataset.kind ? ownData(element) : {}),
    kind: "item",
    depth: depthAttribute(Math.max(1, depthIn(element.dataset.depth) ? Number(element.dataset.depth) : depth)),
    ordered: element.parentElement?.tagName.toLowerCase() === "ol" ? "yes" : null,
  };
}

const heading = (depth: number) => ({
  tag: `h${depth}`,
  attrs: { kind: "heading", depth: String(depth) },
});

const safeAddress = /^(https?:\/\/|mailto:|#)/i;

/** An address that a link may lead to, or null. Words like "www.x.org" become https. */
export function linkAddress(value: string): string | null {
  const trimmed = value.trim();
  if (!trimmed || trimmed.length > 2000) return null;
  if (safeAddress.test(trimmed)) return trimmed;
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(trimmed)) return `mailto:${trimmed}`;
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+([/?#].*)?$/i.test(trimmed)) return `https://${trimmed}`;
  return null;
}

export const schema = new Schema({
  topNode: "doc",
  nodes: {
    // Two people may each remove the half that the other kept, so even nothing is a document.
    doc: { content: "(passage | table)*" },
    passage: {
      content: "inline*",
      group: "block",
      // Code keeps its line ends, and kind is an attribute, so all passages do.
      whitespace: "pre",
      attrs: {
        id: text,
        kind: { default: "paragraph", validate: "string" },
        depth: text,
        ordered: text,
        quoted: text,
        language: text,
        label: text,
        image: text,
        alt: text,
        area: text,
        addressee: text,
        level: text,
      },
      parseDOM: [
        { tag: "li", getAttrs: listItem, priority: 70 },
        {
          tag: "[data-kind]:not([data-kind=table])",
          getAttrs: ownData,
          contentElement: (dom) =>
            (dom as HTMLElement).querySelector<HTMLElement>(
              ":scope > p, :scope > figcaption, :scope > code",
            ) ?? (dom as HTMLElement),
          priority: 60,
        },
        ...[1, 2, 3, 4, 5, 6].map(heading),
        { tag: "blockquote > p", attrs: { kind: "quote" }, priority: 55 },
        { tag: "pre", attrs: { kind: "code" }, preserveWhitespace: "full" as const },
        { tag: "p" },
        { tag: "div", priority: 10 },
      ],
      toDOM: passageOut,
    },
    table: {
      content: "caption row+",
      group: "block",
      isolating: true,
      attrs: { id: text, quoted: text, language: text, label: text, headers: text },
      parseDOM: [
        {
          tag: "table",
          getAttrs: (element) => {
            const frame = element.closest<HTMLElement>("[data-kind=table]") ?? element;
            const headers = element.dataset.headers ?? frame.dataset.headers;
            return {
              id: cleanId(frame.dataset.passage),
              headers: headers && /^\d{1,2}$/.test(headers) ? headers : null,
              label: short(frame.dataset.label, 20),
              quoted: frame.dataset.quoted ? "yes" : null,
              language: short(frame.lang, 35),
            };
          },
        },
      ],
      toDOM: (node) => [
        "table",
        { ...passageData(node), ...(node.attrs.headers ? { "data-headers": node.attrs.headers } : {}) },
        0,
      ],
    },
    caption: {
      content: "inline*",
      whitespace: "pre",
      isolating: true,
      parseDOM: [{ tag: "caption" }],
      toDOM: () => ["caption", 0],
    },
    row: { content: "cell+", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] },
    cell: {
      content: "inline*",
      whitespace: "pre",
      isolating: true,
      parseDOM: [{ tag: "td" }, { tag: "th" }],
      toDOM: () => ["td", 0],
    },
    text: { group: "inline" },
    footnote: {
      content: "(text | break)*",
      group: "inline",
      inline: true,
      atom: true,
      draggable: true,
      attrs: { label: text },
      parseDOM: [
        {
          tag: "[data-footnote]",
          getAttrs: (element) => ({ label: short(element.dataset.label, 20) }),
          priority: 80,
        },
      ],
      toDOM: (node) => [
        "span",
        { "data-footnote": "yes", ...(node.attrs.label ? { "data-label": node.attrs.label } : {}) },
        0,
      ],
    },
    break: {
      group: "inline",
      inline: true,
      selectable: false,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
      leafText: () => "\n",
    },
  },
  marks: {
    link: {
      attrs: { href: { validate: "string" } },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (element) => {
            const href = linkAddress(element.getAttribute("href") ?? "");
            return href ? { href } : false;
          },
        },
      ],
      toDOM: (mark) => ["a", { href: mark.attrs.href, rel: "noopener noreferrer" }, 0],
    },
    strong: {
      parseDOM: [
        { tag: "strong" },
        { tag: "b" },
        { style: "font-weight=bold" },
        { style: "font-weight", getAttrs: (value) => (/^[5-9]\d\d$/.test(value) ? null : false) },
      ],
      toDOM: () => ["strong", 0],
    },
    em: {
      parseDOM: [{ tag: "em" }, { tag: "i" }, { style: "font-style=italic" }],
      toDOM: () => ["em", 0],
    },
    strike: {
      parseDOM: [{ tag: "s" }, { tag: "strike" }, { tag: "del" }],
      toDOM: () => ["s", 0],
    },
    sub: { parseDOM: [{ tag: "sub" }], toDOM: () => ["sub", 0] },
    sup: { parseDOM: [{ tag: "sup" }], toDOM: () => ["sup", 0] },
    code: { parseDOM: [{ tag: "code" }, { tag: "kbd" }], toDOM: () => ["code", 0] },
  },
});

const nodes = schema.nodes;
export const passageType = nodes.passage!;
export const tableType = nodes.table!;
export const captionType = nodes.caption!;
export const rowType = nodes.row!;
export const cellType = nodes.cell!;
export const footnoteType = nodes.footnote!;
export const breakType = nodes.break!;

/** The words of a passage for people: notes follow in brackets where they stand, cells by bars. */
export function plain(node: Node): string {
  if (node.type === tableType) {
    const lines: string[] = [];
    node.forEach((child) => {
      if (child.type === captionType) lines.push(plain(child));
      else {
        const cells: string[] = [];
        child.forEach((cell) => {
          cells.push(plain(cell));
        });
        lines.push(cells.join(" | "));
      }
    });
    return lines.filter(Boolean).join("\n");
  }
  let words = "";
  node.forEach((child) => {
    if (child.isText) words += child.text;
    else if (child.type === breakType) words += " ";
    else if (child.type === footnoteType) words += ` [${plain(child)}]`;
  });
  return words;
}
