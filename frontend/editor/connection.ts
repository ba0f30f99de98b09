// The line to the room of a text. Ordinary y-protocols frames, and ours from 100: see the contract.
//
// What is written here is in one of three places until the server says it is stored: in this page
// (`pending`), on this device as well (`Keeping`), or at the server. "Saved" is said only then.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import {
  applyAwarenessUpdate,
  Awareness,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from "y-protocols/awareness";
import * as Y from "yjs";
import type { Person } from "./config.ts";
import { Emitter } from "./emitter.ts";
import type { KeptWords, Keeping } from "./keeping.ts";
import type { Row } from "./passages.ts";
import { SCHEMA_VERSION } from "./schema.ts";

const SYNC = 0;
const AWARENESS = 1;
const QUERY = 3;
const ACK = 100;
const NEWS = 101;
const NOTICE = 102;
const ROLE = 103;
const HELLO = 104;
const TROUBLE = 105;
const DECLARE = 106;

const NOTHING = new Uint8Array([0, 0]);
/** Frames hold at most so many updates and bytes; the server takes 4 MiB at once. */
const MOST_UPDATES = 200;
const MOST_BYTES = 1 << 20;
/** The server's allowance for one writer, with a margin: a burst, then so many bytes a second. */
const BURST = 3.5 * (1 << 20);
const RATE = 56_000;

export interface News {
  passages: Record<string, Row | null>;
  comments: string[];
  head: unknown;
  settled: string[];
  frozen: boolean;
}

export interface Notice {
  code: string;
  say: string;
  retry: boolean;
}

export type Saved =
  | { state: "opening" }
  | { state: "saved" }
  | { state: "saving"; slow: boolean }
  | { state: "offline"; waiting: number; kept: boolean }
  | { state: "trouble"; waiting: number }
  | { state: "read"; why: string }
  | { state: "stopped"; why: Stop; say: string; code: number; waiting: number; kept: boolean };

export type Stop =
  | "signedOut"
  | "noRight"
  | "noText"
  | "malformed"
  | "tooLarge"
  | "tooFast"
  | "schema"
  | "epoch"
  | "other";

const STOPS: Record<number, Stop> = {
  1009: "tooLarge",
  4400: "malformed",
  4401: "signedOut",
  4403: "noRight",
  4404: "noText",
  4409: "epoch",
  4413: "tooLarge",
  4426: "schema",
  4429: "tooFast",
};

export interface Aside {
  why: "epoch" | "refused";
  passages: Record<string, string>;
  records: KeptWords[];
}

interface Events {
  synced: undefined;
  status: Saved;
  news: News;
  notice: Notice;
  role: { role: "read" | "write"; say: string };
  trouble: { code: string; say: string };
  /** Words that cannot be put in any more. */
  aside: Aside;
  presence: undefined;
}

interface Pending {
  n: number;
  update: Uint8Array;
  kept: boolean;
  at: number;
}

export interface ConnectionOptions {
  url: string;
  text: string;
  person: Person;
  role: "read" | "write";
  keeping: Keeping | null;
  doc?: Y.Doc;
  socket?: (url: string) => WebSocket;
  /** First and longest wait before connecting again, in ms. */
  waits?: [number, number];
  /** The plain words of passages changed since it was last asked, by id. */
  describe?: () => Record<string, string>;
}

export class Connection extends Emitter<Events> {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly options: ConnectionOptions;
  person: Person;
  role: "read" | "write";
  roleWhy = "";
  epoch = "";
  seq = 0;
  synced = false;
  /** What the server last said of trouble in saving; "" when there is none. */
  trouble = "";
  describe: () => Record<string, string>;

  #socket: WebSocket | null = null;
  #greeted = false;
  #stopped: { why: Stop; say: string; code: number } | null = null;
  #closed = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #heard = 0;
  #asked = 0;
  #answers = false;
  #notice: Notice | null = null;
  #readStrikes = false;

