import type { VNode } from 'preact';
import { Knocking } from '../../shared/index.ts';
import { useWatching } from '../watching-context.ts';

/** Knocked, and nobody has answered yet. */
export function Waiting(): VNode {
  const watching = useWatching();
  return (
    <Knocking onLeave={() => void watching.leave()}>
      A host has been told that {watching.name.value} would like to watch. The broadcast opens here as soon as
      they let you in.
    </Knocking>
  );
}
