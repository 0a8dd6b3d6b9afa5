import type { VNode } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { ParticipationContext } from '../audience/index.ts';
import { CaptionsContext } from '../captions/index.ts';
import { Ended } from './ended/ended.tsx';
import { Entrance } from './entrance/entrance.tsx';
import { Moving } from './stage/moving.tsx';
import { Show } from './show/show.tsx';
import { Waiting } from './entrance/waiting.tsx';
import { WatchingContext } from './watching-context.ts';
import type { Watching } from './watching.ts';

/** Chooses the page by the phase of watching, and shows phase and scene on the root element. */
export function App({ watching, root }: { watching: Watching; root: HTMLElement }): VNode {
  const { phase, error } = watching.snapshot.value;
  const scene = watching.scene.value;
  useLayoutEffect(() => {
    root.dataset['state'] = phase === 'idle' ? 'entrance' : phase;
    root.dataset['scene'] = scene;
    if (error === null) {
      delete root.dataset['code'];
    } else {
      root.dataset['code'] = error.code;
    }
  }, [root, phase, scene, error]);
  return (
    <WatchingContext.Provider value={watching}>
      <ParticipationContext.Provider value={watching.participation}>
        <CaptionsContext.Provider value={watching.captions}>
          {watching.moving.value ? <Moving /> : page(watching)}
        </CaptionsContext.Provider>
      </ParticipationContext.Provider>
    </WatchingContext.Provider>
  );
}

function page(watching: Watching): VNode {
  switch (watching.snapshot.value.phase) {
    case 'idle':
    case 'joining':
      return <Entrance />;
    case 'waiting':
      return <Waiting />;
    case 'joined':
    case 'reconnecting':
      return <Show />;
    case 'left':
    case 'failed':
      return <Ended />;
  }
}