  #count = 0;
  #pending: Pending[] = [];
  #sent = 0;
  /** Of each frame with content on this connection, the last pending change in it. */
  #frames: number[] = [];
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #allowance = BURST;
  #refilled = 0;
  #unkept: KeptWords[] = [];
  #keepingNow = false;
  #keepingWorks: boolean;
  #told = "";
  #presence: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    super();
    this.options = options;
    this.doc = options.doc ?? new Y.Doc();
    this.awareness = new Awareness(this.doc);
    this.awareness.setLocalState(null);
    this.person = options.person;
    this.role = options.role;
    this.describe = options.describe ?? (() => ({}));
    this.#keepingWorks = options.keeping !== null;
    this.doc.on("update", this.#updated);
    this.awareness.on("update", this.#presenceChanged);
    this.#pulse = setInterval(() => this.#beat(), 2500);
    (this.#pulse as { unref?: () => void }).unref?.();
  }

  // Opening and closing

  open(): void {
    if (this.#closed || this.#socket) return;
    clearTimeout(this.#timer);
    this.#stopped = null;
    const make = this.options.socket ?? ((url: string) => new WebSocket(url));
    let socket: WebSocket;
    try {
      socket = make(this.options.url);
    } catch {
      this.#again();
      return;
    }
    this.#socket = socket;
    this.#greeted = false;
    this.#notice = null;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event: MessageEvent) => {
      if (this.#socket !== socket || typeof event.data === "string") return;
      this.#heard = Date.now();
      try {
        this.#receive(new Uint8Array(event.data as ArrayBuffer));
      } catch (error) {
        // One frame that cannot be read must not end the evening; a fresh sync mends what it was.
        console.error("A frame could not be read.", error);
        socket.close(4000);
      }
    };
    socket.onclose = (event: CloseEvent) => this.#ended(socket, event.code);
    this.#tell();
  }

  /** Leave for good. Unsaved words stay on the device. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#flushing);
    clearTimeout(this.#presence);
    clearInterval(this.#pulse);
    this.doc.off("update", this.#updated);
    this.awareness.destroy();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  /** Try now, after a stop or without waiting any longer. */
  retry(): void {
    this.#tries = 0;
    if (this.#socket) return;
    this.open();
  }

  get online(): boolean {
    return this.#socket !== null && this.#greeted;
  }

  get waiting(): number {
    return this.#pending.length;
  }

  /** Whether everything not yet saved is at least on this device. */
  get kept(): boolean {
    return this.#pending.every((one) => one.kept);
  }

  get stopped(): boolean {
    return this.#stopped !== null;
  }

  #ended(socket: WebSocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    const was = this.#greeted;
    this.#greeted = false;
    this.#frames = [];
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const others = [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID);
    if (others.length > 0) removeAwarenessStates(this.awareness, others, this);
    if (this.#closed) return;
    const why = STOPS[code] ?? (code >= 4400 && code < 4500 ? "other" : null);
    if (why) {
      this.#stop(why, code);
      return;
    }
    if (was) this.#tries = 0;
    this.#again(code === 1013);
  }

  #stop(why: Stop, code: number): void {
    this.#stopped = { why, code, say: this.#notice?.say ?? "" };
    if (why === "epoch") {
      this.#putAside();
    } else if ((code === 1009 || code === 4400 || code === 4413) && this.#pending.length > 0) {
      // Sent again they would only be refused again: the next page offers them to be copied.
      this.options.keeping?.refuse(String(code)).catch(() => {});
    }
    this.#tell();
  }

  #again(patient = false): void {
    const [first, longest] = this.options.waits ?? [400, 20_000];
    const wait = Math.min(longest, first * 2 ** this.#tries) * (patient ? 2 : 1);
    this.#tries = Math.min(this.#tries + 1, 12);
    clearTimeout(this.#timer);
    // With jitter, so that a whole commission does not come back in the same instant.
    this.#timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() * 0.75));
    this.#tell();
  }

  #beat(): void {
    const now = Date.now();
    this.#tell();
    if (!this.online) return;
    this.#push();
    const oldest = this.#pending[0];
    const owed = oldest !== undefined && this.#sent > 0 && !this.trouble ? now - oldest.at : 0;
    if (owed > 30_000 && now - this.#heard > 30_000) {
      this.#drop();
    } else if (now - this.#heard > 25_000) {
      if (now - this.#asked > 25_000) {
        this.#asked = now;
        this.#send(frame(QUERY));
      } else if (this.#answers && now - this.#asked > 12_000) this.#drop();
    } else if (this.#asked > 0 && this.#heard > this.#asked) this.#answers = true;
  }

  /** The line is dead though nobody said so. */
  #drop(): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.close(4000);
    this.#ended(socket, 1006);
  }

  // What comes in

  #receive(data: Uint8Array): void {
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    switch (type) {
      case SYNC:
        return this.#sync(decoder);
      case AWARENESS:
        return applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
      case QUERY:
        return this.#sendPresence();
      case ACK:
        return this.#acknowledged(decoding.readVarUint(decoder), decoding.readVarUint(decoder));
      case NEWS:
        return this.emit("news", json<News>(decoder));
      case NOTICE:
        this.#notice = json<Notice>(decoder);
        if (this.#notice.code === "read-only") this.#readStrikes = true;
        return this.emit("notice", this.#notice);
      case ROLE:
        return this.#roleIs(json(decoder));
      case HELLO:
        return this.#hello(json(decoder));
      case TROUBLE:
        return this.#troubleIs(json(decoder));
      default:
      // Of a newer server: nothing for us.
    }
  }

  #hello(hello: {
    protocol: number;
    schema: number;
    epoch: string;
    seq: number;
    role: "write" | "read";
    person: Person;
  }): void {
    if (this.epoch && hello.epoch !== this.epoch) {
      this.#stopped = { why: "epoch", code: 4409, say: "" };
      this.#socket?.close(1000);
      this.#socket = null;
      this.#putAside();
      this.#tell();
      return;
    }
    this.epoch = hello.epoch;
    this.seq = hello.seq;
    this.person = { ...this.person, ...hello.person };
    this.#greeted = true;
    this.#tries = 0;
    this.#heard = Date.now();
    this.trouble = "";
    this.#frames = [];
    this.#sent = 0;
    this.#send(
      frame(HELLO, (encoder) =>
        encoding.writeVarString(
          encoder,
          JSON.stringify({ schema: SCHEMA_VERSION, client: this.doc.clientID, epoch: this.epoch }),
        ),
      ),
    );
    this.#send(
      frame(SYNC, (encoder) => {
        encoding.writeVarUint(encoder, 0);
        encoding.writeVarUint8Array(encoder, Y.encodeStateVector(this.doc));
      }),
    );
    if (hello.role !== this.role) this.#roleIs({ role: hello.role, say: "" });
    this.#sendPresence();
    if (this.synced) this.#push();
    this.#tell();
  }

  #sync(decoder: decoding.Decoder): void {
    const step = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (step === 0) {
      // All that the server can lack is in `pending`, and goes as updates that are acknowledged.
      this.#send(
        frame(SYNC, (encoder) => {
          encoding.writeVarUint(encoder, 1);
          encoding.writeVarUint8Array(encoder, NOTHING);
        }),
      );
      return;
    }
    Y.applyUpdate(this.doc, body, this);
    if (step === 1 && !this.synced) {
      this.synced = true;
      this.emit("synced", undefined);
      this.#tell();
      void this.#takeUp();
    }
    if (step === 1) this.#push();
  }

