import "./page.ts";
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { Connection, type Aside, readable } from "../connection.ts";
import { DeviceKeeping, type Keeping } from "../keeping.ts";
import { savedWords } from "../saved.ts";
import { Words } from "../words.ts";

/** A server with one text, whose acknowledgements can be held back. */
class Room {
  doc = new Y.Doc();
  epoch = "e1";
  role = "write";
  sockets: Socket[] = [];
  acknowledging = true;
  /** Whether nobody answers. */
  down = false;
  seq = 0;
  hellos: unknown[] = [];

  connect = (_url: string): WebSocket => {
    const socket = new Socket(this);
    this.sockets.push(socket);
    setTimeout(() => {
      if (this.down) return socket.drop(1006);
      if (socket.readyState !== 0) return;
      socket.readyState = 1;
      socket.give(104, { protocol: 1, schema: 1, epoch: this.epoch, seq: this.seq, role: this.role, person: { key: "ana", name: "Ana", colour: 3 } });
    }, 1);
    return socket as unknown as WebSocket;
  };

  get last(): Socket {
    return this.sockets.at(-1)!;
  }
}

class Socket {
  readyState = 0;
  bufferedAmount = 0;
  binaryType = "";
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: Uint8Array[] = [];
  taken = 0;
  owed = 0;

  constructor(readonly room: Room) {}

  send(data: Uint8Array): void {
    this.sent.push(data);
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === 104) this.room.hellos.push(JSON.parse(decoding.readVarString(decoder)));
    if (type !== 0) return;
    const step = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    if (step === 0) {
      this.sync(1, Y.encodeStateAsUpdate(this.room.doc, body));
      this.sync(0, Y.encodeStateVector(this.room.doc));
    } else if (body.length > 2) {
      Y.applyUpdate(this.room.doc, body);
      this.room.seq++;
      this.owed++;
      if (this.room.acknowledging) this.acknowledge();
    }
  }

  acknowledge(): void {
    this.taken += this.owed;
    this.owed = 0;
    this.bytes(100, (encoder) => {
      encoding.writeVarUint(encoder, this.taken);
      encoding.writeVarUint(encoder, this.room.seq);
    });
  }

  sync(step: number, body: Uint8Array): void {
    this.bytes(0, (encoder) => {
      encoding.writeVarUint(encoder, step);
      encoding.writeVarUint8Array(encoder, body);
    });
  }

  give(type: number, value: unknown): void {
    this.bytes(type, (encoder) => encoding.writeVarString(encoder, JSON.stringify(value)));
  }

  bytes(type: number, fill: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    fill(encoder);
    const data = encoding.toUint8Array(encoder).slice().buffer;
    queueMicrotask(() => this.onmessage?.({ data }));
  }

  close(code = 1000): void {
    this.drop(code);
  }

  drop(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.({ code }));
  }
}

