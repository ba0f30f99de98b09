// The tools in one row. Arrow keys move within it (it is one stop for Tab); on narrow screens it scrolls.
import type { Command, EditorState } from "prosemirror-state";
import {
  changeDepth,
  hasMark,
  inTable,
  isKind,
  moveBlocks,
  setKind,
  switchMark,
  toggleKind,
  touchedBlocks,
} from "./commands.ts";
import { button, dialog, field } from "./dialogs.ts";
import type { Editor } from "./editor.ts";
import { element, icon, listen } from "./elements.ts";
import { keysShown } from "./help.ts";
import { depthOf, type Kind, kindOf } from "./schema.ts";
import {
  addColumn,
  addRow,
  cellAround,
  hasHeader,
  insertTable,
  removeColumn,
  removeRow,
  removeTable,
  toggleHeader,
} from "./tables.ts";
import { redo, undo, undoManager } from "./undo.ts";
import type { Key } from "./words.ts";

interface Tool {
  button: HTMLButtonElement;
  pressed?: (state: EditorState) => boolean;
  enabled?: (state: EditorState) => boolean;
}

export class Toolbar {
  readonly #editor: Editor;
  readonly #tools: Tool[] = [];
  readonly #kind: HTMLSelectElement;
  readonly #table: HTMLElement;
  #frame = 0;

