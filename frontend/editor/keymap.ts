// Which key does what. The help dialog lists the same.
import { undoInputRule } from "prosemirror-inputrules";
import type { Command } from "prosemirror-state";
import { chainCommands } from "prosemirror-commands";
import {
  backspaceKey,
  changeDepth,
  deleteKey,
  insertBreak,
  insertFootnote,
  inTable,
  leaveBlock,
  moveBlocks,
  selectMore,
  setKind,
  splitPassage,
  switchMark,
  toggleKind,
} from "./commands.ts";
import type { Editor } from "./editor.ts";
import { nextCell } from "./tables.ts";
import { redo, undo } from "./undo.ts";
import { selectedFootnote } from "./views.ts";

type Keys = Record<string, Command>;

/** Marks and links, in the text and in footnotes. */
export function marksKeymap(editor: Editor): Keys {
  return {
    "Mod-b": switchMark("strong"),
    "Mod-B": switchMark("strong"),
    "Mod-i": switchMark("em"),
    "Mod-I": switchMark("em"),
    "Mod-e": switchMark("code"),
    "Mod-Shift-x": switchMark("strike"),
    "Mod-.": switchMark("sup"),
    "Mod-,": switchMark("sub"),
    "Mod-k": (_state, _dispatch, view) => {
      if (!view?.editable) return false;
      void editor.act("link", view);
      return true;
    },
  };
}

export function editorKeymap(editor: Editor): Keys {
  const told = (command: Command, done: () => string, not: () => string = () => ""): Command => {
    return (state, dispatch, view) => {
      const could = command(state, dispatch, view);
      if (dispatch) editor.announcer.say(could ? done() : not());
      return could;
    };
  };
  const always = (command: Command): Command => (state, dispatch, view) => {
    command(state, dispatch, view);
    return true;
  };
  const { words } = editor;
  const act = (name: string): Command => () => {
    editor.act(name);
    return true;
  };
  const openNote: Command = (state, _dispatch, view) => {
    const note = view && selectedFootnote(view, state);
    note?.open();
    return Boolean(note);
  };
  const inCell: Command = (state, dispatch) => inTable(state) && insertBreak(state, dispatch);
  const keys: Keys = {
    ...marksKeymap(editor),
    Enter: chainCommands(openNote, splitPassage, inCell, leaveBlock),
    "Shift-Enter": insertBreak,
    "Mod-Enter": leaveBlock,
    Backspace: chainCommands(undoInputRule, backspaceKey),
    "Mod-Backspace": backspaceKey,
    "Shift-Backspace": backspaceKey,
    Delete: deleteKey,
    "Mod-Delete": deleteKey,
    // Only where Tab does something is it taken; elsewhere it leaves the text.
    Tab: chainCommands(nextCell(1), changeDepth(1)),
    "Shift-Tab": chainCommands(nextCell(-1), changeDepth(-1)),
    "Mod-]": changeDepth(1),
    "Mod-[": changeDepth(-1),
    "Mod-a": selectMore,
    "Mod-z": always(told(undo, () => words.say("say.undo"), () => words.say("say.nothing.undo"))),
    "Mod-y": always(told(redo, () => words.say("say.redo"), () => words.say("say.nothing.redo"))),
    "Mod-Shift-z": always(told(redo, () => words.say("say.redo"), () => words.say("say.nothing.redo"))),
    "Alt-Shift-ArrowUp": always(told(moveBlocks(-1), () => words.say("say.moved.up"))),
    "Alt-Shift-ArrowDown": always(told(moveBlocks(1), () => words.say("say.moved.down"))),
    "Mod-Alt-0": told(setKind("paragraph"), () => words.say("kind.paragraph")),
    "Mod-Shift-7": toggleKind("item", 1, true),
    "Mod-Shift-8": toggleKind("item", 1, false),
    "Mod-Shift-9": toggleKind("quote"),
    "Mod-Alt-f": (state, dispatch, view) => {
      if (!insertFootnote(state, dispatch, view)) return false;
      if (view) selectedFootnote(view, view.state)?.open();
      return true;
    },
    "Mod-f": act("find"),
    "Mod-h": act("find"),
    "Mod-Alt-n": act("next"),
    "Mod-/": act("help"),
    F1: act("help"),
  };
  for (let depth = 1; depth <= 6; depth++)
    keys[`Mod-Alt-${depth}`] = told(toggleKind("heading", depth), () =>
      words.say("say.kind", { kind: words.say("kind.heading", { n: depth }) }),
    );
  return keys;
}
