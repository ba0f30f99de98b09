// The editor of one text: the view, the connection, the index of passages, and the places around them.
//
// Others build on what this class shows: `view`, `room`, `passages`, `slots`, `on`, `selectPassage`,
// `focusPassage`, `currentPassage`, `element`, `registerPlugin`, `inner`. Everything exists from the
// beginning but `view`, which comes with `ready` (when the text has arrived).
import { baseKeymap } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { keymap } from "prosemirror-keymap";
import type { Node } from "prosemirror-model";
import { EditorState, Plugin, TextSelection, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import { Announcer } from "./announcer.ts";
import { arrived, Binding } from "./binding.ts";
import { clipboardPlugin } from "./clipboard.ts";
import { clearSelection, insertFootnote } from "./commands.ts";
import { type Config, wordsOf } from "./config.ts";
import { Connection, type News, type Saved } from "./connection.ts";
import { element, listen } from "./elements.ts";
import { Emitter } from "./emitter.ts";
import { insertFigure } from "./figure.ts";
import { FindBar } from "./find.ts";
import { showHelp } from "./help.ts";
import { idsPlugin } from "./ids.ts";
import { DeviceKeeping, type Keeping } from "./keeping.ts";
import { editorKeymap } from "./keymap.ts";
import { editLink } from "./link.ts";
import { Outline } from "./outline.ts";
import { PassageIndex, type Touched } from "./passages.ts";
import { Presence } from "./presence.ts";
import { putAside } from "./aside.ts";
import { rulesPlugin } from "./rules.ts";
import { SavedState } from "./saved.ts";
import { passageType, plain, schema } from "./schema.ts";
import { askTable, Toolbar } from "./toolbar.ts";
import { undoPlugin } from "./undo.ts";
import { nodeViews, selectedFootnote } from "./views.ts";
import type { Words } from "./words.ts";

export interface Slots {
  panel: HTMLElement;
  outline: HTMLElement;
  status: HTMLElement;
  toolbar: HTMLElement;
}

interface Events {
  /** The text has arrived; `view` is there. */
  ready: EditorView;
  /** What the server says of passages changed. */
  news: News;
  /** The caret came into another passage (or into none). */
  select: string | null;
  /** Passages changed, came or went. */
  passages: Touched;
  /** After every transaction, for those who show something of the selection. */
  update: EditorState;
  status: Saved;
  presence: undefined;
  /** Whether words can be written changed. */
  editable: boolean;
}

export interface EditorOptions {
  keeping?: Keeping | null;
  socket?: (url: string) => WebSocket;
  url?: string;
}

export class Editor extends Emitter<Events> {
  readonly host: HTMLElement;
  readonly config: Config;
  readonly words: Words;
  readonly room: Connection;
  readonly passages: PassageIndex;
  readonly slots: Slots;
  readonly announcer = new Announcer();
  /** Lies over the paper and moves with it: for little windows beside the words. */
  readonly layer: HTMLElement;
  readonly paper: HTMLElement;
  readonly find: FindBar;
  readonly ready: Promise<EditorView>;
  #view: EditorView | null = null;
  #plugins: Plugin[] = [];
  #current: string | null = null;
  #editable = false;
  #described = new Set<string>();
  #unsaved = new Set<string>();
  #numbering = false;
  #drawers: { outline: HTMLElement; panel: HTMLElement };

  constructor(host: HTMLElement, config: Config, options: EditorOptions = {}) {
    super();
    this.host = host;
    this.config = config;
    this.words = wordsOf(config);
    this.passages = new PassageIndex(schema.topNodeType.create());
    this.room = new Connection({
      url: options.url ?? socketAddress(config.socket),
      text: config.slug,
      person: config.person,
      role: config.role,
      keeping:
        options.keeping !== undefined ? options.keeping : deviceKeeping(config.slug, config.person.key),
      ...(options.socket ? { socket: options.socket } : {}),
    });
    this.room.describe = () => this.#wordsOf(this.#described, true);
    this.room.describePending = () => this.#wordsOf(this.#unsaved);

    const { words } = this;
    this.slots = {
      toolbar: element("div", { class: "editor-tools" }),
      status: element("div", { class: "editor-status" }),
      outline: element("div", { class: "editor-outline-content" }),
      panel: element("div", { class: "editor-panel-content" }),
    };
    const outline = this.#drawer("nav", "outline", words.say("outline.title"), this.slots.outline);
    const panel = this.#drawer("aside", "panel", words.say("panel.title"), this.slots.panel);
    this.#drawers = { outline, panel };
    this.layer = element("div", { class: "editor-layer" });
    this.paper = element(
      "div",
      { class: "editor-paper" },
      element("p", { class: "editor-opening muted" }, words.say("editor.opening")),
      this.layer,
    );
    const bar = element("div", { class: "editor-bar" }, this.slots.toolbar, this.slots.status);
    host.replaceChildren(
      bar,
      element("div", { class: "editor-columns" }, outline, this.paper, panel),
      this.announcer.region,
    );
    host.classList.add("editor");
    this.find = new FindBar(this, bar);
    new SavedState(this);
    new Presence(this);
    new Toolbar(this);
    new Outline(this);

    this.ready = new Promise((resolve) => this.on("ready", resolve));
    this.room.on("synced", () => this.#begin());
    this.room.on("news", (news) => this.#news(news));
    this.room.on("status", (saved) => {
      if (saved.state === "saved") this.#unsaved.clear();
      this.emit("status", saved);
      this.#checkEditable();
    });
    this.room.on("role", () => this.#checkEditable());
    this.room.on("presence", () => this.emit("presence", undefined));
    this.room.on("aside", (aside) => putAside(this, aside));
    this.#parts();
    this.room.open();
  }

  /** The ProseMirror view; only after `ready`. */
  get view(): EditorView {
    if (!this.#view) throw new Error("The text has not arrived yet.");
    return this.#view;
  }

  get hasView(): boolean {
    return this.#view !== null;
  }

  get editable(): boolean {
    return this.#editable;
  }

  // The view

  #begin(): void {
    if (this.#view) return;
    const fragment = this.room.doc.getXmlFragment("prosemirror");
    const binding = new Binding(fragment, schema);
    this.#editable = this.room.role === "write" && !this.room.stopped;
    const mount = element("div", { class: "editor-words prose" });
    this.paper.replaceChildren(mount, this.layer);
    const doc = binding.read();
    this.passages.follow(doc);
    const view = new EditorView(
      { mount },
      {
        state: EditorState.create({
          doc,
          plugins: [
            ...this.#plugins,
            binding.plugin(),
            undoPlugin(fragment, () => this.#view && this.emit("update", this.#view.state)),
            idsPlugin(),
            clipboardPlugin(this),
            this.#currentPlugin(),
            rulesPlugin(),
            keymap(editorKeymap(this)),
            keymap(baseKeymap),
            dropCursor({ color: false, class: "editor-drop", width: 3 }),
            gapCursor(),
          ],
        }),
        nodeViews: nodeViews(this),
        editable: () => this.#editable,
        dispatchTransaction: (transaction) => this.#dispatch(transaction),
        scrollMargin: { top: 96, bottom: 64, left: 0, right: 0 },
        scrollThreshold: { top: 96, bottom: 48, left: 0, right: 0 },
        handleTextInput: (inner, _from, _to, text) => {
          // Typing over a selection that begins or ends in a table empties cells, and joins none.
          const cleared = clearSelection(inner.state);
          if (!cleared) return false;
          inner.dispatch(cleared.insertText(text));
          return true;
        },
        handleDOMEvents: {
          mousedown: (inner, event) => this.#followLink(inner, event),
          click: (inner) => {
            if (inner.editable && inner.state.doc.childCount === 0)
              inner.dispatch(inner.state.tr.insert(0, passageType.create()));
            return false;
          },
        },
      },
    );
    this.#view = view;
    this.#dress();
    this.#current = this.passages.at(view.state.selection.from);
    this.#number();
    this.emit("ready", view);
    this.emit("select", this.#current);
    this.#arrive();
  }

  #dispatch(transaction: Transaction): void {
    const view = this.view;
    const before = view.state;
    const { state, transactions } = before.applyTransaction(transaction);
    if (state.doc !== before.doc) {
      const touched = this.passages.follow(state.doc);
      if (transactions.some((one) => one.docChanged && arrived(one)?.from !== "remote"))
        for (const id of touched.ids) {
          this.#described.add(id);
          this.#unsaved.add(id);
        }
      view.updateState(state);
      this.#number();
      this.emit("passages", touched);
    } else view.updateState(state);
    const current = this.passages.at(state.selection.head);
    if (current !== this.#current) {
      this.#current = current;
      this.emit("select", current);
    }
    this.emit("update", state);
  }

  /** Marks the passage with the caret, and the one empty passage of an empty text. */
  #currentPlugin(): Plugin {
    return new Plugin({
      props: {
        decorations: (state) => {
          const { $head } = state.selection;
          if ($head.depth === 0) return null;
          const start = $head.before(1);
          const data: Record<string, string> = { class: "is-current" };
          if (state.doc.childCount === 1 && state.doc.content.size === 2)
            data["data-placeholder"] = this.words.say("editor.placeholder");
          return DecorationSet.create(state.doc, [
            Decoration.node(start, start + $head.node(1).nodeSize, data),
          ]);
        },
      },
    });
  }

  #followLink(view: EditorView, event: MouseEvent): boolean {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || event.button !== 0 || (view.editable && !event.ctrlKey && !event.metaKey)) return false;
    const href = link.getAttribute("href") ?? "";
    if (/^#(p-)?[0-9a-z]{10}$/.test(href)) this.focusPassage(href.slice(-10));
    else window.open(href, "_blank", "noopener,noreferrer");
    event.preventDefault();
    return true;
  }

  #number(): void {
    if (this.#numbering || !this.passages.takeNotes()) return;
    this.#numbering = true;
    requestAnimationFrame(() => {
      this.#numbering = false;
      let n = 0;
      for (const dom of this.#view?.dom.querySelectorAll(".note") ?? []) {
        const { note } = dom as HTMLElement & { note?: { number: string } };
        if (note) note.number = String(++n);
      }
    });
  }

  #dress(): void {
    const view = this.#view;
    if (!view) return;
    view.setProps({
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": this.words.say(this.#editable ? "editor.label" : "editor.label.read"),
        ...(this.#editable ? {} : { "aria-readonly": "true", tabindex: "0" }),
        ...(this.config.language ? { lang: this.config.language } : {}),
        spellcheck: "true",
        translate: "no",
      },
    });
    this.host.dataset.role = this.#editable ? "write" : "read";
  }

  #checkEditable(): void {
    const editable = this.room.role === "write" && !this.room.stopped;
    if (editable === this.#editable) return;
    this.#editable = editable;
    if (this.#view) {
      this.#dress();
      // Fields inside passages ask the view whether they may be changed only when they are drawn.
      for (const control of this.#view.dom.querySelectorAll<HTMLInputElement>(
        ".asks-fields .input, .figure-fields :is(textarea, button)",
      ))
        control.disabled = !editable;
    }
    this.emit("editable", editable);
  }

  #news(news: News): void {
    for (const [id, row] of Object.entries(news.passages ?? {})) {
      if (row) this.passages.rows.set(id, row);
      else this.passages.rows.delete(id);
    }
    this.emit("news", news);
  }

  #wordsOf(ids: Set<string>, clear = false): Record<string, string> {
    const told: Record<string, string> = {};
    for (const id of ids) {
      const node = this.passages.node(id);
      if (node) told[id] = plain(node);
    }
    if (clear) ids.clear();
    return told;
  }

  /** Go where the address points (#p-ID). */
  #arrive(): void {
    const target = /^#(?:p-)?([0-9a-z]{10})$/.exec(location.hash)?.[1];
    if (target && this.passages.has(target)) this.focusPassage(target);
  }

  // For others

  /** Add a ProseMirror plugin. Before `ready` it costs nothing; later the plugins begin anew. */
  registerPlugin(plugin: Plugin): void {
    this.#plugins.push(plugin);
    const view = this.#view;
    if (view)
      view.updateState(view.state.reconfigure({ plugins: [plugin, ...view.state.plugins] }));
  }

  /** The id of the passage with the caret. */
  currentPassage(): string | null {
    return this.#current;
  }

  /** The element a passage is shown as. */
  element(id: string): HTMLElement | null {
    const position = this.passages.position(id);
    if (position === null || !this.#view) return null;
    const dom = this.#view.nodeDOM(position);
    return dom instanceof HTMLElement ? dom : null;
  }

  node(id: string): Node | null {
    return this.passages.node(id);
  }

  /** Put the caret into a passage and show it; the focus stays where it is. */
  selectPassage(id: string): boolean {
    const position = this.passages.position(id);
    const view = this.#view;
    if (position === null || !view) return false;
    const $inside = view.state.doc.resolve(position + 1);
    view.dispatch(view.state.tr.setSelection(TextSelection.near($inside)));
    this.#bringIntoSight(id);
    return true;
  }

  /**
   * Scroll a passage into sight. Those above it get their true height only when they are drawn, and
   * push it away again; so it is looked after for a few frames.
   */
  #bringIntoSight(id: string): void {
    let looks = 20;
    const look = () => {
      const dom = this.element(id);
      if (!dom) return;
      const { top, bottom, height } = dom.getBoundingClientRect();
      const seen = bottom > innerHeight * 0.25 && top < innerHeight * 0.75;
      if (!seen || looks === 20)
        dom.scrollIntoView({ block: height > innerHeight * 0.6 ? "start" : "center" });
      if (--looks > 0) requestAnimationFrame(look);
    };
    look();
  }

  /** The same, and the focus goes there. */
  focusPassage(id: string): boolean {
    if (!this.selectPassage(id)) return false;
    this.closeDrawers();
    this.view.focus();
    return true;
  }

  /**
   * A small editor over another part of the document: a variant being written together. It has no ids
   * of its own and no presence. Destroy it when it is no longer shown.
   */
  inner(fragment: Y.XmlFragment, mount: HTMLElement, label: string): EditorView {
    const binding = new Binding(fragment, schema);
    const view = new EditorView(
      { mount },
      {
        state: EditorState.create({
          doc: binding.read(),
          plugins: [
            binding.plugin(),
            undoPlugin(fragment),
            clipboardPlugin(this, true),
            keymap({
              ...editorKeymap(this),
              // One passage stays one passage.
              Enter: (state, dispatch) => {
                dispatch?.(state.tr.replaceSelectionWith(schema.nodes.break!.create(), false));
                return true;
              },
            }),
            keymap(baseKeymap),
          ],
        }),
        nodeViews: nodeViews(this),
        editable: () => !this.room.stopped && this.config.mayPropose !== false,
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, class: "prose" },
      },
    );
    return view;
  }

  /** Tell people that something could not be done. */
  complain(words: string): void {
    const old = this.host.querySelector(".editor-complaint");
    old?.remove();
    const told = element("p", { class: "editor-complaint notice notice-warning", role: "alert" }, words);
    this.slots.status.append(told);
    setTimeout(() => told.remove(), 12_000);
  }

  /** Do a named act of the tools. */
  act(name: string, view: EditorView | null = this.#view): void {
    if (!view) return;
    switch (name) {
      case "link":
        return editLink(this, view);
      case "find":
        return this.find.open();
      case "help":
        return showHelp(this);
      case "next":
        return this.goToWaiting();
      case "table":
        return askTable(this);
      case "figure":
        if (view.editable) {
          const id = insertFigure(this);
          this.element(id)?.querySelector("button")?.focus();
        }
        return;
      case "footnote":
        if (view.editable && insertFootnote(view.state, view.dispatch))
          selectedFootnote(view, view.state)?.open();
        return;
    }
  }

  /** To the next passage (or the one before) that waits for this person. */
  goToWaiting(step: 1 | -1 = 1): void {
    const from = this.#current ? this.passages.indexOf(this.#current) : -1;
    const id = this.passages.waiting(from, step);
    if (!id) {
      this.announcer.say(this.words.say("outline.none"));
      this.complain(this.words.say("outline.none"));
      return;
    }
    this.focusPassage(id);
    const waiting = this.passages.ids.filter((one) => this.passages.rows.get(one)?.w);
    this.announcer.say(
      this.words.say("outline.arrived", { n: waiting.indexOf(id) + 1, all: waiting.length }),
    );
  }

  // The parts around the text

  #drawer(
    tag: "nav" | "aside",
    name: "outline" | "panel",
    title: string,
    content: HTMLElement,
  ): HTMLElement {
    const heading = element("h2", { id: `editor-${name}-title` }, title);
    return element(
      tag,
      { class: `editor-${name}`, "aria-labelledby": heading.id, tabindex: "-1" },
      element(
        "div",
        { class: "editor-drawer-heading" },
        heading,
        listen(
          element(
            "button",
            { type: "button", class: "button button-quiet button-small editor-drawer-close" },
            this.words.say("dialog.close"),
          ),
          { click: () => this.closeDrawers(true) },
        ),
      ),
      content,
    );
  }

  /** On small screens, show the outline or the panel over the text. Elsewhere it gets the focus. */
  openDrawer(name: "outline" | "panel"): void {
    this.host.dataset.drawer = name;
    this.#drawers[name].focus({ preventScroll: true });
  }

  closeDrawers(back = false): void {
    delete this.host.dataset.drawer;
    if (back) this.#view?.focus();
  }

  toggleDrawer(name: "outline" | "panel"): void {
    if (this.host.dataset.drawer === name) this.closeDrawers(true);
    else this.openDrawer(name);
  }

  /** F6 goes round the parts; Escape always leads back to the text, and never further. */
  #parts(): void {
    listen(this.host, {
      keydown: (event) => {
        if (event.key === "F6") {
          event.preventDefault();
          const parts: [HTMLElement, () => void][] = [
            [this.paper, () => this.#view?.focus()],
            [this.#drawers.panel, () => this.openDrawer("panel")],
            [this.#drawers.outline, () => this.openDrawer("outline")],
            [this.slots.toolbar, () => this.#focusTools()],
          ];
          const at = parts.findIndex(([part]) => part.contains(document.activeElement));
          const step = event.shiftKey ? parts.length - 1 : 1;
          for (let far = 1; far <= parts.length; far++) {
            const [part, go] = parts[(Math.max(0, at) + far * step) % parts.length]!;
            if (part.hidden) continue;
            this.closeDrawers();
            go();
            return;
          }
        }
        if (
          event.key === "Escape" &&
          !event.defaultPrevented &&
          this.host.dataset.drawer &&
          !this.paper.contains(event.target as HTMLElement)
        )
          this.closeDrawers(true);
        if (event.key === "F1" || ((event.ctrlKey || event.metaKey) && event.key === "/")) {
          if (!event.defaultPrevented) this.act("help");
          event.preventDefault();
        }
      },
    });
    addEventListener("online", () => this.room.retry());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.room.leave();
      else if (!this.room.online && !this.room.stopped) this.room.retry();
    });
    addEventListener("pagehide", () => this.room.leave());
    addEventListener("beforeunload", (event) => {
      if (this.room.wouldLose) event.preventDefault();
    });
  }

  #focusTools(): void {
    const tools = [...this.slots.toolbar.querySelectorAll<HTMLElement>("button, select")].filter(
      (one) => one.offsetParent !== null,
    );
    (tools.find((one) => one.getAttribute("tabindex") === "0") ?? tools[0])?.focus();
  }

  destroy(): void {
    this.room.close();
    this.#view?.destroy();
    this.#view = null;
  }
}

function socketAddress(path: string): string {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

function deviceKeeping(text: string, person: string): Keeping | null {
  try {
    return new DeviceKeeping(text, person);
  } catch {
    return null;
  }
}
