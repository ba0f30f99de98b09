// Who is here, and where: chips above the text, a calm mark at the passage, a caret with a name.
// Carets travel as passage id and offset; they can be switched off, and that is remembered.
import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { Editor } from "./editor.ts";
import { element, icon, listen } from "./elements.ts";

interface At {
  passage: string;
  offset: number;
  head: number;
}

interface Other {
  client: number;
  key: string;
  name: string;
  colour: number;
  at: At | null;
  quiet: boolean;
}

const key = new PluginKey<DecorationSet>("presence");
const REMEMBERED = "folkmoot presence";
const COLOURS = 12;

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  const first = [...(parts[0] ?? "")][0] ?? "";
  const last = parts.length > 1 ? ([...(parts.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

export class Presence {
  readonly #editor: Editor;
  readonly #chips = element("ul", { class: "presence-chips" });
  readonly #summary = element("summary", { class: "presence-summary" });
  readonly #list = element("ul", { class: "presence-list" });
  #shown: boolean;
  #known = new Map<string, string>();
  #where = new Map<string, string>();
  #sent = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #redrawing: ReturnType<typeof setTimeout> | undefined;
  #begun = false;

  constructor(editor: Editor) {
    this.#editor = editor;
    this.#shown = remembered() !== "off";
    const { words } = editor;
    const toggle = element("input", { type: "checkbox", checked: this.#shown });
    listen(toggle, {
      change: () => {
        this.#shown = toggle.checked;
        remember(this.#shown ? "on" : "off");
        this.#tell();
        this.#draw();
      },
    });
    const details = element(
      "details",
      { class: "presence" },
      this.#summary,
      element(
        "div",
        { class: "presence-open" },
        element("h2", {}, words.say("presence.here")),
        this.#list,
        element("label", { class: "presence-toggle" }, toggle, words.say("presence.show")),
      ),
    );
    listen(details, {
      keydown: (event) => {
        if (event.key !== "Escape" || !details.open) return;
        event.preventDefault();
        details.open = false;
        this.#summary.focus();
      },
      focusout: (event) => {
        const to = event.relatedTarget;
        if (to instanceof HTMLElement && !details.contains(to)) details.open = false;
      },
    });
    editor.slots.status.append(details);
    editor.registerPlugin(this.#plugin());
    editor.on("presence", () => this.#changed());
    editor.on("update", () => this.#tell());
    editor.on("ready", () => this.#tell());
    this.#chipsChanged([]);
  }

  // What others are told of me

  #tell(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const editor = this.#editor;
      const { person } = editor.room;
      const user = { key: person.key, name: person.name, colour: person.colour ?? 0 };
      const state = { user, at: this.#shown ? this.#place() : null, quiet: !this.#shown };
      const told = JSON.stringify(state);
      if (told === this.#sent) return;
      this.#sent = told;
      editor.room.awareness.setLocalState(state);
    }, 100);
  }

  #place(): At | null {
    if (!this.#editor.hasView || !this.#editor.editable) return null;
    const { selection, doc } = this.#editor.view.state;
    const { $anchor, $head } = selection;
    if ($head.depth === 0) return null;
    const start = $head.before(1);
    const id = doc.nodeAt(start)?.attrs.id;
    if (!id) return null;
    const offset = $anchor.pos - start - 1;
    const size = doc.nodeAt(start)?.content.size ?? 0;
    return { passage: id, offset: Math.max(0, Math.min(size, offset)), head: $head.pos - start - 1 };
  }

  // What I see of others

  #others(): Other[] {
    const { room } = this.#editor;
    const others: Other[] = [];
    for (const [client, state] of room.awareness.getStates()) {
      if (client === room.doc.clientID) continue;
      const user = (state.user ?? {}) as Partial<Other>;
      if (typeof user.name !== "string" || !user.name) continue;
      const at = state.at as At | null | undefined;
      others.push({
        client,
        key: String(user.key ?? client),
        name: user.name.slice(0, 80),
        colour: Math.abs(Number(user.colour) || 0) % COLOURS,
        at:
          at && typeof at.passage === "string" && Number.isInteger(at.head) && Number.isInteger(at.offset)
            ? at
            : null,
        quiet: state.quiet === true,
      });
    }
    return others.sort((one, other) => one.name.localeCompare(other.name));
  }

  #changed(): void {
    const others = this.#others();
    this.#announce(others);
    this.#chipsChanged(others);
    this.#draw();
  }

  #announce(others: Other[]): void {
    const { words, announcer, passages, room } = this.#editor;
    const here = new Map(others.filter((one) => one.key !== room.person.key).map((one) => [one.key, one.name]));
    if (this.#begun && this.#shown) {
      for (const [id, name] of here)
        if (!this.#known.has(id)) announcer.say(words.say("say.here", { name }), `here ${id}`);
      for (const [id, name] of this.#known)
        if (!here.has(id)) announcer.say(words.say("say.left", { name }), `here ${id}`);
      const own = this.#editor.currentPassage();
      for (const one of others) {
        if (!one.at || one.key === room.person.key) continue;
        const before = this.#where.get(one.key);
        this.#where.set(one.key, one.at.passage);
        // Only what concerns this person: somebody comes into the passage they are in.
        if (before !== one.at.passage && one.at.passage === own)
          announcer.say(
            words.say("say.editing", { name: one.name, place: passages.name(own) }),
            `where ${one.key}`,
          );
      }
    }
    this.#begun = true;
    this.#known = here;
  }

  #chipsChanged(others: Other[]): void {
    const { words, room } = this.#editor;
    const people = new Map<string, Other>();
    let elsewhere = false;
    for (const one of others) {
      if (one.key === room.person.key) elsewhere = true;
      else if (!people.get(one.key)?.at) people.set(one.key, one);
    }
    const chip = (one: { name: string; colour: number }) =>
      element("span", { class: `presence-chip presence-${one.colour}`, "aria-hidden": "true" }, initials(one.name));
    const shown = [...people.values()];
    const label = shown.length > 0 ? words.count("presence.open", shown.length) : words.say("presence.alone");
    this.#chips.replaceChildren(
      ...shown.slice(0, 4).map((one) => element("li", {}, chip(one))),
      ...(shown.length > 4 ? [element("li", { class: "presence-more" }, `+${shown.length - 4}`)] : []),
    );
    this.#summary.replaceChildren(
      ...(shown.length > 0 ? [this.#chips] : [icon("people")]),
      element("span", { class: "visually-hidden" }, label),
    );
    this.#list.replaceChildren(
      element(
        "li",
        {},
        words.say(elsewhere ? "presence.elsewhere" : "presence.you", { name: room.person.name }),
      ),
      ...shown.map((one) => {
        const place = one.at ? this.#editor.passages.name(one.at.passage) : "";
        const item = element("li", {}, chip(one));
        if (one.at && place && this.#shown) {
          const target = one.at.passage;
          item.append(
            listen(
              element(
                "button",
                { type: "button", class: "button-link", "aria-label": words.say("presence.at", { name: one.name, place }) },
                one.name,
              ),
              { click: () => this.#editor.focusPassage(target) },
            ),
            element("span", { class: "muted small", "aria-hidden": "true" }, place),
          );
        } else item.append(element("span", {}, one.name));
        return item;
      }),
    );
  }

  #draw(): void {
    if (this.#redrawing !== undefined) return;
    this.#redrawing = setTimeout(() => {
      this.#redrawing = undefined;
      const editor = this.#editor;
      if (!editor.hasView) return;
      editor.view.dispatch(editor.view.state.tr.setMeta(key, true).setMeta("addToHistory", false));
    }, 80);
  }

  #plugin(): Plugin<DecorationSet> {
    return new Plugin<DecorationSet>({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply: (transaction, shown, _before, state) => {
          if (transaction.getMeta(key)) return this.#decorations(state.doc);
          return transaction.docChanged ? shown.map(transaction.mapping, transaction.doc) : shown;
        },
      },
      props: { decorations: (state) => key.getState(state) },
    });
  }

  #decorations(doc: import("prosemirror-model").Node): DecorationSet {
    if (!this.#shown) return DecorationSet.empty;
    const { passages, room } = this.#editor;
    passages.follow(doc);
    const decorations: Decoration[] = [];
    const margins = new Map<string, Other[]>();
    for (const one of this.#others()) {
      if (!one.at || one.quiet) continue;
      const start = passages.position(one.at.passage);
      const node = start === null ? null : doc.nodeAt(start);
      if (start === null || !node) continue;
      if (one.key !== room.person.key)
        margins.set(one.at.passage, [...(margins.get(one.at.passage) ?? []), one]);
      const within = (offset: number) => start + 1 + Math.max(0, Math.min(node.content.size, offset));
      const head = within(one.at.head);
      const anchor = within(one.at.offset);
      if (!doc.resolve(head).parent.inlineContent) continue;
      decorations.push(
        Decoration.widget(
          head,
          () =>
            element(
              "span",
              { class: `presence-caret presence-${one.colour}`, "aria-hidden": "true", contenteditable: "false" },
              element("span", { class: "presence-name" }, one.name),
            ),
          { key: `${one.client} ${one.name} ${one.colour}`, side: 10, ignoreSelection: true },
        ),
      );
      if (anchor !== head)
        decorations.push(
          Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), {
            class: `presence-selected presence-${one.colour}`,
          }),
        );
    }
    for (const [id, there] of margins) {
      const start = passages.position(id);
      const node = start === null ? null : doc.nodeAt(start);
      if (start !== null && node)
        decorations.push(
          Decoration.node(start, start + node.nodeSize, {
            class: `has-others presence-${there[0]!.colour}`,
            "data-others": there.map((one) => one.name).join(", "),
          }),
        );
    }
    return DecorationSet.create(doc, decorations);
  }
}

function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? "on";
  } catch {
    return "on";
  }
}

function remember(value: string): void {
  try {
    localStorage.setItem(REMEMBERED, value);
  } catch {
    // Not remembered, then; it holds for this page.
  }
}
