import type { Selectable } from 'kysely';
import type { StepState } from '../contract/index.ts';
import { fromJson, fromNullableJson, toJson, toNullableJson } from './json.ts';
import type { Store } from './open.ts';
import type { Database } from './schema.ts';

/** A step as it is kept. */
export type StoredStep = {
  id: string;
  type: string;
  roomId: string;
  sessionId: string;
  participantId: string | null;
  trackIds: string[];
  params: Record<string, unknown>;
  state: StepState;
  reason: string;
  paused: boolean;
  recordingId: string | null;
  fromStepId: string | null;
  progress: Record<string, unknown>;
  startedAt: string;
  endedAt: string | null;
};

/** A change of state, with its reason. */
export type StepTransition = { from: StepState; to: StepState; reason: string; at: string };

export type StepFilter = {
  roomId?: string | undefined;
  sessionId?: string | undefined;
  type?: string | undefined;
  states?: readonly StepState[] | undefined;
};

export type StepChange = Partial<
  Pick<StoredStep, 'params' | 'participantId' | 'trackIds' | 'paused' | 'recordingId' | 'progress' | 'reason'>
>;

/** What a step needs to go on after a crash, and what is never shown. */
export type StepSecrets = {
  sealed: string | null;
  /** Why it fails, while it is still being ended. */
  failure: { code: string; message: string } | null;
};

const toStep = ({
  sequence: _sequence,
  sealed: _sealed,
  failure: _failure,
  ...row
}: Selectable<Database['steps']>): StoredStep => ({
  ...row,
  trackIds: fromJson(row.trackIds),
  params: fromJson(row.params),
  state: row.state as StepState,
  paused: row.paused === 1,
  progress: fromJson(row.progress),
});

export function insertStep(store: Store, step: StoredStep): void {
  store.run(
    store.db.insertInto('steps').values({
      ...step,
      trackIds: toJson(step.trackIds),
      params: toJson(step.params),
      paused: step.paused ? 1 : 0,
      progress: toJson(step.progress),
    }),
  );
}

export function findStep(store: Store, id: string): StoredStep | undefined {
  const row = store.first(store.db.selectFrom('steps').selectAll().where('id', '=', id));
  return row === undefined ? undefined : toStep(row);
}

/** Oldest first. */
export function listSteps(store: Store, filter: StepFilter): StoredStep[] {
  const { roomId, sessionId, type, states } = filter;
  return store
    .all(
      store.db
        .selectFrom('steps')
        .selectAll()
        .$if(roomId !== undefined, (select) => select.where('roomId', '=', roomId ?? ''))
        .$if(sessionId !== undefined, (select) => select.where('sessionId', '=', sessionId ?? ''))
        .$if(type !== undefined, (select) => select.where('type', '=', type ?? ''))
        .$if(states !== undefined, (select) => select.where('state', 'in', states ?? []))
        .orderBy('sequence'),
    )
    .map(toStep);
}

/** Every step that has not ended: what a restart takes up again. */
export function listLiveSteps(store: Store): StoredStep[] {
  return store
    .all(store.db.selectFrom('steps').selectAll().where('endedAt', 'is', null).orderBy('sequence'))
    .map(toStep);
}

/** Changes anything but the state, which only {@link moveStep} does. */
export function updateStep(store: Store, id: string, change: StepChange): void {
  const { params, trackIds, paused, progress, ...plain } = change;
  const set = {
    ...plain,
    ...(params === undefined ? {} : { params: toJson(params) }),
    ...(trackIds === undefined ? {} : { trackIds: toJson(trackIds) }),
    ...(paused === undefined ? {} : { paused: paused ? (1 as const) : (0 as const) }),
    ...(progress === undefined ? {} : { progress: toJson(progress) }),
  };
  if (Object.keys(set).length > 0) {
    store.run(store.db.updateTable('steps').set(set).where('id', '=', id));
  }
}

/** Writes down what a step needs to go on, beside its row. */
export function keepStepSecrets(
  store: Store,
  id: string,
  { failure, ...secrets }: Partial<StepSecrets>,
): void {
  store.run(
    store.db
      .updateTable('steps')
      .set({ ...secrets, ...(failure === undefined ? {} : { failure: toNullableJson(failure) }) })
      .where('id', '=', id),
  );
}

export function readStepSecrets(store: Store, id: string): StepSecrets | undefined {
  const row = store.first(store.db.selectFrom('steps').select(['sealed', 'failure']).where('id', '=', id));
  return row && { sealed: row.sealed, failure: fromNullableJson(row.failure) };
}

/** Writes a change of state and its line in the history, together. */
export function moveStep(store: Store, id: string, move: StepTransition & { ended: boolean }): void {
  const { from, to, reason, at, ended } = move;
  store.transact(() => {
    store.run(
      store.db
        .updateTable('steps')
        .set({ state: to, reason, ...(ended ? { endedAt: at, sealed: null } : {}) })
        .where('id', '=', id),
    );
    store.run(store.db.insertInto('step_transitions').values({ stepId: id, from, to, reason, at }));
  });
}

export function listStepTransitions(store: Store, stepId: string): StepTransition[] {
  return store
    .all(
      store.db
        .selectFrom('step_transitions')
        .select(['from', 'to', 'reason', 'at'])
        .where('stepId', '=', stepId)
        .orderBy('id'),
    )
    .map((row) => ({ ...row, from: row.from as StepState, to: row.to as StepState }));
}
