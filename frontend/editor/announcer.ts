// What is said to a screen reader, politely: one thing at a time, and never a flood.
import { element } from "./elements.ts";

const PAUSE = 1500;
const MOST = 3;

export class Announcer {
  readonly region = element("div", {
    class: "visually-hidden",
    role: "status",
    "aria-live": "polite",
  });
  #queue: { topic: string; words: string }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  /** Say something. Of several things on one topic only the newest is said. */
  say(words: string, topic = words): void {
    if (!words) return;
    this.#queue = this.#queue.filter((one) => one.topic !== topic);
    this.#queue.push({ topic, words });
    while (this.#queue.length > MOST) this.#queue.shift();
    if (this.#timer === undefined) this.#next();
  }

  #next(): void {
    const wait = Math.max(0, this.#last + PAUSE - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const one = this.#queue.shift();
      if (!one) return;
      this.#last = Date.now();
      // The same words again would be passed over.
      this.region.textContent =
        this.region.textContent === one.words ? `${one.words}\u00a0` : one.words;
      if (this.#queue.length > 0) this.#next();
    }, wait);
  }
}
