import "./page.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { arrived } from "../binding.ts";
import { Plugin } from "prosemirror-state";
import { backspaceKey, moveBlocks, setKind, splitPassage, switchMark } from "../commands.ts";
import { PassageIndex } from "../passages.ts";
import { breakType, footnoteType, schema } from "../schema.ts";
import { addColumn, addRow, insertTable, removeColumn, removeRow } from "../tables.ts";
import { at, caret, ids, meet, named, p, seeded, stored, table, type, words, writer, type Writer } from "./text.ts";

const same = (...writers: Writer[]) => {
  for (const one of writers) {
    assert.ok(stored(one.doc).eq(one.view.state.doc), "the view shows what is stored");
    assert.deepEqual(one.view.state.doc.toJSON(), writers[0]!.view.state.doc.toJSON());
  }
};

test("words, marks, notes and line ends come back as they were", () => {
  const { view, doc } = writer(seeded(p("1", "The words of a passage.")));
  caret(view, 0, 4, 9);
  switchMark("strong")(view.state, view.dispatch);
  view.dispatch(view.state.tr.insert(at(view, 0, 9), footnoteType.create({ label: "a" }, schema.text("A note."))));
  view.dispatch(view.state.tr.insert(at(view, 0, 0), breakType.create()));
  assert.ok(stored(doc).eq(view.state.doc));
  assert.equal(doc.getXmlFragment("prosemirror").get(0).toString().includes("<strong>words</strong>"), true);
});

test("the caret stays with its words when somebody writes before it in the same passage", () => {
  const start = seeded(p("1", "The words of a passage."), p("2", "Another."));
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 9);
  caret(ben.view, 0, 0);
  type(ben.view, "Once more: ");
  meet(ana, ben);
  assert.equal(ana.view.state.selection.head, at(ana.view, 0, 20));
  type(ana.view, "!");
  assert.equal(words(ana.view)[0], "Once more: The words! of a passage.");
});

test("the caret stays with its words when its passage is changed on both sides at once", () => {
  const start = seeded(p("1", "The words of a passage."), p("2", "Another."));
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 9);
  ben.view.dispatch(ben.view.state.tr.insertText("Here end", at(ben.view, 0, 0), at(ben.view, 0, 0)));
  ben.view.dispatch(ben.view.state.tr.insertText(" long", at(ben.view, 0, 31), at(ben.view, 0, 31)));
  meet(ana, ben);
  type(ana.view, "|");
  assert.match(words(ana.view)[0]!, /The words\| of/);
});

test("the caret goes along when its passage is moved by another", () => {
  const start = seeded(p("1", "One is here."), p("2", "Two"), p("3", "Three"));
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 3);
  caret(ben.view, 0, 0);
  moveBlocks(1)(ben.view.state, ben.view.dispatch);
  moveBlocks(1)(ben.view.state, ben.view.dispatch);
  meet(ana, ben);
  assert.deepEqual(ids(ana.view), [named("2"), named("3"), named("1")]);
  type(ana.view, "!");
  assert.equal(words(ana.view)[2], "One! is here.");
});

test("an update touches only its passage: the others are the same objects", () => {
  const start = seeded(p("1", "One"), p("2", "Two"), p("3", "Three"));
  const ana = writer(start);
  const ben = writer(start);
  caret(ben.view, 1, 3);
  type(ben.view, " and a half");
  const before = ana.view.state.doc;
  meet(ana, ben);
  const after = ana.view.state.doc;
  assert.equal(after.child(0), before.child(0));
  assert.equal(after.child(2), before.child(2));
  assert.equal(words(ana.view)[1], "Two and a half");
});

test("what arrives is told apart from what is written here", () => {
  const seen: (string | undefined)[] = [];
  const spy = new Plugin({
    appendTransaction: (transactions) => {
      for (const one of transactions) if (one.docChanged) seen.push(arrived(one)?.from);
      return null;
    },
  });
  const start = seeded(p("1", "One"));
  const ana = writer(start, [spy]);
  const ben = writer(start);
  caret(ana.view, 0, 0);
  type(ana.view, "a");
  caret(ben.view, 0, 0);
  type(ben.view, "b");
  meet(ana, ben);
  assert.deepEqual(seen, [undefined, "remote"]);
});

test("a change of kind rewrites attributes and lets concurrent words live", () => {
  const start = seeded(p("1", "One"), p("2", "Two"));
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 0, 0);
  setKind("heading", 2)(ana.view.state, ana.view.dispatch);
  caret(ben.view, 0, 3);
  type(ben.view, " more");
  meet(ana, ben);
  same(ana, ben);
  assert.equal(words(ana.view)[0], "One more");
  assert.equal(ana.view.state.doc.firstChild?.attrs.depth, "2");
});

test("a block moved far by one keeps the words another types between", () => {
  const many = Array.from({ length: 30 }, (_one, index) => p(`${index}`, `Passage ${index}`));
  const start = seeded(...many);
  const ana = writer(start);
  const ben = writer(start);
  caret(ana.view, 2, 0);
  for (let step = 0; step < 20; step++) moveBlocks(1)(ana.view.state, ana.view.dispatch);
  caret(ben.view, 10, 10);
  type(ben.view, " IMPORTANT");
  meet(ana, ben);
  same(ana, ben);
  assert.ok(words(ana.view).includes("Passage 10 IMPORTANT"));
});

