// Words that the server has not yet said it stored, kept on this device: closing the tab or a dead
// battery loses nothing. Each tab of a person keeps its own; what a tab left behind is taken up by the
// next one that opens the text.

export interface KeptWords {
  text: string;
  person: string;
  tab: string;
  /** Counts the changes of one tab, from 1. */
  n: number;
  epoch: string;
  update: Uint8Array;
  /** The words of the passages concerned, to be read if the update cannot be used any more. */
  passages: Record<string, string>;
  /** The code with which the server refused it, or "". */
  refused: string;
  at: number;
}

export interface Keeping {
  readonly tab: string;
  /** Keep these; resolves once they are on the device, and rejects when they cannot be. */
  add(words: KeptWords[]): Promise<void>;
  /** Forget what this tab kept up to and including `n`. */
  forget(n: number): Promise<void>;
  /** Note that the server refused what this tab kept. */
  refuse(code: string): Promise<void>;
  /** What tabs that are no longer open left behind, oldest first. */
  leftBehind(): Promise<KeptWords[]>;
  drop(words: KeptWords[]): Promise<void>;
}

const STORE = "words";

export class DeviceKeeping implements Keeping {
  readonly tab = crypto.randomUUID();
  readonly #text: string;
  readonly #person: string;
  readonly #base: Promise<IDBDatabase>;

  constructor(text: string, person: string, factory: IDBFactory = indexedDB) {
    this.#text = text;
    this.#person = person;
    this.#base = open(factory);
    this.#base.catch(() => {});
    // Held for as long as this tab lives; others see by it that what it keeps is in good hands.
    globalThis.navigator?.locks?.request(this.#lock(this.tab), () => new Promise(() => {})).catch(() => {});
  }

  #lock(tab: string): string {
    return `folkmoot words ${tab}`;
  }

  async #act<T>(
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T> | undefined,
  ): Promise<T | undefined> {
    const base = await this.#base;
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(STORE, mode, { durability: "strict" });
      let request: IDBRequest<T> | undefined;
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
      request = act(transaction.objectStore(STORE));
    });
  }

  async add(words: KeptWords[]): Promise<void> {
    await this.#act("readwrite", (store) => {
      for (const one of words) store.put(one);
      return undefined;
    });
  }

  async forget(n: number): Promise<void> {
    const own = [this.#text, this.#person, this.tab];
    await this.#act("readwrite", (store) =>
      store.delete(IDBKeyRange.bound([...own, 0], [...own, n])),
    );
  }

  async refuse(code: string): Promise<void> {
    const own = [this.#text, this.#person, this.tab];
    await this.#act("readwrite", (store) => {
      const cursor = store.openCursor(IDBKeyRange.bound([...own, 0], [...own, Number.MAX_VALUE]));
      cursor.onsuccess = () => {
        const row = cursor.result;
        if (!row) return;
        row.update({ ...row.value, refused: code });
        row.continue();
      };
      return undefined;
    });
  }

  async leftBehind(): Promise<KeptWords[]> {
    const all = (await this.#act("readonly", (store) =>
      store.getAll(
        IDBKeyRange.bound([this.#text, this.#person, ""], [this.#text, this.#person, "\uffff"]),
      ),
    )) as KeptWords[] | undefined;
    const open = new Set<string>();
    const state = await globalThis.navigator?.locks?.query?.().catch(() => undefined);
    for (const lock of state?.held ?? []) if (lock.name) open.add(lock.name);
    return (all ?? [])
      .filter((one) => one.tab !== this.tab && !open.has(this.#lock(one.tab)))
      .sort((one, other) => one.at - other.at || one.n - other.n);
  }

  async drop(words: KeptWords[]): Promise<void> {
    await this.#act("readwrite", (store) => {
      for (const one of words) store.delete([one.text, one.person, one.tab, one.n]);
      return undefined;
    });
  }
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open("folkmoot-words", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: ["text", "person", "tab", "n"] });
    };
    request.onsuccess = () => {
      // Another tab may bring a newer shape of the store: let go rather than hold it up.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("The store on this device is in use."));
  });
}
