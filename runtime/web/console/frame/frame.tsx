import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useConsole } from '../console-context.ts';
import { Events } from '../events/events.tsx';
import { GraphPage } from '../graphs/graph-page.tsx';
import { Graphs } from '../graphs/graphs.tsx';
import { Health } from '../health/health.tsx';
import { RecordingPage } from '../recordings/recording-page.tsx';
import { Recordings } from '../recordings/recordings.tsx';
import { RoomPage } from '../rooms/room-page.tsx';
import { Rooms } from '../rooms/rooms.tsx';
import { hashOf, type Route } from '../route.ts';
import { SessionPage } from '../session/session-page.tsx';
import { AwayBanner } from './away-banner.tsx';
import { Navigation } from './navigation.tsx';
import type { Theme } from './theme.ts';

/** The console of somebody who is signed in: where to go on the left, and the page itself. */
export function Frame({ theme }: { theme: Theme }): VNode {
  const route = useConsole().route.value;
  const address = hashOf(route);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${titles[route.page]} · Roomflow`;
    // A screen reader goes on at the new page; at the first one it reads from the top.
    if (!isFirst.current) {
      main.current?.focus({ preventScroll: true });
    }
    isFirst.current = false;
  }, [address, route.page]);
  return (
    <div class="frame">
      <Navigation route={route} theme={theme} />
      <div class="frame-page">
        <AwayBanner />
        <main ref={main} tabIndex={-1} class="frame-main" data-page={route.page}>
          <Page key={address} route={route} />
        </main>
      </div>
    </div>
  );
}

const titles = {
  rooms: 'Rooms',
  room: 'Room',
  session: 'Session',
  graphs: 'Graphs',
  graph: 'Graph',
  recordings: 'Recordings',
  recording: 'Recording',
  events: 'Events',
  health: 'Health',
} as const satisfies Record<Route['page'], string>;

function Page({ route }: { route: Route }): VNode {
  switch (route.page) {
    case 'rooms':
      return <Rooms />;
    case 'room':
      return <RoomPage roomId={route.roomId} />;
    case 'session':
      return <SessionPage sessionId={route.sessionId} />;
    case 'graphs':
      return <Graphs />;
    case 'graph':
      return <GraphPage graphId={route.graphId} />;
    case 'recordings':
      return <Recordings />;
    case 'recording':
      return <RecordingPage recordingId={route.recordingId} />;
    case 'events':
      return <Events />;
    case 'health':
      return <Health />;
  }
}
