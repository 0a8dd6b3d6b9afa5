import { Socket } from 'node:net';
import { endWithParent } from '../end-with-parent.ts';
import { loadCodecEngine } from '../engine/index.ts';
import { Composition } from './composition.ts';
import { FrameWriter } from './frame-writer.ts';
import { MessageReader } from './messages.ts';
import type { FromChild, SourceNumbers, ToChild } from './messages.ts';
import { compositorPipe, monotonicMs } from './pipe.ts';
import type { SourceId } from './types.ts';

/**
 * The program of a compositor's child: decodes, lays out, mixes and encodes for one composition. It lives as long as
 * its parent holds the other end of the pipe.
 */
const STATS_INTERVAL_MS = 1000;
/** Sound waits for the picture of its time to go with; from encoders that are other processes, for more sound. */
const GATHERED_MS = 40;

const pipe = new Socket({ fd: compositorPipe });
const writer = new FrameWriter(pipe, () => GATHERED_MS);
let composition: Composition | undefined;
let statsTimer: NodeJS.Timeout | undefined;
let ending = false;
/** All is closed, and the process ends by itself. */
let isDone = false;
/** Read after an await, in which the end may have come. */
const isEnding = (): boolean => ending;
const sourceIds = new Map<number, SourceId>();
const sourceNumbers = new Map<SourceId, number>();

const tell = (message: FromChild): void => {
  writer.tell(message);
};

/** The parent is told and starts another child; this one ends. */
const fail = (error: unknown): void => {
  if (ending) return;
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  void end();
};

const end = async (): Promise<void> => {
  if (ending) return;
  ending = true;
  clearInterval(statsTimer);
  await composition?.close();
  // Nothing is left to wait for, so the process ends by itself; process.exit() has been seen to hang in Node 24.
  writer.flush();
  isDone = true;
  pipe.end();
};

const numberSources = (sources: SourceNumbers): void => {
  sourceIds.clear();
  sourceNumbers.clear();
  for (const [id, number] of sources) {
    sourceIds.set(number, id);
    sourceNumbers.set(id, number);
  }
};

/** What comes while the engine loads; it is done in order once that is over. */
let held: (() => void)[] | undefined = [];

const inOrder = (work: () => void): void => {
  if (held === undefined) work();
  else held.push(work);
};

const start = async (message: ToChild & { type: 'start' }): Promise<void> => {
  numberSources(message.sources);
  const engine = await loadCodecEngine(message.engine);
  if (isEnding()) return;
  const started = new Composition({
    engine,
    canvas: message.canvas,
    scene: message.scene,
    look: message.look,
    delayMs: message.delayMs,
    now: () => monotonicMs() - message.sessionStartMs,
    onFrame(encoder, frame) {
      writer.send(encoder, frame);
      if (frame.kind === 'video') writer.flush();
    },
    onKeyFrameNeeded(id) {
      const source = sourceNumbers.get(id);
      if (source !== undefined) tell({ type: 'key-frame-needed', source });
    },
    onSoundAlone() {
      writer.flush();
    },
    onFailure: fail,
  });
  composition = started;
  await started.start();
  if (isEnding()) return;
  statsTimer = setInterval(() => {
    tell({ type: 'stats', stats: started.stats() });
  }, STATS_INTERVAL_MS);
  tell({ type: 'started', engine: engine.name });
  const early = held ?? [];
  held = undefined;
  for (const work of early) work();
};

const obey = async (message: Exclude<ToChild, { type: 'start' }>): Promise<void> => {
  switch (message.type) {
    case 'scene':
      numberSources(message.sources);
      composition?.setScene(message.scene);
      return;
    case 'look':
      await composition?.setLook(message.look);
      return;
    case 'open-pictures':
      await composition?.openPictures(message.encoder, message.profile);
      return;
    case 'open-sound':
      await composition?.openSound(message.encoder, message.profile);
      return;
    case 'close-encoder':
      await composition?.closeEncoder(message.encoder);
      return;
    case 'key-frame':
      composition?.requestKeyFrame(message.encoder);
      return;
    case 'end':
      await end();
  }
};

const reader = new MessageReader<ToChild>(
  (message) => {
    if (message.type === 'start') start(message).catch(fail);
    else inOrder(() => void obey(message).catch(fail));
  },
  (number, frame) => {
    inOrder(() => {
      const id = sourceIds.get(number);
      if (id !== undefined) composition?.push(id, frame);
    });
  },
);

pipe.on('data', (chunk) => {
  reader.push(chunk);
});
endWithParent(pipe, () => isDone);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
// The parent decides when to end: a Ctrl-C in its terminal reaches the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