test("rows and columns: two people add and remove at once and agree", () => {
  const start = seeded(p("1", "One"), table("t", [["a", "b"], ["c", "d"]], "Caption"));
  const ana = writer(start);
  const ben = writer(start);
  // into cell b
  const cell = at(ana.view, 1, 0) + "Caption".length + 2 + 1 + 3 + 1;
  const put = (one: Writer) =>
    one.view.dispatch(one.view.state.tr.setSelection(
      (one.view.state.selection.constructor as never as { near: (pos: unknown) => never }).near(one.view.state.doc.resolve(cell)),
    ));
  put(ana);
  put(ben);
  assert.ok(addRow(1)(ana.view.state, ana.view.dispatch));
  assert.ok(addColumn(1)(ben.view.state, ben.view.dispatch));
  meet(ana, ben);
  assert.deepEqual(ana.view.state.doc.toJSON(), ben.view.state.doc.toJSON());
  same(ana, ben);
  assert.ok(removeColumn(ana.view.state, ana.view.dispatch));
  assert.ok(removeRow(ana.view.state, ana.view.dispatch));
  meet(ana, ben);
  same(ana, ben);
});

test("a table is put in with a caption, rows and something to write after", () => {
  const { view, doc } = writer(seeded(p("1", "")));
  caret(view, 0, 0);
  insertTable(2, 3, true)(view.state, view.dispatch);
  view.state.doc.check();
  assert.equal(view.state.doc.child(0).childCount, 3);
  assert.equal(view.state.doc.child(1).type.name, "passage");
  assert.equal(view.state.selection.$from.parent.type.name, "cell");
  assert.ok(stored(doc).eq(view.state.doc));
});

test("a table whose rows two people took out is shown, not thrown out of the text", () => {
  const start = seeded(p("1", "One"), table("t", [["a"], ["b"]]));
  const ana = writer(start);
  const ben = writer(start);
  for (const [one, index] of [[ana, 1], [ben, 2]] as const)
    one.doc.transact(() => (one.fragment.get(1) as never as { delete: (i: number, n: number) => void }).delete(index, 1));
  meet(ana, ben);
  assert.equal(ana.view.state.doc.childCount, 2);
  assert.equal(ana.view.state.doc.child(1).type.name, "table");
  caret(ana.view, 0, 3);
  type(ana.view, "!");
  meet(ana, ben);
  assert.equal(words(ben.view)[0], "One!");
});

test("marks and nodes that this page does not know do not end the text", () => {
  const ana = writer(seeded(p("1", "One two")));
  ana.doc.transact(() => {
    const text = (ana.fragment.get(0) as never as { get: (i: number) => { format: (a: number, b: number, c: object) => void } }).get(0);
    text.format(0, 3, { sparkle: {} });
    text.format(4, 3, { link: {} });
  }, "wire");
  assert.deepEqual(words(ana.view), ["One two"]);
});

test("characters outside the basic plane are not cut in half", () => {
  const start = seeded(p("1", "a😀b"));
  const ana = writer(start);
  const ben = writer(start);
  ana.view.dispatch(ana.view.state.tr.insertText("😁", at(ana.view, 0, 1), at(ana.view, 0, 3)));
  meet(ana, ben);
  assert.equal(words(ben.view)[0], "a😁b");
});

test("random acts of three people end the same everywhere, with ids that nobody shares", () => {
  let seed = 42;
  const random = (most: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed % most;
  };
  const start = seeded(...Array.from({ length: 12 }, (_one, index) => p(`a${index}`, `Passage ${index} has words.`)));
  const people = [writer(start), writer(start), writer(start)];
  for (let round = 0; round < 120; round++) {
    const { view } = people[random(3)]!;
    const index = random(view.state.doc.childCount);
    const size = view.state.doc.child(index).content.size;
    caret(view, index, random(size + 1));
    const acts = [
      () => type(view, "word "),
      () => splitPassage(view.state, view.dispatch),
      () => backspaceKey(view.state, view.dispatch),
      () => moveBlocks(random(2) ? 1 : -1)(view.state, view.dispatch),
      () => setKind(random(2) ? "item" : "quote", 1)(view.state, view.dispatch),
    ];
    acts[random(acts.length)]!();
    if (random(4) === 0) meet(...people);
  }
  meet(...people);
  same(...people);
});

test("the index follows by what changed and equals one made anew", () => {
  const { view } = writer(seeded(...Array.from({ length: 20 }, (_one, index) => p(`b${index}`, `Words ${index}`))));
  const index = new PassageIndex(view.state.doc);
  const check = () => {
    const fresh = new PassageIndex(view.state.doc);
    assert.deepEqual(index.ids, fresh.ids);
    for (const id of fresh.ids) {
      assert.equal(index.indexOf(id), fresh.indexOf(id));
      assert.equal(index.position(id), fresh.position(id));
      assert.equal(index.at(fresh.position(id)! + 1), id);
    }
    assert.deepEqual(index.headings, fresh.headings);
  };
  caret(view, 3, 2);
  type(view, "x");
  assert.deepEqual(index.follow(view.state.doc), { ids: [named("b3")], gone: [], order: false });
  check();
  splitPassage(view.state, view.dispatch);
  assert.equal(index.follow(view.state.doc).order, true);
  check();
  setKind("heading", 1)(view.state, view.dispatch);
  index.follow(view.state.doc);
  check();
  assert.equal(index.headings.length, 1);
  moveBlocks(-1)(view.state, view.dispatch);
  index.follow(view.state.doc);
  check();
  view.dispatch(view.state.tr.delete(0, view.state.doc.child(0).nodeSize));
  assert.deepEqual(index.follow(view.state.doc).gone, [named("b0")]);
  check();
});
