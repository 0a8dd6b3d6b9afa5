import { randomBytes } from 'node:crypto';
import {
  RoomflowError,
  type EventType,
  type InstanceState,
  type RoomflowEvent,
  type Step,
} from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { LiveRooms } from '../../rooms/index.ts';
import {
  insertInstance,
  listInstanceNodes,
  moveInstance,
  updateInstanceNode,
  type Store,
  type StoredInstance,
} from '../../store/index.ts';
import { scopeIdOf, scopeOf } from '../documents/index.ts';
import type { StepSupervisor } from '../supervisor.ts';
import type { Match } from './enabled-graphs.ts';
import { storedNodeOf } from './instance-view.ts';
import { LiveInstance, type InstanceWorld } from './live-instance.ts';
import { isFinalState, newNodeRun, type NodeRun } from './node-run.ts';
import type { InstancePlan } from './plan.ts';
import { InstanceRegistry, instanceKeyOf } from './registry.ts';
import { endsScope, isWithinScope } from './scope-of-instance.ts';

/** Begins instances, keeps them in the store, and hands them what happens to their steps. */
export type InstanceRunner = {
  readonly live: InstanceRegistry;
  /**
   * Writes down an instance of each match that has none yet for this event, nor a running one for the same room, session,
   * participant or track. Part of the caller's transaction, once; the instances are there after its commit.
   */
  begin(happenings: readonly Happening[]): void;
  /** Ends what an event is the end of. @returns whether it was the end of anything */
  endBy(event: RoomflowEvent): boolean;
  /** Takes up an instance of before a restart; it acts from {@link activate} on. */
  takeUp(stored: StoredInstance, plan: InstancePlan): void;
  /** Ends one of before a restart that cannot be taken up, and what still runs of it: nobody else would ever. */
  giveUp(stored: StoredInstance, reason: string): void;
  /** From now on instances act, those that begin later at once. */
  activate(): void;
  /** Nothing happens by itself any more. */
  close(): void;
};

/** An event, and the event nodes that wait for it. */
export type Happening = { event: RoomflowEvent; matches: readonly Match[] };

/** How an instance that begins or goes on is told of. */
type Told = { from: InstanceState | ''; to: InstanceState; reason: string };

const endsOfScopes: readonly EventType[] = [
  'participant-left',
  'track-unpublished',
  'session-ended',
  'room-closed',
];

/**
 * @param options.now milliseconds since 1970
 * @param options.onEnded an instance has ended; part of the transaction that writes it
 */
