// Which passages of two versions of a text are the same one, and what lies between them.

export interface Kept {
  before: number;
  after: number;
}

/** A stretch of `before` that is replaced by a stretch of `after`; either may be empty. */
export interface Gap {
  beforeFrom: number;
  beforeTo: number;
  afterFrom: number;
  afterTo: number;
}

export interface Alignment {
  /** Pairs in rising order on both sides. Those outside `from` and the tails are identical. */
  kept: Kept[];
  gaps: Gap[];
}

/** The first and last index at which two lists differ, by identity: [from, toBefore, toAfter). */
export function changed<T>(before: readonly T[], after: readonly T[]): [number, number, number] {
  const most = Math.min(before.length, after.length);
  let from = 0;
  while (from < most && before[from] === after[from]) from++;
  let tail = 0;
  while (
    tail < most - from &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  return [from, before.length - tail, after.length - tail];
}

/**
 * Align what differs between two lists by name. What keeps its order is kept (as many as possible);
 * everything else falls into gaps. Of several with one name the first are paired with the first.
 * Those that are `light` are kept only when nothing weightier has to give way: what somebody moves is
 * what moves, not its neighbour.
 */
export function align<T>(
  before: readonly T[],
  after: readonly T[],
  name: (one: T) => string,
  light: ReadonlySet<string> = new Set(),
): Alignment {
  const [from, toBefore, toAfter] = changed(before, after);
  const waiting = new Map<string, number[]>();
  for (let index = toBefore - 1; index >= from; index--) {
    const key = name(before[index]!);
    const queue = waiting.get(key);
    if (queue) queue.push(index);
    else waiting.set(key, [index]);
  }
  const candidates: Kept[] = [];
  for (let index = from; index < toAfter; index++) {
    const match = waiting.get(name(after[index]!))?.pop();
    if (match !== undefined) candidates.push({ before: match, after: index });
  }
  const weigh = (pair: Kept) => (light.has(name(after[pair.after]!)) ? 1 : 1.5);
  const few = light.size > 0 && candidates.length <= 64;
  const kept = few ? heaviestRising(candidates, weigh) : longestRising(candidates);
  const gaps: Gap[] = [];
  let beforeFrom = from;
  let afterFrom = from;
  for (const pair of [...kept, { before: toBefore, after: toAfter }]) {
    if (pair.before > beforeFrom || pair.after > afterFrom)
      gaps.push({ beforeFrom, beforeTo: pair.before, afterFrom, afterTo: pair.after });
    beforeFrom = pair.before + 1;
    afterFrom = pair.after + 1;
  }
  return { kept, gaps };
}

function longestRising(pairs: Kept[]): Kept[] {
  const previous: number[] = [];
  const ends: number[] = [];
  pairs.forEach((pair, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]!.before < pair.before) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = index;
  });
  const chain: Kept[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) chain.push(pairs[index]!);
  return chain.reverse();
}

/** The same by weight, in time that grows with the square: for a few pairs only. */
function heaviestRising(pairs: Kept[], weigh: (pair: Kept) => number): Kept[] {
  const weights: number[] = [];
  const previous: number[] = [];
  let best = -1;
  pairs.forEach((pair, index) => {
    let from = -1;
    for (let earlier = 0; earlier < index; earlier++)
      if (pairs[earlier]!.before < pair.before && (from < 0 || weights[earlier]! > weights[from]!))
        from = earlier;
    weights[index] = weigh(pair) + (from < 0 ? 0 : weights[from]!);
    previous[index] = from;
    if (best < 0 || weights[index]! > weights[best]!) best = index;
  });
  const chain: Kept[] = [];
  for (let index = best; index >= 0; index = previous[index]!) chain.push(pairs[index]!);
  return chain.reverse();
}
