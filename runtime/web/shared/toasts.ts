import { signal, type ReadonlySignal } from '@preact/signals';

export type Toast = { id: number; text: string; tone: 'plain' | 'warning' };

const SHOWN_MS = { plain: 4_500, warning: 9_000 };
const AT_MOST = 3;

/** Short messages that go away by themselves; also what a screen reader is told. */
export class Toasts {
  readonly #shown = signal<readonly Toast[]>([]);
  #nextId = 1;

  get shown(): ReadonlySignal<readonly Toast[]> {
    return this.#shown;
  }

  show(text: string, tone: Toast['tone'] = 'plain'): void {
    const toast = { id: this.#nextId++, text, tone };
    this.#shown.value = [...this.#shown.value, toast].slice(-AT_MOST);
    setTimeout(() => this.dismiss(toast.id), SHOWN_MS[tone]);
  }

  clear(): void {
    this.#shown.value = [];
  }

  dismiss(id: number): void {
    this.#shown.value = this.#shown.value.filter((toast) => toast.id !== id);
  }
}
