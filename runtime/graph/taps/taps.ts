import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OutboundGuard } from '../../config/index.ts';
import { RoomflowError, finalStepStates, type StepParams } from '../../contract/index.ts';
import type { EventLog } from '../../events/index.ts';
import { signFileQuery, type LiveRooms } from '../../rooms/index.ts';
import {
  describeRtp,
  isTapUpdate,
  type RtpOutput,
  type TapAudioUpdate,
  type TapFrameUpdate,
} from '../../steps/index.ts';
import {
  deleteTapFilesBefore,
  findParticipant,
  findTapFile,
  insertTapFile,
  type Store,
} from '../../store/index.ts';
import { freeBytes, requireFreeDisk } from '../disk-space.ts';
import type { LiveStep } from '../live-step.ts';
import type { StepSupervisor } from '../supervisor.ts';
import { removeFilesBefore, removeIfEmpty } from './sweep.ts';

const HOUR_MS = 3600 * 1000;
const SWEEP_EVERY_MS = 10 * 60 * 1000;

/** What taps leave behind (pictures, utterances) and where they send to, on top of `tap` steps. */
export type TapService = {
  /** Where a file of a tap lies, for downloads. @throws RoomflowError `file-not-found` */
  file(fileId: string): { path: string; roomId: string };
  /** How to receive what the tap sends as RTP. @throws RoomflowError `track-not-found` while nothing is sent */
  rtpDescription(stepId: string): string;
  /** Removes what is older than the operator keeps it. Also done every ten minutes. */
  sweep(nowMs: number): Promise<void>;
  close(): void;
};

type RunningTap = {
  participantName: string;
  rtp: Map<number, RtpOutput>;
  /** The disk is too full: what comes is not kept and told of. */
  isFull: boolean;
};

