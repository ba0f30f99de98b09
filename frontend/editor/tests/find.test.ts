import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { findIn, pattern } from "../find.ts";
import { breakType, footnoteType, passageType, schema } from "../schema.ts";
import { p, table } from "./text.ts";

const look = (what: string, more: { matchCase?: boolean; whole?: boolean } = {}) =>
  pattern({ what, matchCase: false, whole: false, ...more })!;

test("finds every place, counted from the beginning of the passage", () => {
  const node = p("1", "The report, the Report.");
  assert.deepEqual(findIn(node, look("report")), [{ from: 5, to: 11 }, { from: 17, to: 23 }]);
  assert.equal(findIn(node, look("Report", { matchCase: true })).length, 1);
});

test("whole words only, in any alphabet", () => {
  const node = p("1", "seat seats éseat seat");
  assert.equal(findIn(node, look("seat", { whole: true })).length, 2);
});

test("signs are taken as they are, and spaces as any white space", () => {
  assert.equal(findIn(p("1", "a (b) c"), look("(b)")).length, 1);
  assert.equal(findIn(p("1", "a.b"), look("a-b")).length, 0);
  assert.equal(findIn(p("1", "a\u00a0b"), look("a b")).length, 1);
  assert.equal(pattern({ what: "", matchCase: false, whole: false }), null);
});

test("finds across marks and line ends, in cells and in notes, at places that hold the words", () => {
  const note = footnoteType.create(null, schema.text("a report"));
  const node = passageType.create({ id: "1" }, [
    schema.text("the re"),
    schema.text("port", [schema.marks.strong!.create()]),
    note,
    schema.text("x"),
    breakType.create(),
    schema.text("y"),
  ]);
  const found = findIn(node, look("report"));
  assert.equal(found.length, 2);
  const doc = schema.topNodeType.create(null, [node]);
  for (const { from, to } of found) assert.equal(doc.textBetween(from, to), "report");
  assert.equal(findIn(node, look("x y")).length, 1);

  const cells = schema.topNodeType.create(null, [table("t", [["a report", "b"], ["c", "report"]])]);
  const places = findIn(cells.child(0), look("report"));
  assert.equal(places.length, 2);
  for (const { from, to } of places) assert.equal(cells.textBetween(from, to), "report");
});