  constructor(editor: Editor) {
    this.#editor = editor;
    const { words, slots } = editor;
    const bar = slots.toolbar;
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", words.say("toolbar.label"));

    this.#kind = element("select", { class: "input tool-kind", "aria-label": words.say("toolbar.kind") });
    for (const [value, label] of kinds(editor)) this.#kind.append(element("option", { value }, label));
    // What a table or a picture is cannot be chosen here, but it is shown.
    for (const kind of ["table", "figure"] as const)
      this.#kind.append(element("option", { value: kind, hidden: true }, words.say(`kind.${kind}`)));
    listen(this.#kind, { change: () => this.#setKind(this.#kind.value) });

    const run = (command: Command) => () => {
      const { view } = editor;
      view.focus();
      command(view.state, view.dispatch, view);
    };
    const can = (command: Command) => (state: EditorState) => command(state);
    const tool = (
      name: string,
      act: () => void,
      more: Omit<Tool, "button"> & { keys?: string; writes?: boolean } = {},
    ) => {
      const label = words.say(`toolbar.${name}` as Key);
      const made = listen(
        element(
          "button",
          {
            type: "button",
            class: "tool",
            "aria-label": label,
            title: more.keys ? `${label} (${keysShown(more.keys)})` : label,
            ...(more.pressed ? { "aria-pressed": "false" } : {}),
            ...(more.writes === false ? {} : { "data-writes": true }),
          },
          icon(name.split(".").at(-1) ?? name),
        ),
        {
          // The selection in the text must not be lost to the press of a button.
          mousedown: (event) => event.preventDefault(),
          click: () => {
            if (made.getAttribute("aria-disabled") !== "true") act();
          },
        },
      );
      this.#tools.push({ button: made, ...more });
      return made;
    };
    const group = (...children: HTMLElement[]) => element("div", { class: "tool-group", role: "group" }, ...children);
    const mark = (name: string, keys?: string) =>
      tool(name, run(switchMark(name)), {
        pressed: (state) => hasMark(state, name),
        ...(keys ? { keys } : {}),
      });

    bar.append(
      group(tool("outline", () => editor.toggleDrawer("outline"), { writes: false })),
      group(
        tool("undo", run(undo), { keys: "Mod+Z", enabled: (state) => (undoManager(state)?.undoStack.length ?? 0) > 0 }),
        tool("redo", run(redo), { keys: "Mod+Y", enabled: (state) => (undoManager(state)?.redoStack.length ?? 0) > 0 }),
      ),
      group(this.#kind),
      group(
        mark("strong", "Mod+B"),
        mark("em", "Mod+I"),
        tool("link", () => editor.act("link"), { keys: "Mod+K", pressed: (state) => hasMark(state, "link") }),
        tool("footnote", () => editor.act("footnote"), { keys: "Mod+Alt+F" }),
      ),
      group(
        tool("bullet", run(toggleKind("item", 1)), { keys: "Mod+Shift+8", pressed: (state) => isKind(state, "item", 1) }),
        tool("numbered", run(toggleKind("item", 1, true)), {
          keys: "Mod+Shift+7",
          pressed: (state) => isKind(state, "item", 1, true),
        }),
        tool("shallower", run(changeDepth(-1)), { keys: "Shift+Tab", enabled: can(changeDepth(-1)) }),
        tool("deeper", run(changeDepth(1)), { keys: "Tab", enabled: can(changeDepth(1)) }),
      ),
      group(
        tool("up", run(moveBlocks(-1)), { keys: "Alt+Shift+↑", enabled: can(moveBlocks(-1)) }),
        tool("down", run(moveBlocks(1)), { keys: "Alt+Shift+↓", enabled: can(moveBlocks(1)) }),
      ),
      group(tool("table", () => editor.act("table")), tool("figure", () => editor.act("figure"))),
      group(mark("sup", "Mod+."), mark("sub", "Mod+,"), mark("strike", "Mod+Shift+X"), mark("code", "Mod+E")),
      group(
        tool("find", () => editor.act("find"), { keys: "Mod+F", writes: false }),
        tool("next", () => editor.act("next"), { keys: "Mod+Alt+N", writes: false }),
        tool("help", () => editor.act("help"), { keys: "F1", writes: false }),
      ),
      group(tool("panel", () => editor.toggleDrawer("panel"), { writes: false })),
    );
    this.#tools[0]!.button.classList.add("tool-drawer");
    this.#tools.at(-1)!.button.classList.add("tool-drawer");

    const inner = (name: string, command: Command) =>
      listen(
        element("button", { type: "button", class: "button button-small button-quiet" }, words.say(`toolbar.table.${name}` as Key)),
        { mousedown: (event) => event.preventDefault(), click: run(command) },
      );
    const header = inner("header", toggleHeader);
    header.setAttribute("aria-pressed", "false");
    this.#table = element(
      "div",
      { class: "editor-table-tools", role: "group", "aria-label": words.say("kind.table"), hidden: true },
      inner("rowAbove", addRow(0)),
      inner("rowBelow", addRow(1)),
      inner("columnBefore", addColumn(0)),
      inner("columnAfter", addColumn(1)),
      inner("removeRow", removeRow),
      inner("removeColumn", removeColumn),
      header,
      inner("remove", removeTable),
    );
    bar.after(this.#table);

    this.#roving(bar);
    editor.on("ready", ({ state }) => this.#show(state));
    editor.on("update", (state) => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.#show(state));
    });
    editor.on("editable", () => editor.hasView && this.#show(editor.view.state));
  }

  #setKind(value: string): void {
    const { view } = this.#editor;
    const [kind, depth] = value.split(" ");
    const command =
      kind === "heading"
        ? setKind("heading", Number(depth))
        : kind === "item"
          ? setKind("item", 1, depth === "ordered")
          : setKind(kind as Kind);
    command(view.state, view.dispatch);
    view.focus();
  }

  #show(state: EditorState): void {
    const writes = this.#editor.editable;
    for (const { button, pressed, enabled } of this.#tools) {
      if (button.dataset.writes !== undefined) button.hidden = !writes;
      if (pressed) set(button, "aria-pressed", String(pressed(state)));
      if (enabled) set(button, "aria-disabled", String(!enabled(state)));
    }
    const place = touchedBlocks(state)[0];
    this.#kind.hidden = !writes;
    if (place) {
      const kind = kindOf(place.node);
      const value =
        kind === "heading"
          ? `heading ${Math.min(6, depthOf(place.node))}`
          : kind === "item"
            ? `item ${place.node.attrs.ordered ? "ordered" : "plain"}`
            : kind;
      if (this.#kind.value !== value && document.activeElement !== this.#kind) this.#kind.value = value;
      this.#kind.disabled = kind === "table" || kind === "figure";
    }
    const cell = writes && inTable(state) ? cellAround(state) : null;
    this.#table.hidden = cell === null;
    if (cell)
      set(this.#table.querySelector("[aria-pressed]")!, "aria-pressed", String(hasHeader(cell.table)));
  }

  /** One stop for Tab, arrows within: as a toolbar is used. */
  #roving(bar: HTMLElement): void {
    const stops = () =>
      [...bar.querySelectorAll<HTMLElement>("button, select")].filter((one) => one.offsetParent !== null);
    const settle = (active: HTMLElement) => {
      for (const one of bar.querySelectorAll("button, select")) one.setAttribute("tabindex", "-1");
      active.setAttribute("tabindex", "0");
    };
    const first = bar.querySelector<HTMLElement>("select");
    if (first) settle(first);
    listen(bar, {
      focusin: (event) => {
        if (event.target instanceof HTMLElement && event.target !== bar) settle(event.target);
      },
      keydown: (event) => {
        const { target } = event;
        const sideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
        if (event.key === "Escape") {
          event.preventDefault();
          this.#editor.view.focus();
          return;
        }
        if (!sideways && event.key !== "Home" && event.key !== "End") return;
        const all = stops();
        const at = all.indexOf(target as HTMLElement);
        if (at < 0) return;
        event.preventDefault();
        const forward = (event.key === "ArrowRight") === (getComputedStyle(bar).direction === "ltr");
        const to =
          event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : (at + (forward ? 1 : -1) + all.length) % all.length;
        all[to]?.focus();
      },
    });
  }
}

function set(button: Element, name: string, value: string): void {
  if (button.getAttribute(name) !== value) button.setAttribute(name, value);
}

function kinds({ words }: Editor): [string, string][] {
  return [
    ["paragraph", words.say("kind.paragraph")],
    ...[1, 2, 3, 4, 5, 6].map((n): [string, string] => [`heading ${n}`, words.say("kind.heading", { n })]),
    ["item plain", words.say("kind.item")],
    ["item ordered", words.say("kind.item.ordered")],
    ["quote", words.say("kind.quote")],
    ["recommendation", words.say("kind.recommendation")],
    ["code", words.say("kind.code")],
  ];
}

/** Ask how large a table is to be, and put it in. */
export function askTable(editor: Editor): void {
  const { words, view } = editor;
  if (!view.editable) return;
  const number = (value: number, max: number) =>
    element("input", { class: "input", type: "number", min: 1, max, value, inputmode: "numeric" });
  const rowCount = number(3, 50);
  const columns = number(3, 20);
  const header = element("input", { type: "checkbox", checked: true });
  const within = (input: HTMLInputElement) =>
    Math.max(1, Math.min(Number(input.max), Math.round(Number(input.value)) || 1));
  const form = element(
    "form",
    { class: "form", novalidate: true },
    field(words.say("table.rows"), rowCount),
    field(words.say("table.columns"), columns),
    element("label", { class: "choice" }, header, words.say("table.header")),
    element(
      "div",
      { class: "buttons" },
      element("button", { type: "submit", class: "button button-primary" }, words.say("dialog.insert")),
      button(words.say("dialog.cancel"), () => made.close(), "quiet"),
    ),
  );
  listen(form, {
    submit: (event) => {
      event.preventDefault();
      made.close();
      insertTable(within(rowCount), within(columns), header.checked)(view.state, view.dispatch);
      view.focus();
    },
  });
  const made = dialog(words, words.say("table.insert"), form);
  rowCount.select();
}
