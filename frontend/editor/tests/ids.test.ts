import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { backspaceKey, deleteKey, moveBlocks, splitPassage } from "../commands.ts";
import { assign, mint, overlap } from "../ids.ts";
import { undo } from "../undo.ts";
import { caret, ids, meet, named, p, seeded, stored, table, type, words, writer } from "./text.ts";

const one = named("1");
const two = named("2");
const text = () => seeded(p("1", "The first passage has some words."), p("2", "The second."));
const unique = (view: Parameters<typeof ids>[0]) => {
  const all = ids(view);
  assert.equal(new Set(all).size, all.length, `ids are shared: ${all}`);
  for (const id of all) assert.match(id, /^[0-9a-hjkmnp-tv-z]{10}$/);
};

test("a new id is ten characters of the alphabet without i, l, o and u", () => {
  const many = Array.from({ length: 500 }, mint);
  for (const id of many) assert.match(id, /^[0-9abcdefghjkmnpqrstvwxyz]{10}$/);
  assert.equal(new Set(many).size, 500);
});

test("overlap counts what stands at the beginning and the end", () => {
  assert.equal(overlap("abcdef", "abcxef"), 5);
  assert.equal(overlap("abc", ""), 0);
  assert.equal(overlap("one two three", "two"), 3);
});

test("Enter near the end leaves the id with the first half, near the beginning with the second", () => {
  const late = writer(text());
  caret(late.view, 0, 25);
  splitPassage(late.view.state, late.view.dispatch);
  assert.deepEqual(words(late.view), ["The first passage has som", "e words.", "The second."]);
  assert.equal(ids(late.view)[0], one);
  unique(late.view);

  const early = writer(text());
  caret(early.view, 0, 4);
  splitPassage(early.view.state, early.view.dispatch);
  assert.deepEqual(words(early.view), ["The ", "first passage has some words.", "The second."]);
  assert.equal(ids(early.view)[1], one);
  unique(early.view);
});

test("Enter at the beginning puts an empty passage before and keeps the id with the words", () => {
  const { view } = writer(text());
  caret(view, 0, 0);
  splitPassage(view.state, view.dispatch);
  assert.deepEqual(words(view), ["", "The first passage has some words.", "The second."]);
  assert.equal(ids(view)[1], one);
  unique(view);
});

test("a label stays with the passage that keeps the id", () => {
  const { view } = writer(seeded(p("1", "The first passage has some words.", { label: "17" })));
  caret(view, 0, 25);
  splitPassage(view.state, view.dispatch);
  assert.deepEqual(view.state.doc.content.content.map((node) => node.attrs.label), ["17", null]);
});

test("Backspace at the beginning merges, and the id of most of the words stays", () => {
  const { view } = writer(text());
  caret(view, 1, 0);
  backspaceKey(view.state, view.dispatch);
  assert.deepEqual(words(view), ["The first passage has some words.The second."]);
  assert.deepEqual(ids(view), [one]);

  const other = writer(seeded(p("1", "Short."), p("2", "The second passage is the longer of the two.")));
  caret(other.view, 1, 0);
  backspaceKey(other.view.state, other.view.dispatch);
  assert.deepEqual(ids(other.view), [two]);
});

test("an empty passage before is taken away, and the other stays what it is", () => {
  const { view } = writer(seeded(p("1", ""), p("2", "A heading", { kind: "heading", depth: "2" })));
  caret(view, 1, 0);
  backspaceKey(view.state, view.dispatch);
  assert.deepEqual(ids(view), [two]);
  assert.equal(view.state.doc.firstChild?.attrs.kind, "heading");
});

test("Delete at the end merges in the same way", () => {
  const { view } = writer(text());
  caret(view, 0, 33);
  deleteKey(view.state, view.dispatch);
  assert.deepEqual(ids(view), [one]);
  assert.equal(words(view)[0], "The first passage has some words.The second.");
});

test("taking out from the middle of one to the middle of another keeps the id of most that is left", () => {
  const { view } = writer(text());
  caret(view, 0, 30, 4, 1);
  backspaceKey(view.state, view.dispatch);
  assert.deepEqual(words(view), ["The first passage has some worsecond."]);
  assert.deepEqual(ids(view), [one]);
});

