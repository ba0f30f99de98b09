import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";
import { described, marksOf, marksPlugin, renewMarks, signs } from "../consent/marks.ts";
import { begin, discard, prepared, preparedById } from "../consent/wordings.ts";
import { Binding } from "../binding.ts";
import { splitPassage } from "../commands.ts";
import type { Row } from "../passages.ts";
import { plain, schema } from "../schema.ts";
import { Words } from "../words.ts";
import { caret, meet, named, p, seeded, type, writer } from "./text.ts";

const row = (s: string, more: Partial<Row> = {}): Row => ({ s, w: "", p: 0, d: "", n: false, c: 0, v: 0, ...more });
const say = new Words();

test("a row is told in words, and nothing that is not there is told", () => {
  assert.equal(described(say, row("agreed", { p: 13 })), "Status: agreed. 13 agreements stand on these words.");
  const all = described(say, row("contested", { w: "stale", c: 1, v: 2, n: true }));
  assert.match(all, /Being written at this moment\..*changed since you accepted.*1 open comment\. 2 other wordings\./);
  assert.doesNotMatch(described(say, row("yours", { p: null })), /agreement/);
  assert.equal(signs(row("agreed", { c: 2, v: 1 })), "✓\n❝2\n⇄1");
});

test("marks follow the news and the writing", () => {
  const rows = new Map([[named("1"), row("agreed")], [named("2"), row("contested")]]);
  const { view } = writer(seeded(p("1", "One."), p("2", "Two.")), [marksPlugin(rows, say, () => {})]);
  const classes = () => [...view.dom.children].map((one) => [...one.classList].filter((name) => name.startsWith("state-")).join());
  assert.deepEqual(classes(), ["state-agreed", "state-contested"]);
  caret(view, 0, 4);
  splitPassage(view.state, view.dispatch, view);
  type(view, "New.");
  assert.deepEqual(classes(), ["state-agreed", "", "state-contested"]);
  rows.set(named("1"), row("awaiting", { n: true }));
  renewMarks(view);
  assert.deepEqual(classes(), ["state-awaiting,state-writing", "", "state-contested"]);
  rows.delete(named("2"));
  renewMarks(view);
  assert.equal(marksOf(view.state).find().length, 1);
});

test("a wording is begun with the words of its passage and without its id, and seen by others", () => {
  const start = seeded(p("1", "One.", { label: "17" }), p("2", "Two."));
  const ana = writer(start);
  const ben = writer(start);
  const made = begin(ana.doc, named("1"), "ana", ana.view.state.doc.firstChild!);
  meet(ana, ben);
  const there = preparedById(ben.doc, made.id)!;
  assert.deepEqual([there.of, there.by], [named("1"), "ana"]);
  const words = new Binding(there.element as unknown as Y.XmlFragment, schema).read().firstChild!;
  assert.equal(plain(words), "One.");
  assert.deepEqual([words.attrs.id, words.attrs.label, words.attrs.kind], [null, null, "paragraph"]);
  assert.equal(plain(ana.view.state.doc.firstChild!), "One.", "the text stands");
  assert.equal(discard(ben.doc, made.id), true);
  assert.equal(discard(ben.doc, made.id), false);
  meet(ana, ben);
  assert.deepEqual(prepared(ana.doc), []);
});
