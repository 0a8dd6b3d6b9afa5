import { dirname, join } from 'node:path';
import type { RecordedFile } from '../media/index.ts';
import { updateStep, type Store, type StoredRecording } from '../store/index.ts';
import type { LiveStep } from './live-step.ts';
import type { StepPlane } from './step-plane.ts';

/** A stretch of the session in which a recording was paused, in milliseconds; `null` while it lasts. */
export type Pause = [fromMs: number, toMs: number | null];

/** How long a recording was paused between two moments of its session, in milliseconds. Pure. */
export function pausedBetween(pauses: readonly Pause[], fromMs: number, toMs: number): number {
  return pauses.reduce(
    (sum, [begin, end]) => sum + Math.max(0, Math.min(end ?? toMs, toMs) - Math.max(begin, fromMs)),
    0,
  );
}

/** The pauses noted in a step's progress. */
export function pausesOf(progress: Readonly<Record<string, unknown>>): Pause[] {
  const { pauses } = progress;
  return Array.isArray(pauses) ? (pauses as Pause[]) : [];
}

/** Notes with the step, also for after a crash, that it was paused or resumed at a moment of its session. */
export function notePause(store: Store, step: LiveStep, paused: boolean, atMs: number): void {
  const pauses = pausesOf(step.progress);
  const last = pauses.at(-1);
  if (paused) {
    pauses.push([atMs, null]);
  } else if (last?.[1] === null) {
    last[1] = atMs;
  }
  step.progress = { ...step.progress, pauses };
  updateStep(store, step.stored.id, { progress: step.progress });
}

/**
 * The one file of a composition's recording that was interrupted and left in parts; the parts as they are when they
 * cannot be one without being encoded anew, or the disk has no room for it.
 */
export async function assembleRecording(
  plane: StepPlane,
  recording: StoredRecording,
  files: readonly RecordedFile[],
  pauses: readonly Pause[],
): Promise<RecordedFile[]> {
  const [first] = files;
  if (!first) {
    return [];
  }
  const whole = join(dirname(first.path), `${recording.stepId}.${recording.fileFormat}`);
  const parts = files
    .filter(({ path }) => path !== whole)
    .toSorted((left, right) => left.startMs - right.startMs);
  const made = files.find(({ path }) => path === whole);
  if (made && parts.length === 0) {
    return [withPauses(made, pauses)];
  }
  if (files.length === 1) {
    return [first];
  }
  const joined = await plane.joinFiles(
    parts.map(({ path, startMs, endMs }, index) => ({
      path,
      startMs,
      pausedMs: pausedBetween(pauses, startMs, parts[index + 1]?.startMs ?? endMs),
    })),
    whole,
  );
  if (joined && made) {
    // Made before a crash, which some of its parts may not have outlived: what is left does not tell where it began.
    return [withPauses({ ...joined, startMs: made.startMs }, pauses)];
  }
  return joined ? [joined] : parts;
}

/** A whole file with its place in the session: it is shorter than that by the pauses in it. */
function withPauses(file: RecordedFile, pauses: readonly Pause[]): RecordedFile {
  const lastMs = Math.max(file.startMs, ...pauses.map(([, toMs]) => toMs ?? 0));
  const pausedMs = pausedBetween(
    pauses.filter(([, toMs]) => toMs !== null),
    file.startMs,
    lastMs,
  );
  return { ...file, endMs: file.startMs + file.durationSeconds * 1000 + pausedMs };
}
