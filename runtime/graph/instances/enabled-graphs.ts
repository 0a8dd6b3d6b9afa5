import {
  isEventNode,
  type EventNode,
  type EventType,
  type GraphDocument,
  type RoomflowEvent,
} from '../../contract/index.ts';
import type { StoredGraph } from '../../store/index.ts';
import { matchesEvent } from '../documents/index.ts';
import { planOf, type InstancePlan } from './plan.ts';

/** A graph that waits for events, with the document it has now. */
export type EnabledGraph = Pick<StoredGraph, 'id' | 'name' | 'roomId' | 'revision' | 'activeAfterSeq'> & {
  document: GraphDocument;
};

/** An event node that has matched. */
export type Match = { graph: EnabledGraph; nodeId: string; node: EventNode; plan: InstancePlan };

/** The graphs that wait for events, by the types of these. Nothing here reads or writes. */
export class EnabledGraphs {
  readonly #byId = new Map<string, readonly Match[]>();
  readonly #byType = new Map<EventType, Set<Match>>();

  /** In the place of what waited under its id. */
  set(graph: EnabledGraph): void {
    this.delete(graph.id);
    const waiting = Object.entries(graph.document.nodes).flatMap(([nodeId, node]): Match[] => {
      if (!isEventNode(node)) {
        return [];
      }
      const plan = planOf(graph.document, nodeId);
      // One that is only named in `until` starts nothing.
      return plan.steps.length === 0 ? [] : [{ graph, nodeId, node, plan }];
    });
    this.#byId.set(graph.id, waiting);
    for (const match of waiting) {
      const { on } = match.node;
      const ofType = this.#byType.get(on) ?? new Set();
      ofType.add(match);
      this.#byType.set(on, ofType);
    }
  }

  delete(graphId: string): void {
    for (const match of this.#byId.get(graphId) ?? []) {
      this.#byType.get(match.node.on)?.delete(match);
    }
    this.#byId.delete(graphId);
  }

  clear(): void {
    this.#byId.clear();
    this.#byType.clear();
  }

  /** The types of events that a graph waits for. */
  typesOf(graphId: string): EventType[] {
    return [...new Set((this.#byId.get(graphId) ?? []).map(({ node }) => node.on))];
  }

  /** Every event node that waits for this event, by the graph that was enabled first. */
  matching(event: RoomflowEvent): Match[] {
    const waiting = this.#byType.get(event.type);
    if (waiting === undefined || waiting.size === 0) {
      return [];
    }
    return [...waiting].filter(
      ({ graph, node }) =>
        event.seq > graph.activeAfterSeq &&
        (graph.roomId === null || graph.roomId === event.roomId) &&
        matchesEvent(node, event),
    );
  }

  /** Those of one graph that an event of before its being enabled would have matched. */
  matchingOf(graphId: string, event: RoomflowEvent): Match[] {
    return (this.#byId.get(graphId) ?? []).filter(
      ({ graph, node }) =>
        (graph.roomId === null || graph.roomId === event.roomId) && matchesEvent(node, event),
    );
  }
}
