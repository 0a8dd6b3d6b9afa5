import { join } from 'node:path';
import { Compile, type Validator } from 'typebox/compile';
import {
  RoomflowError,
  describeRejected,
  rejectedValues,
  stepParams,
  type CompositionLook,
  type ErrorCode,
} from '../contract/index.ts';
import { stepTypeOf } from '../steps/index.ts';
import type { StoredStep } from '../store/index.ts';
import { shownLook } from './composition-request.ts';

const validators = new Map<string, Validator>(
  Object.entries(stepParams).map(([type, schema]) => [type, Compile(schema)]),
);

/** What a step that cannot be taken up any more has failed with. */
export const failureCodes: Readonly<Record<string, ErrorCode>> = {
  record: 'recording-failed',
  compose: 'composition-failed',
  rtmp: 'livestream-failed',
  hls: 'hls-failed',
  transcribe: 'transcription-failed',
  play: 'play-failed',
  publish: 'play-failed',
};

/** The params as they may be stored and shown: each step type knows its secrets, and images in them are shortened. */
export function shownParams(type: string, params: Record<string, unknown>): Record<string, unknown> {
  const shown = (stepTypeOf(type)?.conceal?.(params) ?? params) as Record<string, unknown>;
  const { config } = shown;
  return config === undefined ? { ...shown } : { ...shown, config: shownLook(config as CompositionLook) };
}

/**
 * The params once they are known to be what the step type takes.
 *
 * @throws RoomflowError `invalid-step-params`, `invalid-composition` when only the picture is wrong; with pointers.
 */
export function parseParams(type: string, params: Record<string, unknown>): Record<string, unknown> {
  const validator = validators.get(type);
  if (!validator) {
    throw new RoomflowError(
      'invalid-step-params',
      `Unknown step "${type}". Known: ${[...validators.keys()].join(', ')}.`,
    );
  }
  if (!validator.Check(params)) {
    const details = rejectedValues(validator.Errors(params), '/with');
    const isPicture = details.every(({ pointer }) => pointer.startsWith('/with/config'));
    throw new RoomflowError(
      isPicture ? 'invalid-composition' : 'invalid-step-params',
      `Step "${type}": ${describeRejected(details)}.`,
      {
        details,
      },
    );
  }
  return params;
}

/** The tracks that exist now and that the step is about. */
export function tracksOf(
  params: Record<string, unknown>,
  tracks: readonly { trackId: string; kind: string }[],
): string[] {
  const { kind, kinds, mode } = params;
  const wanted: readonly unknown[] =
    kind !== undefined
      ? [kind]
      : Array.isArray(kinds)
        ? kinds
        : mode === 'audio'
          ? ['audio']
          : ['audio', 'video'];
  return tracks.filter((track) => wanted.includes(track.kind)).map((track) => track.trackId);
}

/** `recordings/<bucketDirPath>/<sessionId>/<participantId>[/<kind>]`, VideoSDK's order of folders. */
export function directoryOf(recordingsDirectory: string, step: StoredStep): string {
  const { bucketDirPath, kind } = step.params;
  return join(
    recordingsDirectory,
    typeof bucketDirPath === 'string' ? bucketDirPath : '',
    step.sessionId,
    step.participantId ?? 'room',
    typeof kind === 'string' ? kind : '',
  );
}