export function createTapService(options: {
  store: Store;
  events: EventLog;
  rooms: LiveRooms;
  steps: StepSupervisor;
  outbound: OutboundGuard;
  secret: string;
  tapsDirectory: string;
  retentionHours: number;
  minimumFreeDiskBytes: number;
  publicUrl(): string;
  onError(error: unknown, fields: Record<string, unknown>): void;
}): TapService {
  const { store, events, steps, tapsDirectory } = options;
  const retentionMs = options.retentionHours * HOUR_MS;
  const running = new Map<string, RunningTap>();

  const directoryOf = (step: { sessionId: string; id: string }): string =>
    join(tapsDirectory, step.sessionId, step.id);

  steps.observe('tap', {
    check({ params }) {
      const { utterances, frames } = params as StepParams<'tap'>;
      if ((utterances !== undefined && utterances !== false) || frames) {
        requireFreeDisk(tapsDirectory, options.minimumFreeDiskBytes);
      }
    },
    async allow(params) {
      for (const { host } of (params as StepParams<'tap'>).rtp ?? []) {
        await options.outbound.check(host);
      }
    },
    created(step, session) {
      const participantName = session.require(step.participantId ?? '').name;
      running.set(step.id, { participantName, rtp: new Map(), isFull: false });
      return { recordingId: null };
    },
    restored({ stored }) {
      const { participantId, sessionId } = stored;
      const name = findParticipant(store, sessionId, participantId ?? '')?.name ?? '';
      running.set(stored.id, { participantName: name, rtp: new Map(), isFull: false });
      return [];
    },
    changed({ stored }, _from, to) {
      if (finalStepStates.some((state) => state === to)) {
        running.delete(stored.id);
        const directory = directoryOf(stored);
        removeIfEmpty(directory)
          .then(() => removeIfEmpty(dirname(directory)))
          .catch((error: unknown) => {
            options.onError(error, { stepId: stored.id });
          });
      }
    },
    asset() {
      // Taps leave no recordings: what they leave is told as updates.
    },
    paused() {
      // They cannot be paused.
    },
    directory: directoryOf,
    update(step, update) {
      if (!isTapUpdate(update)) {
        return;
      }
      if (update.kind === 'tap-rtp') {
        running.get(step.stored.id)?.rtp.set(update.index, update);
      } else {
        keepFile(step, update);
      }
    },
  });

  /** Writes a file down and tells of it, unless the disk is so full that it has to go again. */
  function keepFile(step: LiveStep, update: TapFrameUpdate | TapAudioUpdate): void {
    const { stored } = step;
    const tap = running.get(stored.id);
    const free = freeBytes(tapsDirectory);
    const isFull = free < options.minimumFreeDiskBytes;
    if (tap && isFull !== tap.isFull) {
      tap.isFull = isFull;
      const message = `Only ${Math.round(free / 1e6)} MB are free: pictures and utterances are not kept.`;
      step.progress = { ...step.progress, filesStopped: isFull ? message : null };
      if (isFull) {
        options.onError(new RoomflowError('disk-full', message), { stepId: stored.id });
      }
    }
    if (isFull) {
      rm(update.path, { force: true }).catch((error: unknown) => {
        options.onError(error, { stepId: stored.id, path: update.path });
      });
      return;
    }
    const id = `tfl_${randomBytes(9).toString('base64url')}`;
    const createdAtMs = Date.now();
    const data = {
      stepId: stored.id,
      participantId: stored.participantId ?? '',
      participantName: tap?.participantName ?? '',
      kind: update.trackKind,
      startMs: update.startMs,
      filePath: update.path,
      fileUrl: linkTo(id, createdAtMs + retentionMs),
      size: update.bytes,
    };
    const scope = { roomId: stored.roomId, sessionId: stored.sessionId };
    store.transact(() => {
      insertTapFile(store, {
        id,
        stepId: stored.id,
        roomId: stored.roomId,
        path: update.path,
        createdAt: new Date(createdAtMs).toISOString(),
      });
      if (update.kind === 'tap-frame') {
        const { width, height, sceneChange } = update;
        events.append('tap-frame', {
          ...scope,
          data: { ...data, mimeType: 'image/jpeg', width, height, sceneChange },
        });
      } else {
        events.append('tap-audio', {
          ...scope,
          data: { ...data, mimeType: 'audio/wav', endMs: update.endMs },
        });
      }
    });
  }

  const linkTo = (fileId: string, expiresAtMs: number): string =>
    `${options.publicUrl()}/v2/taps/files/${fileId}?${signFileQuery(fileId, expiresAtMs, options.secret)}`;

  async function sweep(nowMs: number): Promise<void> {
    const beforeMs = nowMs - retentionMs;
    deleteTapFilesBefore(store, new Date(beforeMs).toISOString());
    await removeFilesBefore(tapsDirectory, beforeMs);
  }

  const sweepNow = (): void => {
    sweep(Date.now()).catch((error: unknown) => {
      options.onError(error, { directory: tapsDirectory });
    });
  };
  const sweeping = setInterval(sweepNow, SWEEP_EVERY_MS).unref();
  sweepNow();

  return {
    file(fileId) {
      const file = findTapFile(store, fileId);
      if (!file) {
        throw new RoomflowError(
          'file-not-found',
          `There is no file "${fileId}" of a tap; they are kept for ${options.retentionHours} hours.`,
        );
      }
      return { path: file.path, roomId: file.roomId };
    },
    rtpDescription(stepId) {
      const outputs = [...(running.get(stepId)?.rtp.values() ?? [])];
      if (outputs.length === 0) {
        throw new RoomflowError(
          'track-not-found',
          `Tap "${stepId}" sends nothing as RTP now: it was asked for none (rtp), or the tracks have not begun.`,
        );
      }
      return describeRtp(
        stepId,
        outputs.toSorted((one, other) => one.index - other.index),
      );
    },
    sweep,
    close() {
      clearInterval(sweeping);
    },
  };
}
