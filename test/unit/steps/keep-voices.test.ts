import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probe } from '../../../runtime/media/recording/probe.ts';
import type { EncodedFrame } from '../../../runtime/media/index.ts';
import type {
  FrameSink,
  PeopleListener,
  StepContext,
  StepReport,
  VoiceUpdate,
} from '../../../runtime/steps/index.ts';
import { keepVoices } from '../../../runtime/steps/keep-voices.ts';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

let folder: TemporaryDirectory;
beforeEach(async () => {
  folder = await temporaryDirectory('roomflow-voices-');
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A session whose clock and people the test moves. */
function session() {
  const sinks = new Map<string, FrameSink>();
  const reports: StepReport[] = [];
  const listeners = new Set<PeopleListener>();
  let nowMs = 0;
  const refuse = (): never => {
    throw new Error('not asked for by a recording');
  };
  const context: StepContext<unknown> = {
    stepId: 'stp_1',
    sessionId: 'ses_1',
    roomId: 'room-1',
    params: {},
    part: 1,
    directory: folder.path,
    nowMs: () => nowMs,
    tap(participantId, _kinds, sink) {
      sinks.set(participantId, sink);
      return {
        published: new Map(),
        requestKeyFrame: () => undefined,
        close: () => {
          sinks.delete(participantId);
        },
      };
    },
    people(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    onAudioLevel: () => () => undefined,
    openMicrophone: refuse,
    openCamera: refuse,
    speech: { engines: {}, voices: {} },
    addressOf: refuse,
    compose: refuse,
    report(report) {
      reports.push(report);
    },
  };
  return {
    context,
    joins(participantId: string) {
      for (const listener of listeners) {
        listener.joined({ participantId, name: participantId.toUpperCase(), isServerSide: false });
      }
    },
    leaves(participantId: string) {
      sinks.get(participantId)?.participantLeft();
    },
    /** Everybody named says something for a while, in packets of 20 ms. */
    say(kept: ReturnType<typeof keepVoices>, durationMs: number, ...who: string[]) {
      for (const end = nowMs + durationMs; nowMs < end; nowMs += 20) {
        for (const name of who) {
          sinks.get(name)?.frame('audio', packetAt(nowMs));
        }
        kept.tick();
      }
    },
    told: () => reports.flatMap((report) => (report.type === 'update' ? [report.update as VoiceUpdate] : [])),
  };
}

/** 20 ms of Opus (CELT, 48 kHz) in which nothing is heard. */
const packetAt = (timestampMs: number): EncodedFrame => ({
  kind: 'audio',
  codec: 'opus',
  timestampMs,
  key: true,
  data: new Uint8Array([0xf8, 0xff, 0xfe]),
});

const finished = (updates: VoiceUpdate[]) => updates.filter((update) => update.kind === 'voice-finished');

describe('the voices kept beside a recording of the room', () => {
  it('are a file of each who speaks, from the first sound on, who comes later included', async () => {
    const { context, joins, say, told } = session();
    const kept = keepVoices(context, undefined);
    joins('ada');
    joins('silent');
    say(kept, 1000, 'ada');
    joins('ben');
    say(kept, 2000, 'ada', 'ben');
    await kept.stop();
    const opened = told().filter((update) => update.kind === 'voice-opened');
    expect(
      opened.map(({ participantId, participantName, startMs }) => [participantId, participantName, startMs]),
    ).toEqual([
      ['ada', 'ADA', 0],
      ['ben', 'BEN', 1000],
    ]);
    for (const { path, durationSeconds, startMs } of finished(told())) {
      expect(basename(dirname(path))).toBe('voices-stp_1');
      expect((await probe(path)).durationSeconds).toBeCloseTo(durationSeconds, 1);
      expect(durationSeconds).toBeCloseTo((3000 - startMs) / 1000, 1);
    }
    expect(finished(told())).toHaveLength(2);
  });

  it('are those of chosen participants alone, where some are', async () => {
    const { context, joins, say, told } = session();
    const kept = keepVoices(context, [
      { participantId: 'ben' },
      { participantId: 'eva', kind: 'screen_video' },
    ]);
    for (const name of ['ada', 'ben', 'eva']) {
      joins(name);
    }
    say(kept, 1000, 'ada', 'ben', 'eva');
    await kept.stop();
    expect(
      told().flatMap((update) => (update.kind === 'voice-opened' ? [update.participantId] : [])),
    ).toEqual(['ben']);
  });

  it('end with who leaves, and begin anew with who comes back', async () => {
    const { context, joins, leaves, say, told } = session();
    const kept = keepVoices(context, undefined);
    joins('ada');
    say(kept, 1000, 'ada');
    leaves('ada');
    say(kept, 1000);
    joins('ada');
    say(kept, 1000, 'ada');
    await kept.stop();
    const files = finished(told()).toSorted((left, right) => left.startMs - right.startMs);
    expect(files.map(({ startMs, path }) => [startMs, existsSync(path)])).toEqual([
      [0, true],
      [2000, true],
    ]);
  });

  it('hold nothing of a pause', async () => {
    const { context, joins, say, told } = session();
    const kept = keepVoices(context, undefined);
    joins('ada');
    say(kept, 1000, 'ada');
    kept.pause();
    say(kept, 5000, 'ada');
    kept.resume();
    say(kept, 1000, 'ada');
    await kept.stop();
    expect(finished(told())[0]?.durationSeconds).toBeCloseTo(2, 1);
  });
});
