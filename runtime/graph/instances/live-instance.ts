import { createActor, waitFor, type Actor } from 'xstate';
import {
  RoomflowError,
  type GraphInstance,
  type InstanceState,
  type RoomflowEvent,
  type Step,
  type StepRequest,
} from '../../contract/index.ts';
import type { InstanceOutcome, StoredInstance } from '../../store/index.ts';
import { matchesEvent, paramsOf } from '../documents/index.ts';
import { decide, nextAttemptAtMs, outcomeOf, type Decision } from './decide.ts';
import { instanceMachine } from './instance-machine.ts';
import { instanceView } from './instance-view.ts';
import { afterAttempt, hasFailedWith, isFinalState, isLiveState, type NodeRun } from './node-run.ts';
import type { InstancePlan, PlannedStep } from './plan.ts';

/** What an instance needs of the world. */
export type InstanceWorld = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects when the step is refused; `onStored` is called in the transaction that stores it. */
  start(instance: LiveInstance, request: StepRequest, onStored: (stepId: string) => void): Promise<unknown>;
  stop(stepId: string, reason: string): Promise<unknown>;
  step(stepId: string): Step;
  /** A node has a step, from now on told with {@link LiveInstance.stepChanged}. */
  linked(stepId: string, instance: LiveInstance, nodeId: string): void;
  unlinked(stepId: string): void;
  /** Writes a node down. */
  nodeChanged(instance: LiveInstance, node: NodeRun): void;
  /** Writes a change of state down and tells of it. */
  moved(instance: LiveInstance, from: InstanceState): void;
  onError(error: unknown, fields: Record<string, unknown>): void;
};

type Final = { state: Extract<Step['state'], 'finished' | 'failed' | 'cancelled'>; reason: string };

/**
 * One event node that has matched and the steps below it: starts and stops them in their order, again where a restart
 * policy says so, and ends with them or with what it stands for. It acts from {@link activate} on.
 */
