import type { VNode } from 'preact';
import { LogOut } from 'lucide-preact';
import { Wordmark } from '../../shared/index.ts';
import { useWatching } from '../watching-context.ts';

export function ShowHead(): VNode {
  const watching = useWatching();
  return (
    <header class="show-head">
      <Wordmark />
      <span class="show-name">Watching as {watching.name.value}</span>
      <button
        type="button"
        class="icon-button"
        aria-label="Leave"
        title="Leave"
        onClick={() => void watching.leave()}
      >
        <LogOut size={20} aria-hidden="true" />
      </button>
    </header>
  );
}