export function createInstanceRunner(options: {
  store: Store;
  events: EventLog;
  rooms: Pick<LiveRooms, 'sessionOf'>;
  steps: Pick<StepSupervisor, 'start' | 'stop' | 'get' | 'onChanged'>;
  now: () => number;
  onEnded: (graphId: string) => void;
  onError: (error: unknown, fields: Record<string, unknown>) => void;
}): InstanceRunner {
  const { store, events, rooms, steps, now } = options;
  const live = new InstanceRegistry();
  let isActive = false;

  /** What cannot be written (a full disk) must not end a meeting's steps: the log has it, and the instance goes on. */
  const write = (instance: LiveInstance, work: () => void): void => {
    try {
      store.transact(work);
    } catch (error) {
      options.onError(error, { instanceId: instance.stored.id });
    }
  };

  const tell = ({ stored }: { stored: StoredInstance }, { from, to, reason }: Told): void => {
    const { roomId, sessionId, graphId, graphName, id, revision, nodeId } = stored;
    events.append('graph-instance-changed', {
      roomId,
      sessionId,
      data: { graphId, graphName, instanceId: id, revision, nodeId, from, to, reason },
    });
  };

  const world: InstanceWorld = {
    now,
    async start({ stored }, request, onStored) {
      const session = rooms.sessionOf(stored.roomId);
      if (stored.scope !== 'room' && stored.sessionId !== null && session?.sessionId !== stored.sessionId) {
        // Started now, it would run in another session than the one it is for.
        throw new RoomflowError('no-live-session', `Session "${stored.sessionId}" is over.`);
      }
      return steps.start(stored.roomId, request, onStored);
    },
    stop: (stepId, reason) => steps.stop(stepId, reason),
    step: (stepId) => steps.get(stepId),
    linked: (stepId, instance, nodeId) => {
      live.link(stepId, instance, nodeId);
    },
    unlinked: (stepId) => {
      live.unlink(stepId);
    },
    nodeChanged: (instance, node) => {
      const { asked: _asked, nodeId, ...change } = node;
      write(instance, () => {
        updateInstanceNode(store, { instanceId: instance.stored.id, nodeId }, change);
      });
    },
    moved: (instance, from) => {
      const { id, graphId, state, reason, outcome, endedAt } = instance.stored;
      if (endedAt !== null) {
        live.remove(instance);
      } else {
        live.release(instance);
      }
      write(instance, () => {
        moveInstance(store, id, { state, reason, outcome, endedAt });
        tell(instance, { from, to: state, reason });
        if (endedAt !== null) {
          options.onEnded(graphId);
        }
      });
    },
    onError: options.onError,
  };

  function stopUnlessEnded(stepId: string, reason: string): void {
    steps.stop(stepId, reason).catch((error: unknown) => {
      if (RoomflowError.from(error).code !== 'step-not-running') {
        options.onError(error, { stepId });
      }
    });
  }

  steps.onChanged((step: Step) => {
    const of = live.ofStep(step.stepId);
    of?.instance.stepChanged(of.nodeId, step);
  });

  function add(stored: StoredInstance, plan: InstancePlan, nodes: readonly NodeRun[]): LiveInstance {
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const instance = new LiveInstance({ stored, plan, nodes: byId, world });
    live.add(instance);
    return instance;
  }

  /** Whether who has come is one by whom a play is heard: a graph that greets guests must not greet what greets them. */
  function answersItself(plan: InstancePlan, event: RoomflowEvent): boolean {
    const { participantId } = event.data as { participantId?: string };
    return (
      participantId !== undefined &&
      plan.steps.some(({ step }) => step === 'play') &&
      rooms.sessionOf(event.roomId)?.find(participantId)?.isServerSide === true
    );
  }

  /** @param begun what begins with it in this transaction and is not in the registry yet */
  function beginOne({ graph, nodeId, node, plan }: Match, event: RoomflowEvent, begun: Set<string>): void {
    const scope = scopeOf(node);
    const scopeId = scopeIdOf(scope, event);
    if (scopeId === null || answersItself(plan, event)) {
      return;
    }
    const stored: StoredInstance = {
      id: `gin_${randomBytes(9).toString('base64url')}`,
      graphId: graph.id,
      graphName: graph.name,
      revision: graph.revision,
      activeAfterSeq: graph.activeAfterSeq,
      roomId: event.roomId,
      sessionId: event.sessionId,
      nodeId,
      scope,
      scopeId,
      eventId: event.id,
      eventType: event.type,
      eventAt: event.at,
      eventData: event.data,
      state: 'running',
      reason: event.type,
      outcome: null,
      startedAt: new Date(now()).toISOString(),
      endedAt: null,
    };
    const key = instanceKeyOf(stored);
    if (begun.has(key) || live.holds(key)) {
      return;
    }
    const nodes = plan.steps.map((step) => newNodeRun(step.nodeId));
    const rows = plan.steps.map((step, position) =>
      storedNodeOf(stored.id, position, step, newNodeRun(step.nodeId)),
    );
    if (!insertInstance(store, stored, rows)) {
      return;
    }
    begun.add(key);
    tell({ stored }, { from: '', to: 'running', reason: event.type });
    store.afterCommit(() => {
      const instance = add(stored, plan, nodes);
      if (isActive) {
        instance.activate();
      }
    });
  }

  return {
    live,
    begin(happenings) {
      const begun = new Set<string>();
      for (const { event, matches } of happenings) {
        for (const match of matches) {
          beginOne(match, event, begun);
        }
      }
    },
    endBy(event) {
      let ended = false;
      if (endsOfScopes.includes(event.type)) {
        for (const instance of live.inRoomOf(event, ({ stored }) => endsScope(stored, event))) {
          ended = true;
          instance.end('finished', event.type);
        }
      }
      const hasUntil = ({ plan, stored }: LiveInstance): boolean =>
        plan.until.some(({ node }) => node.on === event.type) && isWithinScope(stored, event);
      for (const instance of live.inRoomOf(event, hasUntil)) {
        ended = instance.endUntil(event) || ended;
      }
      return ended;
    },
    takeUp(stored, plan) {
      const rows = listInstanceNodes(store, stored.id);
      const nodes = rows.map(
        ({ instanceId: _id, position: _position, step: _step, from: _from, ...node }): NodeRun => ({
          ...node,
          asked: null,
        }),
      );
      add(stored, plan, nodes).findSteps();
    },
    giveUp(stored, reason) {
      const { id, state, graphId } = stored;
      const left = listInstanceNodes(store, id).filter((node) => !isFinalState(node.state));
      store.transact(() => {
        for (const { nodeId } of left) {
          const change = { state: 'cancelled', reason, nextAttemptAtMs: null } as const;
          updateInstanceNode(store, { instanceId: id, nodeId }, change);
        }
        const endedAt = new Date(now()).toISOString();
        moveInstance(store, id, { state: 'failed', reason, outcome: 'failed', endedAt });
        tell({ stored }, { from: state, to: 'failed', reason });
        options.onEnded(graphId);
      });
      for (const { stepId } of left) {
        if (stepId !== null) {
          stopUnlessEnded(stepId, reason);
        }
      }
    },
    activate() {
      isActive = true;
      for (const instance of live.all()) {
        instance.activate();
      }
    },
    close() {
      isActive = false;
      for (const instance of live.all()) {
        instance.dispose();
      }
    },
  };
}
