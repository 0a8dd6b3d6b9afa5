import { signal, type ReadonlySignal } from '@preact/signals';

/** `system`: as the browser has it. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'roomflow.console.theme';
const choices: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const dark = '(prefers-color-scheme: dark)';

/** Which colours the page has; kept for the next visit. */
export class Theme {
  readonly #choice = signal<ThemeChoice>(recall());
  readonly #rules = darkRules();

  constructor() {
    this.#apply();
  }

  get choice(): ReadonlySignal<ThemeChoice> {
    return this.#choice;
  }

  choose(choice: ThemeChoice): void {
    this.#choice.value = choice;
    this.#apply();
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // Private windows keep nothing.
    }
  }

  /** The style sheets say what is dark in media rules alone: the choice is made there, so that no colour stands twice. */
  #apply(): void {
    const choice = this.#choice.value;
    document.documentElement.style.colorScheme = choice === 'system' ? '' : choice;
    for (const rule of this.#rules) {
      rule.media.mediaText = { system: dark, light: 'not all', dark: 'all' }[choice];
    }
  }
}

function darkRules(): CSSMediaRule[] {
  return [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSMediaRule)
    .filter(({ media }) => /^\(prefers-color-scheme:\s*dark\)$/.test(media.mediaText));
}

function recall(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return choices.find((choice) => choice === kept) ?? 'system';
  } catch {
    return 'system';
  }
}
