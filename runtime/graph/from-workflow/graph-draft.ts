import type { GraphNode, StepNode } from '../../contract/index.ts';
import { eventNodes } from './event-nodes.ts';
import { nodeIds } from './node-ids.ts';
import { notCarriedList } from './not-carried.ts';
import type { StepDraft } from './translations/index.ts';
import type { Trigger } from './triggers.ts';

type Start = Extract<StepDraft, { kind: 'start' }>;
/** An event of a trigger, which is a node of the workflow. */
type Cause = { trigger: string; event: Trigger };

/** A graph document in the making, and what has been left out of it so far. */
export function graphDraft() {
  const nodes: Record<string, GraphNode> = {};
  const makeId = nodeIds();
  const events = eventNodes(nodes, (name) => makeId(name, 'event'));
  const notCarried = notCarriedList();
  const began = new Set<string>();
  const names = new Map<string, string>();
  const stops: (Cause & { node: string; do: StepNode['do'] })[] = [];

  return {
    nodes,
    notCarried,
    /** The id of the event node that starts a step. */
    eventId: ({ trigger, event }: Cause, isOfRoom: boolean): string => events.idFor(trigger, event, isOfRoom),
    /** The node of the workflow that a step node was made of. */
    nameOf: (nodeId: string): string => names.get(nodeId) ?? nodeId,
    /** Whether anything has come of a trigger. */
    hasBegun: (trigger: string): boolean => began.has(trigger),
    /** Adds a step node, and its event node where that is new. @returns its id */
    start(name: string, draft: Start, eventId: string, trigger: string): string {
      const id = makeId(name, draft.do);
      events.use(eventId);
      began.add(trigger);
      names.set(id, name);
      nodes[id] = {
        do: draft.do,
        from: draft.from ?? eventId,
        ...(Object.keys(draft.with).length > 0 ? { with: draft.with } : {}),
      };
      return id;
    },
    /** Has the recording of a step node transcribed when it has ended. */
    transcribe(recordingNodeId: string, options: Record<string, unknown>): void {
      const recording = nodes[recordingNodeId];
      if (recording !== undefined && 'do' in recording) {
        recording.with = { ...recording.with, transcription: options };
      }
    },
    /** Remembers that an event ends the steps of a type; see `applyStops`. */
    stop(node: string, type: StepNode['do'], cause: Cause): void {
      stops.push({ ...cause, node, do: type });
    },
    /** Once all steps are there: gives them their `until`. */
    applyStops(): void {
      for (const stop of stops) {
        const steps = Object.values(nodes).filter(
          (node): node is StepNode => 'do' in node && node.do === stop.do && node.until === undefined,
        );
        if (steps.length === 0) {
          notCarried.add(stop.node, 'the graph holds no step that it could stop');
          continue;
        }
        const eventId = events.idFor(stop.trigger, stop.event, false);
        events.use(eventId);
        began.add(stop.trigger);
        for (const step of steps) {
          step.until = eventId;
        }
      }
    },
  };
}

export type GraphDraft = ReturnType<typeof graphDraft>;