  #acknowledged(n: number, seq: number): void {
    this.seq = Math.max(this.seq, seq);
    const last = this.#frames[Math.min(n, this.#frames.length) - 1];
    if (last === undefined) return;
    const before = this.#pending.length;
    this.#pending = this.#pending.filter((one) => one.n > last);
    if (this.#pending.length === before) return;
    this.#unkept = this.#unkept.filter((one) => one.n > last);
    if (this.#keepingWorks) this.options.keeping?.forget(last).catch(() => {});
    this.#tell();
  }

  #roleIs(told: { role: "read" | "write"; say: string }): void {
    const changed = told.role !== this.role;
    this.role = told.role;
    this.roleWhy = told.say;
    if (changed || told.say) this.emit("role", told);
    if (changed && told.role === "write") this.#push();
    this.#tell();
  }

  #troubleIs(told: { code: string; say?: string }): void {
    this.trouble = told.code ? told.say || told.code : "";
    this.emit("trouble", { code: told.code, say: told.say ?? "" });
    this.#tell();
  }

  // What goes out

  #updated = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    const n = ++this.#count;
    this.#pending.push({ n, update, kept: false, at: Date.now() });
    this.#unkept.push({
      text: this.options.text,
      person: this.options.person.key,
      tab: this.options.keeping?.tab ?? "",
      n,
      epoch: this.epoch,
      update,
      passages: {},
      refused: "",
      at: Date.now(),
    });
    // Binding and plugins are still at work in this very moment: describe the words after them.
    queueMicrotask(() => void this.#keep());
    if (this.online && this.#flushing === undefined)
      this.#flushing = setTimeout(() => this.#push(), 12);
    this.#tell();
  };

  async #keep(): Promise<void> {
    const keeping = this.options.keeping;
    if (!keeping || this.#keepingNow || this.#unkept.length === 0) return;
    this.#keepingNow = true;
    try {
      while (this.#unkept.length > 0) {
        const batch = this.#unkept;
        this.#unkept = [];
        const last = batch.at(-1)!;
        last.passages = this.describe();
        await keeping.add(batch);
        this.#keepingWorks = true;
        for (const one of this.#pending) if (one.n <= last.n) one.kept = true;
        // Saved in the meantime? Then it need not stay here.
        const oldest = this.#pending[0]?.n ?? last.n + 1;
        if (oldest > batch[0]!.n) await keeping.forget(Math.min(last.n, oldest - 1));
      }
    } catch {
      // Private windows and full devices: say so (it shows as "only in this page"), go on writing.
      this.#keepingWorks = false;
    } finally {
      this.#keepingNow = false;
      this.#tell();
    }
  }

  /** Send what has not been sent on this connection, in few frames. */
  #push(): void {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    if (!this.online || !this.synced || this.role !== "write") return;
    const unsent = this.#pending.filter((one) => one.n > this.#sent);
    let index = 0;
    while (index < unsent.length) {
      const group: Uint8Array[] = [];
      let bytes = 0;
      let last = this.#sent;
      while (index < unsent.length && group.length < MOST_UPDATES) {
        const one = unsent[index]!;
        if (group.length > 0 && bytes + one.update.length > MOST_BYTES) break;
        group.push(one.update);
        bytes += one.update.length;
        last = one.n;
        index++;
      }
      const wait = this.#afford(bytes);
      if (wait > 0 || (this.#socket?.bufferedAmount ?? 0) > 4 * MOST_BYTES) {
        this.#flushing = setTimeout(() => this.#push(), Math.max(wait, 50));
        return;
      }
      const update = group.length === 1 ? group[0]! : Y.mergeUpdates(group);
      this.#send(
        frame(SYNC, (encoder) => {
          encoding.writeVarUint(encoder, 2);
          encoding.writeVarUint8Array(encoder, update);
        }),
      );
      this.#frames.push(last);
      this.#sent = last;
    }
  }

  /** How long to wait (ms) before so many bytes may be sent; 0 takes them from the allowance. */
  #afford(bytes: number): number {
    const now = Date.now();
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#refilled) / 1000) * RATE);
    this.#refilled = now;
    if (bytes <= this.#allowance || this.#allowance >= BURST) {
      this.#allowance -= bytes;
      return 0;
    }
    return Math.min(1000, ((bytes - this.#allowance) / RATE) * 1000);
  }

  /** Tell the server what the writer said of an edit when asked. */
  declare(passage: string, kind: "editorial" | "substantive", reason: string): void {
    this.#send(
      frame(DECLARE, (encoder) =>
        encoding.writeVarString(encoder, JSON.stringify({ passage, class: kind, reason })),
      ),
    );
  }

  /** What can still be done as the page goes: send what waits, ask no questions. */
  leave(): void {
    this.#push();
    void this.#keep();
  }

  #send(data: Uint8Array): void {
    if (this.#socket && this.#socket.readyState === 1)
      this.#socket.send(data as Uint8Array<ArrayBuffer>);
  }

  // Presence

  #presenceChanged = (
    changes: { added: number[]; updated: number[]; removed: number[] },
    origin: unknown,
  ): void => {
    if (origin !== this) {
      if (this.#presence === undefined)
        this.#presence = setTimeout(() => {
          this.#presence = undefined;
          this.#sendPresence();
        }, 100);
      return;
    }
    if (changes.added.length + changes.removed.length + changes.updated.length > 0)
      this.emit("presence", undefined);
  };

  #sendPresence(): void {
    if (!this.online || this.awareness.getLocalState() === null) return;
    const states = encodeAwarenessUpdate(this.awareness, [this.doc.clientID]);
    this.#send(frame(AWARENESS, (encoder) => encoding.writeVarUint8Array(encoder, states)));
  }

  // What was left behind

  async #takeUp(): Promise<void> {
    const keeping = this.options.keeping;
    if (!keeping) return;
    let left: KeptWords[];
    try {
      left = await keeping.leftBehind();
    } catch {
      return;
    }
    const old = left.filter((one) => one.epoch !== this.epoch);
    const refused = left.filter((one) => one.epoch === this.epoch && one.refused);
    const good = left.filter((one) => one.epoch === this.epoch && !one.refused);
    if (this.role === "write") {
      for (const one of good) {
        try {
          Y.applyUpdate(this.doc, one.update, "left behind");
        } catch {
          refused.push(one);
        }
      }
      const taken = good.filter((one) => !refused.includes(one));
      // Now they are this tab's own; only when these are on the device may the old ones go.
      await this.#keep();
      if (taken.length > 0 && (this.kept || this.#pending.length === 0))
        await keeping.drop(taken).catch(() => {});
    }
    for (const [why, records] of [
      ["epoch", old],
      ["refused", refused],
    ] as const)
      if (records.length > 0) this.emit("aside", { why, passages: readable(records), records });
  }

  /** The text began anew: what was not saved cannot be merged, but it can be read and copied. */
  #putAside(): void {
    if (this.#pending.length === 0) {
      this.emit("aside", { why: "epoch", passages: {}, records: [] });
      return;
    }
    const records = this.#pending.map((one) => ({
      text: this.options.text,
      person: this.options.person.key,
      tab: this.options.keeping?.tab ?? "",
      n: one.n,
      epoch: this.epoch,
      update: one.update,
      passages: {},
      refused: "",
      at: one.at,
    }));
    const whole = this.describePending();
    const passages = Object.keys(whole).length > 0 ? whole : readable(records);
    this.emit("aside", { why: "epoch", passages, records });
  }

  /** The words of all passages with unsaved changes; the editor knows them better than the updates. */
  describePending: () => Record<string, string> = () => ({});

  // What people are told

  get saved(): Saved {
    const waiting = this.#pending.length;
    const kept = this.#keepingWorks && this.kept;
    if (this.#stopped) return { state: "stopped", ...this.#stopped, waiting, kept };
    if (!this.online)
      return this.synced || this.#tries > 1
        ? { state: "offline", waiting, kept }
        : { state: "opening" };
    if (this.trouble) return { state: "trouble", waiting };
    if (this.role === "read") return { state: "read", why: this.roleWhy };
    if (!this.synced) return { state: "opening" };
    const oldest = this.#pending[0];
    if (oldest) return { state: "saving", slow: Date.now() - oldest.at > 5000 };
    return { state: "saved" };
  }

  /** Whether leaving now would lose words: neither saved nor on this device. */
  get wouldLose(): boolean {
    return this.#pending.some((one) => !one.kept);
  }

  get refusedAsReader(): boolean {
    return this.#readStrikes;
  }

  #tell(): void {
    const saved = this.saved;
    const told = JSON.stringify(saved);
    if (told === this.#told) return;
    this.#told = told;
    this.emit("status", saved);
  }
}

function frame(type: number, fill: (encoder: encoding.Encoder) => void = () => {}): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, type);
  fill(encoder);
  return encoding.toUint8Array(encoder);
}

function json<T>(decoder: decoding.Decoder): T {
  return JSON.parse(decoding.readVarString(decoder)) as T;
}

/** The words in updates that cannot be applied: whole passages where they were noted, else what was
 * put in. */
export function readable(records: readonly KeptWords[]): Record<string, string> {
  const passages: Record<string, string> = {};
  const loose: string[] = [];
  for (const record of records) {
    Object.assign(passages, record.passages);
    if (Object.keys(record.passages).length > 0) continue;
    try {
      for (const struct of Y.decodeUpdate(record.update).structs)
        if (struct instanceof Y.Item && struct.content instanceof Y.ContentString)
          loose.push(struct.content.str);
    } catch {
      // Not even readable: nothing can be shown of it.
    }
  }
  if (Object.keys(passages).length === 0 && loose.length > 0) passages[""] = loose.join("");
  return passages;
}