export class LiveInstance {
  readonly stored: StoredInstance;
  readonly plan: InstancePlan;
  readonly #nodes: ReadonlyMap<string, NodeRun>;
  readonly #world: InstanceWorld;
  readonly #actor: Actor<typeof instanceMachine>;
  /** Attempts that were over before it was taken up again after a restart. */
  readonly #endedMeanwhile: { nodeId: string; attempt: Final }[] = [];
  #isActive = false;
  #isAdvancing = false;
  #mustAdvance = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    stored: StoredInstance;
    plan: InstancePlan;
    nodes: ReadonlyMap<string, NodeRun>;
    world: InstanceWorld;
  }) {
    this.stored = options.stored;
    this.plan = options.plan;
    this.#nodes = options.nodes;
    this.#world = options.world;
    const { state, reason, outcome } = this.stored;
    this.#actor = createActor(instanceMachine, {
      input: {
        state: state === 'stopping' ? 'stopping' : 'running',
        reason,
        outcome: outcome ?? 'finished',
      },
    });
    this.#actor.subscribe(({ value, context }) => {
      // Transient states are never seen from outside.
      const to = value as InstanceState;
      const from = this.stored.state;
      if (to !== from) {
        Object.assign(this.stored, { state: to, reason: context.reason, outcome: context.outcome });
        if (this.#actor.getSnapshot().status === 'done') {
          this.stored.endedAt = new Date(this.#world.now()).toISOString();
          this.dispose();
        }
        this.#world.moved(this, from);
      }
    });
    this.#actor.start();
  }

  get hasEnded(): boolean {
    return this.#actor.getSnapshot().status === 'done';
  }

  /** Finds again what of its steps there is after a restart of the runtime. */
  findSteps(): void {
    for (const node of this.#nodes.values()) {
      if (node.stepId === null || !isLiveState(node.state)) {
        continue;
      }
      const { state, reason } = this.#world.step(node.stepId);
      if (isFinal(state)) {
        this.#endedMeanwhile.push({ nodeId: node.nodeId, attempt: { state, reason } });
      } else {
        node.state = state;
        node.reason = reason;
        this.#world.linked(node.stepId, this, node.nodeId);
      }
    }
  }

  /** From now on it starts and stops. */
  activate(): void {
    this.#isActive = true;
    for (const { nodeId, attempt } of this.#endedMeanwhile.splice(0)) {
      this.#attemptOver(nodeId, attempt);
    }
    this.#advance();
  }

  /** Takes all of it down. What ended it first counts. */
  end(outcome: InstanceOutcome, reason: string): void {
    if (!this.hasEnded) {
      this.#actor.send({ type: 'end', outcome, reason });
      this.#advance();
    }
  }

  /** Ends for good the steps that were to run until this event, which is within its scope. @returns whether there are any */
  endUntil(event: RoomflowEvent): boolean {
    const ends = this.plan.until.flatMap(({ node, ends }) => (matchesEvent(node, event) ? ends : []));
    for (const nodeId of ends) {
      const node = this.#nodes.get(nodeId);
      if (node && node.stopReason === null && !isFinalState(node.state)) {
        node.stopReason = event.type;
        this.#world.nodeChanged(this, node);
      }
    }
    this.#advance();
    return ends.length > 0;
  }

  stepChanged(nodeId: string, { stepId, state, reason }: Step): void {
    const node = this.#nodes.get(nodeId);
    if (node?.stepId !== stepId) {
      return;
    }
    if (isFinal(state)) {
      this.#attemptOver(nodeId, { state, reason });
    } else {
      node.state = state;
      node.reason = reason;
    }
    this.#advance();
  }

  /** Resolves when it has ended, or when the time is over. */
  async endedWithin(timeoutMs: number): Promise<void> {
    if (!this.hasEnded) {
      await waitFor(this.#actor, ({ status }) => status === 'done', { timeout: timeoutMs }).catch(() => {
        // It goes on ending; whoever waited is shown how it stands.
      });
    }
  }

  view(): GraphInstance {
    return instanceView(this.stored, this.plan.steps, [...this.#nodes.values()]);
  }

  /** Nothing happens by itself any more; it stays as it is. */
  dispose(): void {
    this.#isActive = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #stopping(): string | null {
    return this.stored.state === 'running' ? null : this.stored.reason;
  }

  #isEnding({ stopReason }: NodeRun): boolean {
    return this.#stopping !== null || stopReason !== null;
  }

  /** Does what is to be done now. What is done can change what is to be done: then once more, and never within itself. */
  #advance(): void {
    if (!this.#isActive) {
      return;
    }
    this.#mustAdvance = true;
    if (this.#isAdvancing) {
      return;
    }
    this.#isAdvancing = true;
    try {
      while (this.#takeTurn()) {
        this.#mustAdvance = false;
        const decisions = decide(this.plan, this.#nodes, this.#stopping, this.#world.now());
        for (const decision of decisions) {
          this.#act(decision);
        }
        this.#mustAdvance ||= decisions.length > 0;
      }
      this.#settle();
    } finally {
      this.#isAdvancing = false;
    }
  }

  #takeTurn(): boolean {
    return this.#mustAdvance && this.#isActive;
  }

  #settle(): void {
    const outcome = outcomeOf(this.#nodes.values());
    if (outcome) {
      this.#actor.send({ type: 'settled', outcome: outcome.state, reason: outcome.reason });
      return;
    }
    clearTimeout(this.#timer);
    const nowMs = this.#world.now();
    const next = nextAttemptAtMs(this.#nodes.values(), nowMs);
    this.#timer =
      next === null
        ? undefined
        : setTimeout(() => {
            this.#advance();
          }, next - nowMs).unref();
  }

  #act(decision: Decision): void {
    const node = this.#nodes.get(decision.nodeId);
    const step = this.plan.steps.find(({ nodeId }) => nodeId === decision.nodeId);
    if (!node || !step) {
      return;
    }
    switch (decision.do) {
      case 'start':
        this.#start(step, node);
        break;
      case 'stop':
        this.#stop(node, decision.stepId, decision.reason);
        break;
      case 'give-up':
        Object.assign(node, { state: 'cancelled', reason: decision.reason, nextAttemptAtMs: null });
        this.#world.nodeChanged(this, node);
        break;
      default:
        decision satisfies never;
    }
  }

  #start(step: PlannedStep, node: NodeRun): void {
    const before = { ...node };
    const fedByStepId = this.#sourceOf(step)?.stepId ?? null;
    node.asked = 'start';
    const request: StepRequest = {
      step: step.step,
      with: paramsOf(this.plan.document, step.nodeId, this.#told(step)),
      ...(fedByStepId === null ? {} : { from: fedByStepId }),
    };
    const onStored = (stepId: string): void => {
      Object.assign(node, {
        stepId,
        fedByStepId,
        state: 'pending',
        reason: 'requested',
        attempts: before.attempts + 1,
        nextAttemptAtMs: null,
        asked: null,
      } satisfies Partial<NodeRun>);
      this.#world.nodeChanged(this, node);
      this.#world.linked(stepId, this, node.nodeId);
    };
    this.#world.start(this, request, onStored).then(
      () => {
        this.#advance();
      },
      (error: unknown) => {
        if (node.stepId !== null && node.stepId !== before.stepId) {
          this.#world.unlinked(node.stepId);
        }
        Object.assign(node, { ...before, fedByStepId, attempts: before.attempts + 1, asked: null });
        // A refusal of what is not wanted any more is no failure.
        const state = this.#isEnding(node) ? 'cancelled' : 'failed';
        this.#attemptOver(node.nodeId, { state, reason: RoomflowError.from(error).message });
        this.#advance();
      },
    );
  }

  #stop(node: NodeRun, stepId: string, reason: string): void {
    node.asked = 'stop';
    this.#world.stop(stepId, reason).catch((error: unknown) => {
      // It may have ended by itself meanwhile.
      if (RoomflowError.from(error).code !== 'step-not-running') {
        this.#world.onError(error, { instanceId: this.stored.id, stepId });
      }
    });
  }

  #attemptOver(nodeId: string, attempt: Final): void {
    const node = this.#nodes.get(nodeId);
    const step = this.plan.steps.find((planned) => planned.nodeId === nodeId);
    if (!node || !step) {
      return;
    }
    if (node.stepId !== null) {
      this.#world.unlinked(node.stepId);
    }
    const { change, stopsGraph } = afterAttempt(step, node, this.#sourceOf(step), attempt, {
      ending: this.#isEnding(node),
      nowMs: this.#world.now(),
    });
    Object.assign(node, change, { asked: null });
    this.#world.nodeChanged(this, node);
    if (node.state === 'waiting') {
      this.#wakeFailedWith(step, node);
    }
    if (stopsGraph) {
      this.#actor.send({ type: 'end', outcome: 'failed', reason: `${nodeId}: ${attempt.reason}` });
    }
  }

  #wakeFailedWith({ feeds }: PlannedStep, source: NodeRun): void {
    for (const nodeId of feeds) {
      const fed = this.#nodes.get(nodeId);
      if (fed && hasFailedWith(fed, source)) {
        fed.state = 'waiting';
        this.#world.nodeChanged(this, fed);
      }
    }
  }

  #sourceOf({ fedBy }: PlannedStep): NodeRun | null {
    return fedBy === null ? null : (this.#nodes.get(fedBy) ?? null);
  }

  /** What the nodes above a step have told. */
  #told(step: PlannedStep): Map<string, Readonly<Record<string, unknown>>> {
    const told = new Map<string, Readonly<Record<string, unknown>>>([
      [this.plan.eventNodeId, this.stored.eventData],
    ]);
    let above = step.fedBy;
    while (above !== null) {
      const nodeId = above;
      const stepId = this.#nodes.get(nodeId)?.stepId;
      if (stepId !== null && stepId !== undefined) {
        told.set(nodeId, this.#world.step(stepId));
      }
      above = this.plan.steps.find((planned) => planned.nodeId === nodeId)?.fedBy ?? null;
    }
    return told;
  }
}

const isFinal = (state: Step['state']): state is Final['state'] => isFinalState(state);
