import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finalPathOf, type RecordedFile } from '../media/index.ts';
import type { LiveStep } from './live-step.ts';
import type { StepPlane } from './step-plane.ts';

/** Completes the files that a lost worker left open, part by part. */
export function createPartRecovery(options: {
  plane: StepPlane;
  keepAsset(step: LiveStep, file: RecordedFile): void;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): (step: LiveStep, part: number) => Promise<void> {
  const { plane } = options;

  /** Final paths of what a part has left in the step's folder; part 0 is what was made of all parts. */
  async function filesOf(step: LiveStep, part: number): Promise<string[]> {
    const { id } = step.stored;
    const prefixes = part === 0 ? [`${id}.`] : [`${id}-${part}.`, `${id}-${part}-`];
    try {
      const names = await readdir(step.directory);
      const paths = names
        .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
        .map((name) => finalPathOf(join(step.directory, name)));
      return [...new Set(paths)].sort();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        options.onError(error, { stepId: step.stored.id, path: step.directory });
      }
      return [];
    }
  }

  /** Completes what a part left open, after the parts asked for before. Never rejects: errors are told. */
  return function recoverPart(step: LiveStep, part: number): Promise<void> {
    step.recovery = step.recovery.then(async () => {
      for (const path of await filesOf(step, part)) {
        if (step.reportedPaths.has(path)) {
          continue;
        }
        try {
          const file = await plane.recoverFile(path, step.partStartsMs.get(Math.max(1, part)) ?? 0);
          if (file) {
            options.keepAsset(step, file);
          }
        } catch (error) {
          options.onError(error, { stepId: step.stored.id, path });
        }
      }
    });
    return step.recovery;
  };
}
