import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { setKind, splitPassage } from "../commands.ts";
import { newAct, redo, undo } from "../undo.ts";
import { at, caret, ids, meet, p, seeded, type, words, writer } from "./text.ts";

const text = () => seeded(p("1", "One"), p("2", "Two"));

test("undo takes back one's own words and leaves those of others", () => {
  const start = text();
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 3);
  type(ana.view, " of Ana");
  meet(ana, ben);
  caret(ben.view, 0, 0);
  type(ben.view, "Ben: ");
  meet(ana, ben);
  assert.equal(words(ana.view)[0], "Ben: One of Ana");
  assert.equal(undo(ana.view.state, ana.view.dispatch), true);
  meet(ana, ben);
  assert.equal(words(ben.view)[0], "Ben: One");
  assert.equal(undo(ana.view.state, ana.view.dispatch), false, "nothing else of Ana's");
  redo(ana.view.state, ana.view.dispatch);
  meet(ana, ben);
  assert.equal(words(ben.view)[0], "Ben: One of Ana");
});

test("an act that begins anew is taken back by itself", () => {
  const { view } = writer(text());
  caret(view, 0, 3);
  type(view, "a");
  newAct(view.state);
  type(view, "b");
  undo(view.state, view.dispatch);
  assert.equal(words(view)[0], "Onea");
});

test("undoing a kind leaves the words that others wrote since", () => {
  const start = text();
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 0);
  setKind("heading", 1)(ana.view.state, ana.view.dispatch);
  meet(ana, ben);
  caret(ben.view, 0, 3);
  type(ben.view, "!");
  meet(ana, ben);
  undo(ana.view.state, ana.view.dispatch);
  assert.equal(ana.view.state.doc.firstChild?.attrs.kind, "paragraph");
  assert.equal(words(ana.view)[0], "One!");
});

test("undoing a split keeps what another wrote in the new half", () => {
  const start = seeded(p("1", "One and two"));
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 8);
  splitPassage(ana.view.state, ana.view.dispatch);
  meet(ana, ben);
  caret(ben.view, 1, 3);
  type(ben.view, " by Ben");
  meet(ana, ben);
  undo(ana.view.state, ana.view.dispatch);
  meet(ana, ben);
  assert.match(words(ana.view).join("|"), /by Ben/);
  assert.deepEqual(words(ana.view), words(ben.view));
  assert.equal(new Set(ids(ana.view)).size, ids(ana.view).length);
});

test("the caret goes where the act was", () => {
  const { view } = writer(text());
  caret(view, 0, 3);
  type(view, "!");
  caret(view, 1, 1);
  newAct(view.state);
  type(view, "?");
  caret(view, 0, 0);
  undo(view.state, view.dispatch);
  assert.equal(view.state.selection.head, at(view, 1, 1));
});
