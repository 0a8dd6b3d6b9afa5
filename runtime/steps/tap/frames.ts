import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TapFrames, TrackKind } from '../../contract/index.ts';
import { createPictureStream, type JpegPicture } from '../../media/index.ts';
import type { StepContext } from '../step.ts';
import { tapKind } from './tapped-kind.ts';

const DEFAULT_EVERY_MS = 10_000;
/** Pictures that a slow disk may lag behind; more are left out. */
const MOST_WRITES = 4;

/** What a step tells of a picture that it has left as a file. */
export type TapFrameUpdate = {
  kind: 'tap-frame';
  trackKind: TrackKind;
  path: string;
  bytes: number;
  startMs: number;
  width: number;
  height: number;
  sceneChange: boolean;
};

/** Leaves pictures of a track as files, and tells of each. */
export function createFrameFiles(
  context: Pick<StepContext<unknown>, 'part' | 'directory' | 'tap' | 'report'>,
  participantId: string,
  { kind = 'video', everyMs, onSceneChange = false, maxWidth }: TapFrames,
): { close(): Promise<void> } {
  const writes = new Set<Promise<void>>();
  let number = 0;
  let leftOut = 0;
  const pictures = createPictureStream({
    everyMs: everyMs ?? (onSceneChange ? null : DEFAULT_EVERY_MS),
    onSceneChange,
    maxWidth: maxWidth ?? null,
    requestKeyFrame() {
      tap.requestKeyFrame();
    },
    onPicture(picture) {
      if (writes.size >= MOST_WRITES) {
        leftOut += 1;
        context.report({ type: 'progress', progress: { framesLeftOut: leftOut } });
        return;
      }
      const write = keep(picture).finally(() => writes.delete(write));
      writes.add(write);
    },
  });
  const tap = tapKind(context, participantId, kind, {
    frame(frame) {
      pictures.push(frame);
    },
    stopped() {
      pictures.restart();
    },
  });

  async function keep({ data, timeMs, width, height, sceneChange }: JpegPicture): Promise<void> {
    number += 1;
    const path = join(context.directory, `frame-${context.part}-${number}.jpg`);
    try {
      await writeFile(path, data);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.report({ type: 'progress', progress: { fileError: message } });
      await rm(path, { force: true });
      return;
    }
    const update: TapFrameUpdate = {
      kind: 'tap-frame',
      trackKind: kind,
      ...{ path, bytes: data.length, startMs: timeMs, width, height, sceneChange },
    };
    context.report({ type: 'update', update });
  }

  return {
    async close() {
      tap.close();
      await pictures.close();
      await Promise.all(writes);
    },
  };
}
