// Every word of the editor. The page may bring translations of the same keys; what it does not bring
// is said in English. {name} is put in; a key with `.one` and `.other` is chosen by the number `n`.
import { consentWords } from "./consent/words.ts";

export const english = {
  "editor.label": "The text. Press Control and slash for help with the keyboard.",
  "editor.label.read": "The text, to read.",
  "editor.opening": "Opening the text…",
  "editor.empty": "This text has no words yet. Press here and begin.",
  "editor.placeholder": "Write here.",

  "saved.all": "All saved",
  "saved.saving": "Saving…",
  "saved.slow": "Saving… It takes longer than usual.",
  "saved.opening": "Opening the text…",
  "saved.offline": "Offline. Nothing of yours is waiting.",
  "saved.offline.kept.one": "Offline: kept on this device, {n} change",
  "saved.offline.kept.other": "Offline: kept on this device, {n} changes",
  "saved.offline.open.one": "Offline: {n} change is only in this page. Keep it open.",
  "saved.offline.open.other": "Offline: {n} changes are only in this page. Keep it open.",
  "saved.trouble": "The server cannot save now: keep this page open",
  "saved.read": "Read only",
  "saved.read.because": "Read only: {why}",
  "saved.stopped": "Stopped: {why}",
  "saved.stopped.kept.one": "{n} change is kept on this device.",
  "saved.stopped.kept.other": "{n} changes are kept on this device.",
  "saved.again": "Try again",
  "saved.details": "What is saved",

  "stop.signedOut": "You have been signed out. Sign in again and open the text.",
  "stop.noRight": "You may not open this text, or no longer.",
  "stop.noText": "There is no such text.",
  "stop.malformed": "The server could not read what this page sent.",
  "stop.tooLarge": "What you put in at once is too large for the text.",
  "stop.tooFast": "This page sent more than the server takes at once.",
  "stop.schema": "The editor has been renewed. Reload this page to go on.",
  "stop.epoch": "The text was begun anew on the server.",
  "stop.other": "The connection was ended (code {code}).",
  "read.role": "you may read this text, not write in it.",
  "read.script": "the editor could not start.",

  "aside.title": "Words of yours that could not be put in",
  "aside.epoch":
    "The text was begun anew on the server while these words had not been saved. Copy what you still need; they are not in the text.",
  "aside.refused":
    "The server refused these words earlier. Copy what you still need; they are not in the text.",
  "aside.copy": "Copy all",
  "aside.copied": "Copied.",
  "aside.reload": "Open the text as it is now",
  "aside.discard": "I do not need them any more",

  "say.offline": "The connection is lost. What you write is kept on this device.",
  "say.online": "Connected again.",
  "say.saved": "All saved.",
  "say.trouble": "The server cannot save now. Keep this page open.",
  "say.untroubled": "The server saves again.",
  "say.role.read": "You now read only. {why}",
  "say.role.write": "You may write again.",
  "say.editing": "{name} is editing “{place}”.",
  "say.here": "{name} is here.",
  "say.left": "{name} has left.",
  "say.moved.up": "Moved up.",
  "say.moved.down": "Moved down.",
  "say.kind": "Now: {kind}.",
  "say.depth": "Level {n}.",
  "say.undo": "Undone.",
  "say.redo": "Done again.",
  "say.nothing.undo": "Nothing of yours to undo.",
  "say.nothing.redo": "Nothing to do again.",

  "toolbar.label": "Writing tools",
  "toolbar.kind": "Kind of passage",
  "toolbar.undo": "Undo",
  "toolbar.redo": "Redo",
  "toolbar.strong": "Strong",
  "toolbar.em": "Emphasis",
  "toolbar.code": "Code",
  "toolbar.strike": "Struck out",
  "toolbar.sup": "Raised",
  "toolbar.sub": "Lowered",
  "toolbar.link": "Link",
  "toolbar.bullet": "List",
  "toolbar.numbered": "Numbered list",
  "toolbar.deeper": "One level in",
  "toolbar.shallower": "One level out",
  "toolbar.up": "Move passage up",
  "toolbar.down": "Move passage down",
  "toolbar.footnote": "Footnote",
  "toolbar.table": "Table",
  "toolbar.figure": "Picture",
  "toolbar.find": "Find and replace",
  "toolbar.help": "Keyboard help",
  "toolbar.next": "Go to what waits for me",
  "toolbar.outline": "Outline",
  "toolbar.panel": "About this passage",
  "toolbar.more": "More tools",
  "toolbar.table.rowAbove": "Row above",
  "toolbar.table.rowBelow": "Row below",
  "toolbar.table.columnBefore": "Column before",
  "toolbar.table.columnAfter": "Column after",
  "toolbar.table.removeRow": "Remove row",
  "toolbar.table.removeColumn": "Remove column",
  "toolbar.table.header": "First row is a heading",
  "toolbar.table.remove": "Remove table",

  "kind.paragraph": "Paragraph",
  "kind.heading": "Heading {n}",
  "kind.item": "List item",
  "kind.item.ordered": "Numbered item",
  "kind.quote": "Quotation",
  "kind.code": "Code",
  "kind.recommendation": "Recommendation",
  "kind.figure": "Picture",
  "kind.table": "Table",

  "asks.area": "Area",
  "asks.addressee": "Who is asked",
  "asks.level": "Level",
  "asks.level.both": "Centre and branch",
  "asks.level.centre": "Centre",
  "asks.level.branch": "Branch",
  "asks.missing": "A recommendation counts once its area and who is asked are filled in.",
  "asks.label": "Recommendation",

  "figure.choose": "Choose a picture",
  "figure.replace": "Replace the picture",
  "figure.alt": "What the picture shows, in words",
  "figure.alt.needed": "The picture counts once it is described in words, for those who cannot see it.",
  "figure.uploading": "Sending the picture…",
  "figure.failed": "The picture could not be sent. Check the connection and try again.",
  "figure.large": "A picture can have at most {limit} MB.",
  "figure.none": "No picture yet",
  "figure.caption": "Caption",

  "table.caption": "Caption",
  "table.label": "Table",
  "table.insert": "Insert a table",
  "table.rows": "Rows",
  "table.columns": "Columns",
  "table.header": "The first row names the columns",

  "footnote.mark": "Footnote {n}: {words}",
  "footnote.mark.empty": "Footnote {n}, empty",
  "footnote.edit": "Words of footnote {n}",
  "footnote.close": "Back to the text",
  "footnote.remove": "Remove footnote",

  "link.title": "Link",
  "link.address": "Address",
  "link.hint": "Begins with https://, mailto: or # and the id of a passage.",
  "link.wrong": "Write an address that begins with https://, http://, mailto: or #.",
  "link.set": "Set link",
  "link.remove": "Remove link",
  "link.words": "Words",

  "find.title": "Find and replace",
  "find.what": "Find",
  "find.with": "Replace with",
  "find.case": "Match case",
  "find.whole": "Whole words",
  "find.next": "Next",
  "find.previous": "Previous",
  "find.replace": "Replace",
  "find.all": "Replace all",
  "find.none": "Not found",
  "find.count.one": "{n} place",
  "find.count.other": "{n} places",
  "find.at": "{i} of {n}",
  "find.many": "More than {n} places: write more of it.",
  "find.replaced.one": "Replaced in {n} place.",
  "find.replaced.other": "Replaced in {n} places.",
  "find.left.one": "{n} place was left as it is, because its passage may not be changed just so.",
  "find.left.other": "{n} places were left as they are, because their passages may not be changed just so.",

  "paste.large": "That is more than {limit} MB. Paste it in parts, or import it as a document.",
  "paste.pictures": "Pictures are not pasted with the words. Put them in as pictures of their own.",
  "paste.read": "You cannot paste here, because you read only.",

  "presence.here": "Here now",
  "presence.alone": "Nobody else is here.",
  "presence.you": "{name} (you)",
  "presence.elsewhere": "{name} (you, in another window)",
  "presence.show": "Show where others are",
  "presence.at": "{name} is at “{place}”. Go there.",
  "presence.open.one": "{n} other person is here",
  "presence.open.other": "{n} other people are here",

  "outline.title": "Outline",
  "outline.empty": "Headings will be listed here.",
  "outline.untitled": "Heading without words",
  "outline.waits.one": "{n} passage here waits for you",
  "outline.waits.other": "{n} passages here wait for you",
  "outline.none": "Nothing waits for you in this text.",
  "outline.next": "Next that waits for me",
  "outline.previous": "The one before",
  "outline.arrived": "{n} of {all} that wait for you.",
  "panel.title": "About this passage",

  "help.title": "The keyboard",
  "help.close": "Close",
  "help.open": "This help",
  "help.parts": "From the text to the panel, the outline, the tools and back",
  "help.split": "New passage",
  "help.break": "New line in the same passage",
  "help.out": "Leave a table, a list or code",
  "help.marks": "Strong, emphasis",
  "help.link": "Link",
  "help.kinds": "Heading of level 1 to 6; paragraph is 0",
  "help.lists": "Numbered list, list",
  "help.quote": "Quotation",
  "help.depth": "List level in and out; from cell to cell in a table",
  "help.tab": "Tab anywhere else leaves the text.",
  "help.move": "Move the passage up or down",
  "help.footnote": "Footnote",
  "help.find": "Find and replace",
  "help.undo": "Undo and redo your own acts",
  "help.next": "Next passage that waits for me",
  "help.rules":
    "At the start of a passage, # and a space make a heading, - a list, 1. a numbered list, > a quotation. Backspace takes that back.",

  "status.agreed": "agreed",
  "status.locally-agreed": "locally agreed",
  "status.contested": "contested",
  "status.awaiting": "awaiting",
  "status.held": "held",
  "status.tie": "tie",
  "status.not-open": "not open",
  "status.withdrawn": "withdrawn",
  "status.yours": "yours",
  "status.new": "being written",
  "number.footnote": "{n}",
  "dialog.close": "Close",
  "dialog.cancel": "Cancel",
  "dialog.insert": "Insert",

  ...consentWords,
} as const;

