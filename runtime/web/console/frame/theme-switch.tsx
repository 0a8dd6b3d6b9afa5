import type { VNode } from 'preact';
import { Monitor, Moon, Sun } from 'lucide-preact';
import type { Theme, ThemeChoice } from './theme.ts';

const looks = {
  system: { label: 'As the system has it', Icon: Monitor },
  light: { label: 'Light', Icon: Sun },
  dark: { label: 'Dark', Icon: Moon },
} as const satisfies Record<ThemeChoice, unknown>;

/** Light, dark, or as the system has it. */
export function ThemeSwitch({ theme }: { theme: Theme }): VNode {
  return (
    <div class="theme-switch" role="radiogroup" aria-label="Colours">
      {(['system', 'light', 'dark'] as const).map((choice) => {
        const { label, Icon } = looks[choice];
        return (
          <label key={choice} title={label}>
            <input
              type="radio"
              name="theme"
              class="visually-hidden"
              aria-label={label}
              checked={theme.choice.value === choice}
              onChange={() => theme.choose(choice)}
            />
            <Icon size={16} aria-hidden="true" />
          </label>
        );
      })}
    </div>
  );
}
