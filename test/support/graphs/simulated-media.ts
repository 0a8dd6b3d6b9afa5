import type { StepPlane } from '../../../runtime/graph/index.ts';
import type { MediaEvent, MediaPlane } from '../../../runtime/rooms/index.ts';

type StartedStep = Parameters<StepPlane['startStep']>[0];
type Reported = Parameters<Parameters<StepPlane['onReport']>[0]>[0]['report'];

/** Media that is only said to flow: what a worker would answer, at once. */
export type SimulatedMedia = {
  media: MediaPlane;
  steps: StepPlane;
  /** What steps have been told, in order: `start tap`, `stop record participant-left`. */
  told: readonly string[];
  /** The steps that run, oldest first. */
  running(): readonly StartedStep[];
  /** Has starts of these step types fail from now on. */
  refuse(...types: string[]): void;
  /** Holds back the answers to starts of these step types until they are released. */
  hold(...types: string[]): void;
  release(): void;
  /** What a running step of this type tells. */
  report(type: string, report: Reported): void;
  /** What a worker tells of a participant's media. */
  tell(event: MediaEvent): void;
};

export function simulateMedia(): SimulatedMedia {
  const told: string[] = [];
  const running = new Map<string, StartedStep>();
  const refused = new Set<string>();
  const held = new Set<string>();
  let releases: (() => void)[] = [];
  let onReport: Parameters<StepPlane['onReport']>[0] = () => undefined;
  let onEvent: Parameters<MediaPlane['onEvent']>[0] = () => undefined;
  const nothing = (): undefined => undefined;
  const media: MediaPlane = {
    ...{ openSession: nothing, closeSession: nothing, openParticipant: nothing, closeParticipant: nothing },
    ...{ startMedia: nothing, addCandidate: nothing, setMuted: nothing, setPins: nothing, prefer: nothing },
    publish: () => Promise.resolve(''),
    watch: () => Promise.resolve(''),
    acceptAnswer: () => Promise.resolve(),
    onEvent(listener) {
      onEvent = listener;
      return nothing;
    },
  };
  const steps: StepPlane = {
    async startStep(step) {
      told.push(`start ${step.type}`);
      if (held.has(step.type)) {
        await new Promise<void>((resolve) => releases.push(resolve));
      }
      if (refused.has(step.type)) {
        throw new Error(`${step.type} cannot be started`);
      }
      running.set(step.stepId, step);
    },
    stopStep(_sessionId, stepId, reason) {
      const step = running.get(stepId);
      if (running.delete(stepId)) {
        told.push(`stop ${step?.type ?? ''} ${reason}`);
      }
      return Promise.resolve();
    },
    pauseStep: () => Promise.resolve(),
    resumeStep: () => Promise.resolve(),
    commandStep: () => Promise.resolve(),
    reach: () => Promise.resolve(),
    connectStep: () => Promise.resolve(),
    updateLook: () => Promise.resolve(),
    recoverFile: () => Promise.resolve(null),
    joinFiles: () => Promise.resolve(null),
    onReport(listener) {
      onReport = listener;
      return nothing;
    },
    onSessionMoved: () => nothing,
  };
  return {
    media,
    steps,
    told,
    running: () => [...running.values()],
    refuse: (...types) => {
      refused.clear();
      types.forEach((type) => refused.add(type));
    },
    hold: (...types) => {
      types.forEach((type) => held.add(type));
    },
    release: () => {
      held.clear();
      releases.forEach((release) => {
        release();
      });
      releases = [];
    },
    report: (type, report) => {
      const step = [...running.values()].findLast((candidate) => candidate.type === type);
      if (!step) {
        throw new Error(`no ${type} step runs`);
      }
      onReport({ sessionId: step.sessionId, stepId: step.stepId, part: step.part, report });
    },
    tell: (event) => {
      onEvent(event);
    },
  };
}
