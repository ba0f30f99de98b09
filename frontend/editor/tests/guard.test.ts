import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { deleteSelection } from "prosemirror-commands";
import { moveBlocks, setKind, splitPassage } from "../commands.ts";
import { changedIds, Guard, type Held } from "../consent/guard.ts";
import { newAct, undo } from "../undo.ts";
import type { Row } from "../passages.ts";
import { caret, meet, named, p, seeded, type, words, writer } from "./text.ts";

const text = () => seeded(p("1", "One."), p("2", "Two."), p("3", "Three."));
const row = (price: number | null, digest = "a"): Row => ({ s: "agreed", w: "", p: price, d: digest, n: false, c: 0, v: 0 });

function guarded(prices: Record<string, number | null>, start = text()) {
  const rows = new Map(Object.entries(prices).map(([id, price]) => [named(id), row(price)]));
  const asked: Held[] = [];
  const guard = new Guard(rows, (held) => asked.push(held));
  guard.heard();
  const one = writer(start, [guard.plugin()]);
  return { ...one, start, rows, asked, guard };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("the first key on agreed words is held back, and asked about with its price", async () => {
  const { view, asked } = guarded({ 1: 13, 2: 0 });
  caret(view, 0, 3);
  type(view, "x");
  assert.deepEqual(words(view), ["One.", "Two.", "Three."]);
  await settled();
  assert.equal(asked.length, 1);
  assert.deepEqual(asked[0]!.passages.map((one) => [one.id, one.price]), [[named("1"), 13]]);
});

test("words nobody agreed to are written without being asked", async () => {
  const { view, asked } = guarded({ 1: 13, 2: 0 });
  caret(view, 1, 3);
  type(view, "x");
  caret(view, 2, 5);
  type(view, "x");
  await settled();
  assert.deepEqual(words(view), ["One.", "Twox.", "Threex."]);
  assert.equal(asked.length, 0);
});

test("a sealed price is asked about as well, and not told", async () => {
  const { view, asked } = guarded({ 1: null });
  caret(view, 0, 0);
  type(view, "x");
  await settled();
  assert.equal(asked[0]!.passages[0]!.price, null);
});

test("the first key is put in after the choice, with what was typed meanwhile", async () => {
  const { view, asked, guard } = guarded({ 1: 13 });
  caret(view, 0, 3);
  type(view, "x");
  await settled();
  asked[0]!.typed = "yz";
  guard.let(view);
  assert.equal(words(view)[0], "Onexyz.");
  type(view, "!");
  await settled();
  assert.equal(words(view)[0], "Onexyz!.", "asked once, not with every key");
  assert.equal(asked.length, 1);
});

test("nothing is written when the writer thinks better of it, and they are asked again", async () => {
  const { view, asked, guard } = guarded({ 1: 13 });
  caret(view, 0, 3);
  type(view, "x");
  await settled();
  guard.drop();
  assert.equal(words(view)[0], "One.");
  type(view, "x");
  await settled();
  assert.equal(asked.length, 2);
});

test("what waits is put where it belongs though others wrote meanwhile", async () => {
  const { view, doc, fragment, binding, asked, guard, start } = guarded({ 2: 3 });
  const other = writer(start);
  const mine = { view, doc, fragment, binding };
  caret(view, 1, 0, 3);
  view.dispatch(view.state.tr.deleteSelection().insertText("Second"));
  await settled();
  assert.equal(asked.length, 1);
  caret(other.view, 0, 0);
  type(other.view, "Before ");
  caret(other.view, 1, 4);
  type(other.view, " After");
  meet(mine, other);
  guard.let(view);
  assert.deepEqual(words(view), ["Before One.", "Second. After", "Three."]);
  type(view, "!");
  assert.equal(words(view)[1], "Second!. After", "the caret goes on behind what was typed");
});

test("remote changes and undoing never ask", async () => {
  const { view, doc, fragment, binding, asked, rows, start } = guarded({ 1: 0, 2: 5 });
  caret(view, 0, 3);
  newAct(view.state);
  type(view, "x");
  rows.set(named("1"), row(4, "b"));
  assert.equal(undo(view.state, view.dispatch), true);
  const other = writer(start);
  caret(other.view, 1, 0);
  type(other.view, "Remote ");
  meet({ view, doc, fragment, binding }, other);
  await settled();
  assert.deepEqual(words(view), ["One.", "Remote Two.", "Three."]);
  assert.equal(asked.length, 0);
});

test("a passage that was opened is guarded again once others agree to what was made of it", async () => {
  const { view, asked, guard, rows } = guarded({ 1: 13 });
  caret(view, 0, 3);
  type(view, "x");
  await settled();
  guard.let(view);
  rows.set(named("1"), row(0, "b"));
  guard.heard();
  type(view, "y");
  rows.set(named("1"), row(2, "c"));
  guard.heard();
  type(view, "z");
  await settled();
  assert.equal(words(view)[0], "Onexy.");
  assert.equal(asked.length, 2);
});

test("agreements on the earlier words, told late, do not close what was opened", async () => {
  const { view, asked, guard } = guarded({ 1: 13 });
  caret(view, 0, 3);
  type(view, "x");
  await settled();
  guard.let(view);
  guard.heard();
  type(view, "y");
  await settled();
  assert.equal(asked.length, 1);
});

test("cutting, joining, another kind and taking out are changes too", async () => {
  for (const act of ["cut", "join", "kind", "split", "out"] as const) {
    const { view, asked } = guarded({ 2: 7 });
    const before = words(view);
    caret(view, 1, 1, 3);
    if (act === "cut") deleteSelection(view.state, view.dispatch);
    if (act === "join") view.dispatch(view.state.tr.join(view.state.doc.child(0).nodeSize));
    if (act === "kind") setKind("quote")(view.state, view.dispatch);
    if (act === "split") splitPassage(view.state, view.dispatch, view);
    if (act === "out") {
      const start = view.state.doc.child(0).nodeSize;
      view.dispatch(view.state.tr.delete(start, start + view.state.doc.child(1).nodeSize));
    }
    await settled();
    assert.equal(asked.length, 1, act);
    assert.deepEqual(words(view), before, act);
    assert.equal(asked[0]!.passages[0]!.id, named("2"), act);
  }
});

test("a new passage beside agreed words, and moving them, changes no words", async () => {
  const { view, asked } = guarded({ 1: 7, 2: 7 });
  caret(view, 0, 4);
  splitPassage(view.state, view.dispatch, view);
  type(view, "New.");
  caret(view, 1, 1);
  moveBlocks(1)(view.state, view.dispatch);
  await settled();
  assert.equal(asked.length, 0);
  assert.deepEqual(words(view), ["One.", "Two.", "New.", "Three."]);
});

test("a change across several agreed passages is one question", async () => {
  const { view, asked, guard } = guarded({ 1: 2, 3: 3 });
  caret(view, 0, 1, 2, 2);
  deleteSelection(view.state, view.dispatch);
  await settled();
  assert.deepEqual(asked[0]!.passages.map((one) => one.price), [2, 3]);
  guard.let(view);
  assert.deepEqual(words(view), ["Oree."]);
});

test("before any news, what one began here is free and the rest is asked about", async () => {
  const rows = new Map<string, Row>();
  const asked: Held[] = [];
  const guard = new Guard(rows, (held) => asked.push(held));
  const { view } = writer(text(), [guard.plugin()]);
  caret(view, 2, 6);
  splitPassage(view.state, view.dispatch, view);
  type(view, "Mine.");
  await settled();
  assert.equal(asked.length, 0);
  caret(view, 0, 0);
  type(view, "x");
  await settled();
  assert.equal(asked[0]!.passages[0]!.price, null);
  assert.equal(asked[0]!.passages[0]!.row, undefined);
});

test("which passages changed is told by their words, not by their places", () => {
  const before = writer(text()).view.state.doc;
  const after = writer(seeded(p("3", "Three."), p("1", "One!"))).view.state.doc;
  assert.deepEqual(changedIds(before, after).sort(), [named("1"), named("2")]);
});
