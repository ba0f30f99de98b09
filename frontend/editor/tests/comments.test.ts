import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EditorView } from "prosemirror-view";
import { commentAt, highlightsPlugin, type Marked, markOf, setComments } from "../comments/highlights.ts";
import { readList } from "../comments/list.ts";
import { find, place, quoted, read } from "../comments/places.ts";
import { breakType, footnoteType, passageType, schema } from "../schema.ts";
import { at, caret, meet, named, p, seeded, table, type, writer } from "./text.ts";

const comment = (quote: string, prefix = "", suffix = "", start?: number) => ({
  quote,
  prefix,
  suffix,
  ...(start === undefined ? {} : { start }),
});

test("a passage is read as the server reads it", () => {
  const note = footnoteType.create(null, schema.text(" so  said "));
  const passage = passageType.create(null, [
    schema.text("  One"),
    breakType.create(),
    schema.text(" two"),
    note,
    schema.text(" three "),
  ]);
  assert.equal(read(passage).text, "One two [so said] three");
  assert.equal(read(table("1", [["Year", " Members "], ["2019", ""]], "By year")).text, "By year\nYear | Members\n2019 | ");
});

test("every character knows where it stands", () => {
  const passage = passageType.create(null, [schema.text("a  b"), footnoteType.create(null, schema.text("n")), schema.text("c")]);
  const { text, positions } = read(passage);
  assert.equal(text, "a b [n]c");
  assert.deepEqual(positions, [1, 2, 4, 5, 5, 6, 7, 8]);
});

test("a quote stands on exactly its words", () => {
  assert.deepEqual(find(comment("fifty"), "We lost fifty seats"), { from: 8, to: 13 });
  assert.equal(find(comment("fifty"), "We lost Fifty seats"), null);
  assert.equal(find(comment(""), "We lost"), null);
});

test("of the same words in several places the context decides", () => {
  const text = "the seats in the north and the seats in the south";
  assert.deepEqual(find(comment("the seats", "north and ", " in the south"), text), { from: 27, to: 36 });
  assert.deepEqual(find(comment("the seats", "", " in the north"), text), { from: 0, to: 9 });
});

test("where the context cannot decide, only the remembered place does; otherwise none is marked", () => {
  assert.equal(find(comment("no"), "no no no"), null);
  assert.deepEqual(find(comment("no", "", "", 3), "no no no"), { from: 3, to: 5 });
  assert.equal(find(comment("no", "", "", 4), "no no no"), null);
});

test("places are counted in characters, not in halves of them", () => {
  const text = "😀 no no";
  assert.deepEqual(find(comment("no", "", "", 5), text), { from: 6, to: 8 });
});

test("what is selected comes back from its quote", () => {
  const passage = p("1", "We lost fifty seats, fifty in four weeks.");
  const made = quoted(passage, 0, 22, 27)!;
  assert.deepEqual(made, { quote: "fifty", prefix: "We lost fifty seats, ", suffix: " in four weeks.", start: 21 });
  assert.deepEqual(place(made, passage, 0), { from: 22, to: 27 });
  assert.equal(quoted(p("2", "a   b"), 0, 2, 5), null, "white space alone is no quote");
});

test("a quote across a note is found in the document", () => {
  const passage = passageType.create(null, [schema.text("so it"), footnoteType.create(null, schema.text("see")), schema.text(" was")]);
  const made = quoted(passage, 10, 14, 23)!;
  assert.equal(made.quote, "it [see] w");
  assert.deepEqual(place(made, passage, 10), { from: 14, to: 23 });
});

const marked = (id: number, passage: string, quote: string): Marked => ({
  id,
  passage: named(passage),
  ...comment(quote),
});
const words = (view: EditorView, id: number) => {
  const range = markOf(view.state, id);
  return range && view.state.doc.textBetween(range.from, range.to);
};
const opened = () => {
  const presses: number[] = [];
  const start = seeded(p("1", "We lost fifty seats."), p("2", "Nothing here."));
  const one = writer(start, [highlightsPlugin((_passage, id) => presses.push(id))]);
  setComments(one.view, [marked(1, "1", "fifty seats"), marked(2, "1", "fifty"), marked(3, "2", "not there")]);
  return { ...one, start, presses };
};

test("comments are marked on their words, and on no others", () => {
  const { view } = opened();
  assert.equal(words(view, 1), "fifty seats");
  assert.equal(words(view, 2), "fifty");
  assert.equal(words(view, 3), null);
  assert.equal(commentAt(view.state, at(view, 0, 9))?.id, 2, "the one on the fewest words");
  assert.equal(commentAt(view.state, at(view, 0, 16))?.id, 1);
  assert.equal(commentAt(view.state, at(view, 0, 2)), null);
});

test("marks go with their words while somebody writes around and in them", () => {
  const { view } = opened();
  caret(view, 0, 0);
  type(view, "Then ");
  assert.equal(words(view, 1), "fifty seats");
  caret(view, 0, at(view, 0, 0) + 12);
  caret(view, 0, 18);
  type(view, " good");
  assert.equal(words(view, 1), "fifty good seats");
  assert.equal(words(view, 2), "fifty");
});

test("words that are gone lose their mark, and have it again when they come back", () => {
  const { view } = opened();
  caret(view, 0, 7, 19);
  view.dispatch(view.state.tr.deleteSelection());
  assert.equal(words(view, 1), null);
  caret(view, 0, 7);
  type(view, " fifty seats");
  assert.equal(words(view, 1), "fifty seats");
});

test("the server's newer word about a comment replaces what was marked", () => {
  const { view } = opened();
  setComments(view, [marked(1, "1", "We lost")]);
  assert.equal(words(view, 1), "We lost");
  assert.equal(words(view, 2), null);
});

test("the same list told again leaves every mark where it is", () => {
  const { view } = opened();
  const list = [marked(1, "1", "fifty seats"), marked(2, "1", "fifty")];
  setComments(view, list);
  setComments(view, list);
  assert.deepEqual([words(view, 1), words(view, 2)], ["fifty seats", "fifty"]);
});

test("what others write moves the marks as well", () => {
  const { view, doc, fragment, binding, start } = opened();
  const other = writer(start);
  caret(other.view, 0, 3);
  type(other.view, "all ");
  meet({ view, doc, fragment, binding }, other);
  assert.equal(words(view, 1), "fifty seats");
});

test("a list is read with what is missing left empty, and what is wrong left out", () => {
  const list = readList({ comments: [{ id: 4, passage: "a", quote: "b", anchor: "orphan" }, { id: "x" }, null, { id: 5 }] });
  assert.deepEqual(list.map((one) => [one.id, one.quote, one.open, one.lost]), [[4, "b", true, true]]);
  assert.deepEqual(readList("nonsense"), []);
});