export type Key = keyof typeof english;
type Stem<K> = K extends `${infer S}.other` ? S : never;
export type CountedKey = Stem<Key>;
export type Values = Record<string, string | number>;

export class Words {
  readonly #own: Record<string, string>;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  constructor(own: Record<string, string> = {}, language = "en") {
    this.#own = own;
    let usable = "en";
    try {
      usable = Intl.getCanonicalLocales(language)[0] ?? "en";
    } catch {
      // An unknown language counts like English.
    }
    this.#plural = new Intl.PluralRules(usable);
    this.#number = new Intl.NumberFormat(usable);
  }

  say(key: Key, values: Values = {}): string {
    return this.#fill(this.#own[key] ?? english[key], values);
  }

  /** Words that depend on a number, which is put in as {n}. */
  count(key: CountedKey, n: number, values: Values = {}): string {
    const form = this.#plural.select(n);
    const plain = english as Record<string, string>;
    const words =
      this.#own[`${key}.${form}`] ??
      this.#own[`${key}.other`] ??
      plain[`${key}.${n === 1 ? "one" : "other"}`] ??
      "";
    return this.#fill(words, { n, ...values });
  }

  /** The name of a status for people; an unknown one is said as it is. */
  status(slug: string): string {
    const key = `status.${slug}`;
    return key in english ? this.say(key as Key) : slug;
  }

  #fill(words: string, values: Values): string {
    return words.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? this.#number.format(value) : value;
    });
  }
}
