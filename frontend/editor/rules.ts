// Typed signs that make kinds: # heading, - list, 1. numbered list, > quotation. Backspace takes each
// back, and undo does too.
import { InputRule, inputRules } from "prosemirror-inputrules";
import type { Plugin } from "prosemirror-state";
import { depthAttribute, kindOf, passageType } from "./schema.ts";
import { newAct } from "./undo.ts";

type Given = Record<string, string | null>;

function startOfPassage(pattern: RegExp, attributes: (match: RegExpMatchArray) => Given): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const $start = state.doc.resolve(start);
    const { parent } = $start;
    if ($start.depth !== 1 || parent.type !== passageType || $start.parentOffset > 0) return null;
    if (kindOf(parent) !== "paragraph") return null;
    newAct(state);
    const transaction = state.tr.delete(start, end);
    for (const [name, value] of Object.entries(attributes(match)))
      transaction.setNodeAttribute($start.before(1), name, value);
    return transaction;
  });
}

export function rulesPlugin(): Plugin {
  return inputRules({
    rules: [
      startOfPassage(/^(#{1,6})\s$/, (match) => ({
        kind: "heading",
        depth: depthAttribute(match[1]!.length),
        ordered: null,
      })),
      startOfPassage(/^[-*•–]\s$/, () => ({ kind: "item", depth: "1", ordered: null })),
      startOfPassage(/^(?:1|a|i)[.)]\s$/, () => ({ kind: "item", depth: "1", ordered: "yes" })),
      startOfPassage(/^>\s$/, () => ({ kind: "quote", depth: null, ordered: null })),
    ],
  });
}
