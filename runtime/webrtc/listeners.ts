/** Where failures of listeners go: a listener never breaks the packet path or its siblings. */
export type ListenerFault = (error: unknown) => void;

/**
 * A list of listeners with an allocation-free `emit`. A listener that throws is reported to `fault` and the
 * others still run.
 */
export class Listeners<A extends unknown[]> {
  #list: ((...args: A) => void)[] = [];
  readonly #fault: ListenerFault;

  constructor(fault: ListenerFault = reportListenerFault) {
    this.#fault = fault;
  }

  get size(): number {
    return this.#list.length;
  }

  /** Adds a listener; the returned function removes it. */
  add(listener: (...args: A) => void): () => void {
    // Copy on write: a listener may subscribe or unsubscribe while `emit` walks the list.
    this.#list = [...this.#list, listener];
    return () => {
      this.#list = this.#list.filter((other) => other !== listener);
    };
  }

  emit(...args: A): void {
    const list = this.#list;
    for (let i = 0; i < list.length; i++) {
      try {
        list[i]?.(...args);
      } catch (error) {
        this.#fault(error);
      }
    }
  }

  clear(): void {
    this.#list = [];
  }
}

function reportListenerFault(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)), {
    code: 'ROOMFLOW_WEBRTC_LISTENER',
  });
}
