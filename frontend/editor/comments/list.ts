// The comments of a text as the server lists them for this person.
import type { Marked } from "./highlights.ts";

export interface Listed extends Marked {
  author: string;
  body: string;
  /** Whether it still waits for an answer. */
  open: boolean;
  /** Whether the words it stood on are gone. */
  lost: boolean;
  /** Where it can be put on other words by this person, or "". */
  placeUrl: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Read the list; what is not of the expected shape is left out. */
export function readList(value: unknown): Listed[] {
  const given = Array.isArray(value) ? value : (value as { comments?: unknown } | null)?.comments;
  if (!Array.isArray(given)) return [];
  const found: Listed[] = [];
  for (const one of given as Record<string, unknown>[]) {
    const id = Number(one?.id);
    if (!Number.isInteger(id) || !text(one.passage)) continue;
    found.push({
      id,
      passage: text(one.passage),
      quote: text(one.quote),
      prefix: text(one.prefix),
      suffix: text(one.suffix),
      ...(typeof one.start === "number" ? { start: one.start } : {}),
      author: text(one.author),
      body: text(one.body),
      open: !text(one.disposition),
      lost: one.anchor === "orphan",
      placeUrl: text(one.place),
    });
  }
  return found;
}