test("cut and pasted, a passage keeps its id; pasted a second time, the copy gets a new one", () => {
  const { view } = writer(text());
  const node = view.state.doc.child(0);
  view.dispatch(view.state.tr.delete(0, node.nodeSize));
  view.dispatch(view.state.tr.insert(view.state.doc.content.size, node));
  assert.deepEqual(ids(view), [two, one]);
  view.dispatch(view.state.tr.insert(view.state.doc.content.size, node));
  assert.equal(ids(view)[1], one);
  unique(view);
});

test("a copy pasted above the original does not take its id", () => {
  const { view } = writer(text());
  view.dispatch(view.state.tr.insert(0, view.state.doc.child(1)));
  assert.equal(ids(view)[2], two);
  unique(view);
});

test("when most of a passage is cut out and pasted elsewhere, the id goes along", () => {
  const { view } = writer(text());
  caret(view, 0, 3, 11, 1);
  const { content } = view.state.selection.content();
  view.dom.dispatchEvent(new Event("cut"));
  assert.deepEqual(words(view), ["The"]);
  assert.deepEqual(ids(view), [one]);
  view.dispatch(view.state.tr.insert(view.state.doc.content.size, content));
  assert.deepEqual(words(view), ["The", " first passage has some words.", "The second."]);
  assert.deepEqual(ids(view).slice(1), [one, two]);
  unique(view);
});

test("undoing a split and a merge gives back the passages with their ids", () => {
  const { view } = writer(text());
  caret(view, 0, 4);
  splitPassage(view.state, view.dispatch);
  undo(view.state, view.dispatch);
  assert.deepEqual(ids(view), [one, two]);
  assert.equal(words(view)[0], "The first passage has some words.");
  caret(view, 1, 0);
  backspaceKey(view.state, view.dispatch);
  assert.equal(ids(view).length, 1);
  undo(view.state, view.dispatch);
  assert.deepEqual(ids(view), [one, two]);
  assert.deepEqual(words(view), ["The first passage has some words.", "The second."]);
});

test("moving keeps ids, and other passages are not touched", () => {
  const { view, doc } = writer(seeded(p("1", "One"), p("2", "Two"), p("3", "Three")));
  const before = doc.getXmlFragment("prosemirror").get(1);
  caret(view, 0, 1);
  moveBlocks(1)(view.state, view.dispatch);
  moveBlocks(1)(view.state, view.dispatch);
  assert.deepEqual(words(view), ["Two", "Three", "One"]);
  assert.deepEqual(ids(view), [two, named("3"), one]);
  assert.equal(doc.getXmlFragment("prosemirror").get(0), before);
});

test("a text left without passages gets one with an id, so that one can write", () => {
  const { view } = writer(text());
  view.dispatch(view.state.tr.delete(0, view.state.doc.content.size));
  assert.equal(view.state.doc.childCount, 1);
  unique(view);
});

test("two people split the same passage at once: nobody's id is shared, and both agree", () => {
  const start = text();
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 20);
  splitPassage(ana.view.state, ana.view.dispatch);
  caret(ben.view, 0, 28);
  splitPassage(ben.view.state, ben.view.dispatch);
  meet(ana, ben);
  assert.deepEqual(ids(ana.view), ids(ben.view));
  assert.deepEqual(words(ana.view), words(ben.view));
  unique(ana.view);
  assert.ok(ids(ana.view).includes(one));
});

test("words typed by another in a passage while it is split stay", () => {
  const start = text();
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 4);
  splitPassage(ana.view.state, ana.view.dispatch);
  caret(ben.view, 0, 33);
  type(ben.view, " And more.");
  meet(ana, ben);
  assert.deepEqual(words(ana.view), ["The ", "first passage has some words. And more.", "The second."]);
  assert.deepEqual(words(ben.view), words(ana.view));
});

test("ids are never given to what arrives from others", () => {
  const ana = writer(text());
  const foreign = writer(ana.doc);
  foreign.doc.transact(() => {
    foreign.fragment.get(1).setAttribute("id", one);
  });
  meet(ana, foreign);
  assert.deepEqual(ids(ana.view), [one, one]);
});

test("tables have ids like passages, and a copied one gets its own", () => {
  const { view, doc } = writer(seeded(p("1", "One"), table("t", [["a", "b"]])));
  view.dispatch(view.state.tr.insert(view.state.doc.content.size, view.state.doc.child(1)));
  unique(view);
  assert.equal(ids(view)[1], named("t"));
  assert.ok(stored(doc).eq(view.state.doc));
});

test("assign leaves what is in order", () => {
  const nodes = [p("1", "One"), p("2", "Two")];
  assert.deepEqual(assign(nodes, nodes, () => false), []);
});
