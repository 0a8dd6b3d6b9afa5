import type { VNode } from 'preact';
import { Settings2 } from 'lucide-preact';
import { useWatching } from '../watching-context.ts';

/** Which rung of the ladder to watch; by itself unless chosen. */
export function QualityMenu(): VNode {
  const { player } = useWatching();
  const chosen = player.chosenLevel.value;
  const name = player.qualities.value.find(({ level }) => level === chosen)?.label ?? 'Auto';
  return (
    <label class="quality" title="Quality">
      <Settings2 size={20} aria-hidden="true" />
      <span class="quality-name" aria-hidden="true">
        {name}
      </span>
      <select
        aria-label="Quality"
        value={chosen ?? 'auto'}
        onChange={({ currentTarget: { value } }) =>
          player.chooseLevel(value === 'auto' ? null : Number(value))
        }
      >
        <option value="auto">Auto</option>
        {player.qualities.value.map(({ level, label }) => (
          <option key={level} value={level}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
