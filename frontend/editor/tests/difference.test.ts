import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, difference, tokens } from "../consent/difference.ts";

const shown = (before: string, after: string) =>
  difference(before, after)
    .map(({ state, words }) => (state === "same" ? words : state === "added" ? `{+${words}}` : `{-${words}}`))
    .join("");

test("the same words differ in nothing, however they are spaced", () => {
  assert.equal(shown("We met twice.", "We  met\ttwice."), "We met twice.");
});

test("one word for another", () => {
  assert.equal(shown("We lost fifty seats.", "We lost sixty seats."), "We lost {-fifty}{+sixty} seats.");
});

test("words that are put in and taken out", () => {
  assert.equal(shown("We lost seats.", "We lost fifty seats."), "We lost {+fifty }seats.");
  assert.equal(shown("We lost fifty seats.", "We lost."), "We lost{- fifty seats}.");
});

test("neighbouring changes are read as one", () => {
  assert.equal(shown("a long old day", "a short new day"), "a {-long old}{+short new} day");
});

test("from nothing and to nothing", () => {
  assert.equal(shown("", "All new"), "{+All new}");
  assert.equal(shown("All gone", ""), "{-All gone}");
});

test("both sides can be put together again from the pieces", () => {
  let seed = 1;
  const random = (most: number) => (seed = (seed * 48271) % 2147483647) % most;
  const vocabulary = ["the", "branch", "meets", "every", "month", ",", "and", "all", "seats", "3.5"];
  const text = () => Array.from({ length: random(14) }, () => vocabulary[random(10)]).join(" ");
  for (let round = 0; round < 500; round++) {
    const [before, after] = [text(), text()];
    const pieces = difference(before, after);
    const side = (gone: string) => pieces.filter((one) => one.state !== gone).map((one) => one.words).join("");
    assert.equal(side("added"), tokens(before).join(""), `${before} → ${after}`);
    assert.equal(side("removed"), tokens(after).join(""), `${before} → ${after}`);
  }
});

test("a whole passage made new stays quick", () => {
  const many = (word: string) => Array.from({ length: 6000 }, (_, n) => `${word}${n}`).join(" ");
  const pieces = difference(many("a"), many("b"));
  assert.deepEqual(pieces.map((piece) => piece.state), ["removed", "added"]);
  assert.deepEqual(amount(pieces), { added: 6000, removed: 6000 });
});
