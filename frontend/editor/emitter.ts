// Named events with a value each.
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>();

  /** Listen; answers how to stop listening. */
  on<Name extends keyof Events>(name: Name, act: (value: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(act as (value: never) => void);
    return () => listeners.delete(act as (value: never) => void);
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const act of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (act as (value: Events[Name]) => void)(value);
      } catch (error) {
        // One listener's fault must not keep the words from the others, or from the server.
        console.error(error);
      }
    }
  }
}
