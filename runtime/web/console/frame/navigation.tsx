import type { VNode } from 'preact';
import { Activity, Film, LogOut, ScrollText, Users, Workflow } from 'lucide-preact';
import { Wordmark } from '../../shared/index.ts';
import { useConsole } from '../console-context.ts';
import { hashOf, type Route } from '../route.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import type { Theme } from './theme.ts';

const places = [
  { page: 'rooms', label: 'Rooms', Icon: Users, holds: ['rooms', 'room', 'session'] },
  { page: 'graphs', label: 'Graphs', Icon: Workflow, holds: ['graphs', 'graph'] },
  { page: 'recordings', label: 'Recordings', Icon: Film, holds: ['recordings', 'recording'] },
  { page: 'events', label: 'Events', Icon: ScrollText, holds: ['events'] },
  { page: 'health', label: 'Health', Icon: Activity, holds: ['health'] },
] as const satisfies readonly { page: Route['page']; label: string; Icon: unknown; holds: Route['page'][] }[];

/** Where one can go. */
export function Navigation({ route, theme }: { route: Route; theme: Theme }): VNode {
  const console = useConsole();
  return (
    <header class="navigation">
      <a class="navigation-home" href={hashOf({ page: 'rooms' })} aria-label="Roomflow console">
        <Wordmark />
      </a>
      <nav aria-label="Console">
        <ul>
          {places.map(({ page, label, Icon, holds }) => (
            <li key={page}>
              <a
                href={hashOf({ page })}
                aria-current={holds.some((each) => each === route.page) ? 'page' : undefined}
              >
                <Icon size={18} aria-hidden="true" />
                <span>{label}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="navigation-foot">
        <ThemeSwitch theme={theme} />
        <button type="button" class="icon-button" aria-label="Sign out" onClick={() => console.signOut()}>
          <LogOut size={18} aria-hidden="true" />
        </button>
      </div>
    </header>
  );
}