const open: Connection[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

function join(room: Room, keeping: Keeping | null = null, person = "ana"): Connection {
  const connection = new Connection({
    url: "ws://room",
    text: "report",
    person: { key: person, name: "Ana" },
    role: "write",
    keeping,
    socket: room.connect,
    waits: [5, 20],
    describe: () => ({ one: connection.doc.getText("t").toString() }),
  });
  open.push(connection);
  connection.open();
  return connection;
}

const until = async (what: () => boolean, told: string) => {
  for (let turn = 0; turn < 400; turn++) {
    if (what()) return;
    await new Promise((done) => setTimeout(done, 5));
  }
  assert.fail(`never: ${told}`);
};

const write = (connection: Connection, words: string) => connection.doc.getText("t").insert(0, words);
const words = (doc: Y.Doc) => doc.getText("t").toString();

test("says hello first, then asks; what is there arrives", async () => {
  const room = new Room();
  room.doc.getText("t").insert(0, "there");
  const connection = join(room);
  await until(() => connection.synced, "synced");
  assert.equal(words(connection.doc), "there");
  assert.deepEqual(room.hellos, [{ schema: 1, client: connection.doc.clientID, epoch: "e1" }]);
  assert.equal(connection.saved.state, "saved");
  assert.equal(connection.person.colour, 3);
});

test("saved is said only once the server has acknowledged", async () => {
  const room = new Room();
  room.acknowledging = false;
  const connection = join(room);
  await until(() => connection.synced, "synced");
  write(connection, "a");
  await until(() => words(room.doc) === "a", "the server has it");
  assert.deepEqual(connection.saved, { state: "saving", slow: false });
  assert.equal(connection.wouldLose, true, "nothing is kept on this device here");
  room.last.acknowledge();
  await until(() => connection.saved.state === "saved", "saved");
  assert.equal(connection.waiting, 0);
  assert.equal(connection.wouldLose, false);
});

test("many changes of one moment travel in one frame, and count as one", async () => {
  const room = new Room();
  const connection = join(room);
  await until(() => connection.synced, "synced");
  const before = room.last.sent.length;
  for (let index = 0; index < 20; index++) write(connection, "x");
  await until(() => connection.saved.state === "saved" && connection.waiting === 0, "saved");
  assert.equal(room.last.sent.length - before, 1);
  assert.equal(words(room.doc).length, 20);
});

test("after a break it comes back by itself and brings what was written meanwhile", async () => {
  const room = new Room();
  const connection = join(room);
  await until(() => connection.synced, "synced");
  room.last.drop(1006);
  await until(() => connection.saved.state === "offline", "offline");
  write(connection, "offline ");
  room.doc.getText("t").insert(0, "others ");
  await until(() => connection.saved.state === "saved", "saved again");
  assert.match(words(room.doc), /offline /);
  assert.equal(words(connection.doc), words(room.doc));
  assert.equal(room.sockets.length, 2);
});

test("an acknowledgement that was lost with the line does no harm", async () => {
  const room = new Room();
  room.acknowledging = false;
  const connection = join(room);
  await until(() => connection.synced, "synced");
  write(connection, "once");
  await until(() => words(room.doc) === "once", "stored");
  room.last.drop(1012);
  room.acknowledging = true;
  await until(() => connection.saved.state === "saved", "saved");
  assert.equal(words(room.doc), "once");
});

test("unsaved words are kept on the device, and the next tab takes them up", async () => {
  const room = new Room();
  const first = join(room, new DeviceKeeping("report", "ana"));
  await until(() => first.synced, "synced");
  room.acknowledging = false;
  room.down = true;
  room.last.drop(1006);
  await until(() => first.saved.state === "offline", "offline");
  write(first, "not lost");
  await until(() => first.kept, "kept");
  const saved = first.saved;
  assert.equal(savedWords(new Words(), saved), "Offline: kept on this device, 1 change");
  assert.equal(first.wouldLose, false);
  first.close();

  room.acknowledging = true;
  room.down = false;
  const next = join(room, new DeviceKeeping("report", "ana"));
  await until(() => words(room.doc) === "not lost", "merged");
  await until(() => next.saved.state === "saved", "saved");
  const third = new DeviceKeeping("report", "ana");
  let left: unknown[] = [1];
  await until(() => {
    void third.leftBehind().then((all) => (left = all));
    return left.length === 0;
  }, "nothing stays on the device once it is saved");
});

test("another person's words on the same device are not taken", async () => {
  const room = new Room();
  const keeping = new DeviceKeeping("report", "ben");
  await keeping.add([{ text: "report", person: "ben", tab: "gone", n: 1, epoch: "e1", update: new Uint8Array([0, 0]), passages: {}, refused: "", at: 1 }]);
  assert.deepEqual(await new DeviceKeeping("report", "ana").leftBehind(), []);
  assert.equal((await new DeviceKeeping("report", "ben").leftBehind()).length, 1);
  assert.deepEqual(await new DeviceKeeping("other", "ben").leftBehind(), []);
  void room;
});

test("a new epoch puts unsaved words aside to be read, and does not send them", async () => {
  const room = new Room();
  room.acknowledging = false;
  const connection = join(room);
  let aside: Aside | null = null;
  connection.on("aside", (told) => (aside = told));
  connection.describePending = () => ({ p1: "my unsaved words" });
  await until(() => connection.synced, "synced");
  room.last.drop(1012);
  write(connection, "unsaved");
  room.doc = new Y.Doc();
  room.epoch = "e2";
  await until(() => aside !== null, "aside");
  assert.equal(aside!.passages.p1, "my unsaved words");
  assert.equal(aside!.why, "epoch");
  assert.equal(words(room.doc), "");
  assert.equal(connection.stopped, true);
});

test("words left by an earlier epoch are shown and stay until they are not wanted", async () => {
  const old = new DeviceKeeping("aged", "ana");
  const doc = new Y.Doc();
  doc.getText("t").insert(0, "from before");
  await old.add([{ text: "aged", person: "ana", tab: "gone", n: 1, epoch: "e0", update: Y.encodeStateAsUpdate(doc), passages: {}, refused: "", at: 1 }]);
  const room = new Room();
  const keeping = new DeviceKeeping("aged", "ana");
  const connection = new Connection({ url: "ws://room", text: "aged", person: { key: "ana", name: "Ana" }, role: "write", keeping, socket: room.connect, waits: [5, 20] });
  open.push(connection);
  let aside: Aside | null = null;
  connection.on("aside", (told) => (aside = told));
  connection.open();
  await until(() => aside !== null, "aside");
  assert.deepEqual(aside!.passages, { "": "from before" });
  assert.equal(words(room.doc), "");
  await keeping.drop(aside!.records);
  assert.deepEqual(await keeping.leftBehind(), []);
});

test("what the server refused is not sent for ever: the next tab shows it", async () => {
  const room = new Room();
  room.acknowledging = false;
  const first = join(room, new DeviceKeeping("report", "cyd"), "cyd");
  await until(() => first.synced, "synced");
  write(first, "refused");
  await until(() => first.kept, "kept");
  room.last.drop(4400);
  await until(() => first.stopped, "stopped");
  const state = first.saved;
  assert.equal(state.state === "stopped" && state.why, "malformed");
  await new Promise((done) => setTimeout(done, 30));
  first.close();
  const again = new Room();
  const next = join(again, new DeviceKeeping("report", "cyd"), "cyd");
  let aside: Aside | null = null;
  next.on("aside", (told) => (aside = told));
  await until(() => aside !== null, "aside");
  assert.equal(aside!.why, "refused");
  assert.equal(words(again.doc), "");
});

test("codes that say stop are not answered by coming back", async () => {
  for (const [code, why] of [[1009, "tooLarge"], [4401, "signedOut"], [4403, "noRight"], [4426, "schema"], [4429, "tooFast"], [4499, "other"]] as const) {
    const room = new Room();
    const connection = join(room);
    await until(() => connection.synced, "synced");
    room.last.give(102, { code: "x", say: "Because.", retry: false });
    await new Promise((done) => setTimeout(done, 5));
    room.last.drop(code);
    await until(() => connection.stopped, `stopped by ${code}`);
    await new Promise((done) => setTimeout(done, 60));
    assert.equal(room.sockets.length, 1);
    const { saved } = connection;
    assert.equal(saved.state === "stopped" && saved.why, why);
    assert.match(savedWords(new Words(), saved), /Because\./);
  }
});

test("asked to try again after a stop, it does", async () => {
  const room = new Room();
  const connection = join(room);
  await until(() => connection.synced, "synced");
  room.last.drop(4429);
  await until(() => connection.stopped, "stopped");
  write(connection, "kept");
  connection.retry();
  await until(() => connection.saved.state === "saved", "saved");
  assert.equal(words(room.doc), "kept");
});

test("trouble in saving is told, and told to be over", async () => {
  const room = new Room();
  room.acknowledging = false;
  const connection = join(room);
  await until(() => connection.synced, "synced");
  write(connection, "a");
  await until(() => words(room.doc) === "a", "sent");
  room.last.give(105, { code: "disk", say: "No room." });
  await until(() => connection.saved.state === "trouble", "trouble");
  assert.equal(savedWords(new Words(), connection.saved), "The server cannot save now: keep this page open");
  room.last.give(105, { code: "" });
  await until(() => connection.saved.state === "saving", "saving");
  room.last.acknowledge();
  await until(() => connection.saved.state === "saved", "saved");
});

test("a reader sends nothing; made a writer again, what waited is sent", async () => {
  const room = new Room();
  const connection = join(room);
  await until(() => connection.synced, "synced");
  room.last.give(103, { role: "read", say: "the text is frozen." });
  await until(() => connection.role === "read", "reads");
  assert.equal(savedWords(new Words(), connection.saved), "Read only: the text is frozen.");
  const before = room.last.sent.length;
  write(connection, "waiting");
  await new Promise((done) => setTimeout(done, 40));
  assert.equal(room.last.sent.length, before);
  room.last.give(103, { role: "write", say: "" });
  await until(() => words(room.doc) === "waiting", "sent");
});

test("a long time offline goes out in frames that the server takes", async () => {
  const room = new Room();
  const connection = join(room);
  await until(() => connection.synced, "synced");
  room.down = true;
  room.last.drop(1006);
  await until(() => !connection.online, "offline");
  for (let index = 0; index < 900; index++) write(connection, `${index} `);
  room.down = false;
  await until(() => connection.saved.state === "saved", "saved");
  assert.equal(words(room.doc), words(connection.doc));
  const updates = room.last.sent.filter((data) => data[0] === 0 && data[1] === 2);
  assert.ok(updates.length >= 4 && updates.length <= 6, `${updates.length} frames`);
});

test("frames of types nobody knows, and frames that cannot be read, do not end it", async () => {
  const room = new Room();
  const connection = join(room);
  await until(() => connection.synced, "synced");
  room.last.give(177, { new: true });
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(connection.online, true);
  const complained = console.error;
  console.error = () => {};
  room.last.bytes(0, (encoder) => encoding.writeVarUint(encoder, 2));
  await until(() => room.sockets.length === 2 && connection.online, "back by a fresh sync");
  console.error = complained;
});

test("where nothing can be kept, that is told", async () => {
  const room = new Room();
  const failing: Keeping = {
    tab: "t",
    add: () => Promise.reject(new Error("full")),
    forget: () => Promise.resolve(),
    refuse: () => Promise.resolve(),
    leftBehind: () => Promise.resolve([]),
    drop: () => Promise.resolve(),
  };
  const connection = join(room, failing);
  await until(() => connection.synced, "synced");
  room.down = true;
  room.last.drop(1006);
  write(connection, "a");
  write(connection, "b");
  await until(() => connection.saved.state === "offline", "offline");
  await new Promise((done) => setTimeout(done, 10));
  assert.equal(savedWords(new Words(), connection.saved), "Offline: 2 changes are only in this page. Keep it open.");
  assert.equal(connection.wouldLose, true);
});

test("two tabs of one person: each keeps its own, none is taken twice", async () => {
  const room = new Room();
  const one = join(room, new DeviceKeeping("report", "dov"), "dov");
  const two = join(room, new DeviceKeeping("report", "dov"), "dov");
  await until(() => one.synced && two.synced, "both");
  write(one, "one ");
  await until(() => one.saved.state === "saved", "one saved");
  write(two, "two ");
  await until(() => two.saved.state === "saved", "two saved");
  assert.match(words(room.doc), /one/);
  assert.match(words(room.doc), /two/);
});

test("readable prefers whole passages to loose words", () => {
  const base = { text: "", person: "", tab: "", n: 1, epoch: "", refused: "", at: 0 };
  const doc = new Y.Doc();
  doc.getText("t").insert(0, "loose");
  const update = Y.encodeStateAsUpdate(doc);
  assert.deepEqual(readable([{ ...base, update, passages: {} }]), { "": "loose" });
  assert.deepEqual(readable([{ ...base, update, passages: { a: "whole" } }]), { a: "whole" });
});
