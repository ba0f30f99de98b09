// The outline: headings with the state of what stands under them, and what waits for this person.
import type { Editor } from "./editor.ts";
import { element, icon, listen } from "./elements.ts";
import type { Heading } from "./passages.ts";

/** States from the most pressing: a heading shows the first that occurs under it. */
const ORDER = ["contested", "tie", "held", "awaiting", "yours", "not-open", "locally-agreed", "agreed"];

interface Section {
  statuses: Map<string, number>;
  waits: number;
}

export class Outline {
  readonly #editor: Editor;
  readonly #list = element("ol", { class: "outline-list" });
  readonly #empty: HTMLElement;
  readonly #next: HTMLButtonElement;
  #links = new Map<string, HTMLAnchorElement>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #headings: readonly Heading[] = [];
  #drawn = "";

  constructor(editor: Editor) {
    this.#editor = editor;
    const { words } = editor;
    this.#empty = element("p", { class: "muted small" }, words.say("outline.empty"));
    this.#next = listen(
      element("button", { type: "button", class: "button button-small outline-next" }, icon("next"), words.say("toolbar.next")),
      { click: () => editor.goToWaiting() },
    );
    listen(this.#list, {
      click: (event) => {
        const link = event.target instanceof Element ? event.target.closest("a") : null;
        if (!link) return;
        event.preventDefault();
        editor.focusPassage(link.hash.slice(3));
      },
    });
    editor.slots.outline.append(this.#next, this.#list, this.#empty);
    editor.on("ready", () => this.#draw());
    editor.on("news", () => this.#later());
    editor.on("passages", (touched) => {
      if (touched.order || editor.passages.headings !== this.#headings) this.#later();
    });
    editor.on("select", () => this.#here());
  }

  #later(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, 250);
  }

  #sections(headings: readonly Heading[]): Section[] {
    const { passages } = this.#editor;
    const sections: Section[] = headings.map(() => ({ statuses: new Map(), waits: 0 }));
    let at = -1;
    const rows = passages.rows;
    if (rows.size === 0) return sections;
    for (let index = 0; index < passages.count; index++) {
      while (at + 1 < headings.length && headings[at + 1]!.index <= index) at++;
      const section = sections[at];
      const row = rows.get(passages.idAt(index) ?? "");
      if (!section || !row) continue;
      section.statuses.set(row.s, (section.statuses.get(row.s) ?? 0) + 1);
      if (row.w) section.waits++;
    }
    return sections;
  }

  #draw(): void {
    const { passages, words } = this.#editor;
    const headings = passages.headings;
    this.#headings = headings;
    const sections = this.#sections(headings);
    let waits = 0;
    for (const row of passages.rows.values()) if (row.w) waits++;
    this.#next.hidden = waits === 0;
    this.#empty.hidden = headings.length > 0;
    const drawn = JSON.stringify([
      headings.map((one) => [one.id, one.depth, one.words]),
      sections.map((one) => [[...one.statuses], one.waits]),
    ]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#links = new Map();
    const focused = document.activeElement instanceof HTMLAnchorElement ? document.activeElement.hash : "";
    this.#list.replaceChildren(
      ...headings.map((heading, index) => {
        const section = sections[index]!;
        const link = element(
          "a",
          { href: `#p-${heading.id}` },
          element("span", { class: "outline-words" }, heading.words || words.say("outline.untitled")),
        );
        this.#links.set(heading.id, link);
        const status = ORDER.find((one) => section.statuses.has(one));
        const item = element("li", { class: `outline-depth-${Math.min(6, heading.depth)}` }, link);
        if (status) {
          const told = [...section.statuses]
            .map(([slug, n]) => `${words.status(slug)}: ${n}`)
            .join(", ");
          link.prepend(element("span", { class: `outline-state outline-state-${status}`, "aria-hidden": "true" }));
          link.append(element("span", { class: "visually-hidden" }, ` (${told})`));
          link.title = told;
        }
        if (section.waits > 0)
          link.append(
            element(
              "span",
              { class: "outline-waits" },
              element("span", { "aria-hidden": "true" }, String(section.waits)),
              element("span", { class: "visually-hidden" }, words.count("outline.waits", section.waits)),
            ),
          );
        return item;
      }),
    );
    if (focused) this.#links.get(focused.slice(3))?.focus({ preventScroll: true });
    this.#here();
  }

  /** Mark the heading above the caret. */
  #here(): void {
    const { passages } = this.#editor;
    const current = this.#editor.currentPassage();
    const index = current ? passages.indexOf(current) : -1;
    let found = "";
    for (const heading of this.#headings) {
      if (heading.index > index) break;
      found = heading.id;
    }
    for (const [id, link] of this.#links) {
      if (id !== found) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        // Within its own box only: the page must not move.
        const box = this.#list.closest<HTMLElement>(".editor-outline");
        if (box && box.scrollHeight > box.clientHeight) {
          const top = link.offsetTop - box.clientHeight / 2;
          if (Math.abs(box.scrollTop - top) > box.clientHeight / 2) box.scrollTop = top;
        }
      }
    }
  }
}
