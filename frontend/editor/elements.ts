// Making elements. Never with markup in a string: what people write stays text.
type Child = globalThis.Node | string | null | undefined | false;
type Handlers = { [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | boolean | number | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

export function listen<Target extends HTMLElement>(target: Target, handlers: Handlers): Target {
  for (const [name, act] of Object.entries(handlers))
    target.addEventListener(name, act as EventListener);
  return target;
}

const SVG = "http://www.w3.org/2000/svg";

/** Drawings of the tools, on a field of 24 by 24, in the manner of the site's icons. */
const DRAWINGS: Record<string, string[]> = {
  undo: ["M9 14 4 9l5-5", "M4 9h10.5a5.5 5.5 0 0 1 0 11H11"],
  redo: ["m15 14 5-5-5-5", "M20 9H9.5a5.5 5.5 0 0 0 0 11H13"],
  strong: ["M7 5h6.5a3.5 3.5 0 0 1 0 7H7z", "M7 12h7.5a3.5 3.5 0 0 1 0 7H7z"],
  em: ["M14 5h-4", "M14 19h-4", "M14 5l-4 14", "M18 5h-4", "M10 19H6"],
  strike: ["M5 12h14", "M16 7a4 4 0 0 0-4-2c-2.5 0-4 1.3-4 3.2 0 1.2.6 2.1 2 2.8", "M8 17a4.6 4.6 0 0 0 4 2c2.500 0 4.200-1.300 4.200-3.300 0-.6-.1-1.100-.4-1.700"],
  sup: ["m5 8 8 10", "M13 8 5 18", "M16 5.500a1.600 1.600 0 1 1 2.800 1L16 9.500h3.500"],
  sub: ["m5 5 8 10", "M13 5 5 15", "M16 15.500a1.600 1.600 0 1 1 2.800 1L16 19.500h3.500"],
  code: ["m8 7-5 5 5 5", "m16 7 5 5-5 5"],
  link: ["M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1", "M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1"],
  bullet: ["M9 6h11", "M9 12h11", "M9 18h11", "M4.500 6h.01", "M4.500 12h.01", "M4.500 18h.01"],
  numbered: ["M10 6h10", "M10 12h10", "M10 18h10", "M4 5l1.500-1v5", "M4 15.500a1.200 1.200 0 0 1 2.200.7c0 .9-2.200 2.300-2.200 2.300h2.400"],
  deeper: ["M4 5h16", "M11 10h9", "M11 14h9", "M4 19h16", "m4 9.500 3 2.500-3 2.500"],
  shallower: ["M4 5h16", "M11 10h9", "M11 14h9", "M4 19h16", "m7 9.500-3 2.500 3 2.500"],
  up: ["M12 19V5", "m6 11 6-6 6 6"],
  down: ["M12 5v14", "m6 13 6 6 6-6"],
  footnote: ["M4 6h9", "M4 11h9", "M4 19h6", "M17 5.500 19 4v7"],
  table: ["M4 5h16v14H4z", "M4 10h16", "M4 14.500h16", "M10 5v14"],
  figure: ["M4 5h16v14H4z", "m4 16 5-5 4 4 3-3 4 4", "M15 9h.01"],
  find: ["M10.500 17a6.500 6.500 0 1 1 0-13 6.500 6.500 0 0 1 0 13z", "m15.500 15.500 5 5"],
  help: ["M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z", "M9.500 9.500a2.500 2.500 0 1 1 3.700 2.200c-.8.5-1.200 1-1.200 1.800", "M12 17h.01"],
  next: ["M5 4v16", "M5 5h12l-2.500 4L17 13H5"],
  outline: ["M4 6h16", "M8 12h12", "M8 18h12", "M4 12h.01", "M4 18h.01"],
  panel: ["M4 5h16v14H4z", "M14 5v14"],
  more: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  close: ["m6 6 12 12", "M18 6 6 18"],
  people: ["M9 11a3.500 3.500 0 1 1 0-7 3.500 3.500 0 0 1 0 7z", "M3 20c0-3.500 2.500-6 6-6s6 2.500 6 6", "M16 4.500a3.500 3.500 0 0 1 0 6.500", "M17.500 14.500c2 .7 3.500 2.800 3.500 5.500"],
  check: ["m5 12.500 4.500 4.500L19 7.500"],
  wait: ["M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z", "M12 7v5l3 2"],
  alert: ["M12 4 2.500 20h19z", "M12 10v4", "M12 17h.01"],
  device: ["M4 6h16v10H4z", "M2.500 19h19"],
  lock: ["M6 11h12v9H6z", "M8.500 11V8a3.500 3.500 0 0 1 7 0v3"],
};

export type IconName = keyof typeof DRAWINGS;

export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const line of DRAWINGS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}
