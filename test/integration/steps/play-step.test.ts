import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpeechVoiceSettings, StepParams } from '../../../runtime/contract/index.ts';
import type { PlayUpdate, StepContext, StepReport } from '../../../runtime/steps/index.ts';
import { play } from '../../../runtime/steps/play/index.ts';
import { startOpenAiServer, type OpenAiServer } from '../../support/speech-servers/index.ts';
import { freePort, temporaryDirectory, type TemporaryDirectory } from '../../support/temporary/index.ts';

const run = promisify(execFile);
const KEY = 'sk-nobody-may-read-this';

type Heard = {
  packets: { atMs: number; data: Uint8Array }[];
  pictures: { atMs: number; key: boolean }[];
  reports: StepReport[];
  over: Extract<PlayUpdate, { kind: 'play-over' }> | undefined;
  failure: Extract<StepReport, { type: 'failure' }> | undefined;
};

/** Plays into nobody's room, and says what a room would have been given and when. */
async function played(
  params: StepParams<'play'>,
  { voices = {}, stopAfterMs }: { voices?: Record<string, SpeechVoiceSettings>; stopAfterMs?: number } = {},
): Promise<Heard> {
  const heard: Pick<Heard, 'packets' | 'pictures' | 'reports'> = { packets: [], pictures: [], reports: [] };
  const nowMs = (): number => performance.now();
  const ended = Promise.withResolvers<undefined>();
  const refused = (): never => {
    throw new Error('A play asks for nothing of that.');
  };
  const context: StepContext<StepParams<'play'>> = {
    stepId: 'stp_1',
    sessionId: 'ses_1',
    roomId: 'room',
    params: { participantId: 'bot', ...params },
    part: 1,
    directory: directory.path,
    nowMs,
    tap: refused,
    compose: refused,
    addressOf: refused,
    people: () => () => undefined,
    onAudioLevel: () => () => undefined,
    speech: { engines: {}, voices },
    openMicrophone: () => ({
      openedAtMs: nowMs() - 10_000,
      write: (data) => heard.packets.push({ atMs: nowMs(), data }),
      pause: () => undefined,
      close: () => undefined,
    }),
    openCamera: () => ({
      openedAtMs: nowMs() - 10_000,
      write: ({ key }) => heard.pictures.push({ atMs: nowMs(), key }),
      close: () => undefined,
      onKeyFrameRequest: () => undefined,
    }),
    report(report) {
      heard.reports.push(report);
      if (report.type === 'ended' || report.type === 'failure') ended.resolve(undefined);
    },
  };
  const step = play.start(context);
  const timer =
    stopAfterMs === undefined ? undefined : setTimeout(() => void step.stop('requested'), stopAfterMs);
  await ended.promise;
  clearTimeout(timer);
  await step.stop('over');
  const updates = heard.reports.flatMap((report) =>
    report.type === 'update' ? [report.update as PlayUpdate] : [],
  );
  return {
    ...heard,
    over: updates.find((update) => update.kind === 'play-over'),
    failure: heard.reports.find((report) => report.type === 'failure'),
  };
}

let directory: TemporaryDirectory;
let service: OpenAiServer;
const cloud = (timeoutMs = 5000, apiKey = KEY): Record<string, SpeechVoiceSettings> => ({
  cloud: { type: 'openai', baseUrl: service.baseUrl, apiKey, model: 'tts-1', voice: 'slt', timeoutMs },
});

beforeAll(async () => {
  directory = await temporaryDirectory();
  service = await startOpenAiServer({ apiKey: KEY });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

async function file(name: string, ...options: string[]): Promise<string> {
  const path = directory.entry(name);
  await run('ffmpeg', ['-v', 'error', '-y', ...options, path]);
  return path;
}

describe('a play', () => {
  it('hands on a packet every 20 ms, without drift and without a gap between sentences', async () => {
    const { packets, over } = await played({
      text: 'One. Two. Three. And here is the last of them.',
      voice: 'flite',
    });
    const [first] = packets;
    const late = packets.map(({ atMs }, index) => atMs - (first?.atMs ?? 0) - index * 20);
    expect(packets.length).toBeGreaterThan(100);
    expect(Math.abs(late.at(-1) ?? Infinity)).toBeLessThan(60);
    expect(late.toSorted((a, b) => a - b)[Math.floor(late.length * 0.9)]).toBeLessThan(20);
    expect(over).toMatchObject({ outcome: 'finished', playedMs: packets.length * 20 });
  });

  it('speaks whatever characters stand in the text, in the language of the voice', async () => {
    const text = `"Grüße" an 'alle'; \\ % : [in=out] $(rm -rf) {x} 😀\n-- und noch mehr.`;
    for (const voice of ['espeak-ng/de', 'flite/awb']) {
      const { over, packets } = await played({ text, voice });
      expect(over).toMatchObject({ outcome: 'finished' });
      expect(packets.length).toBeGreaterThan(50);
    }
  });

  it('begins a long text within a moment, long before all of it is spoken', async () => {
    const text = 'The quick brown fox jumps over the lazy dog near the river bank today. '.repeat(70);
    const beganMs = performance.now();
    const { packets, over } = await played({ text, voice: 'flite' }, { stopAfterMs: 4000 });
    expect((packets[0]?.atMs ?? Infinity) - beganMs).toBeLessThan(2000);
    expect(over).toMatchObject({ outcome: 'stopped' });
  });

  it('stops at once when it is told to', async () => {
    const path = await file('tone.wav', '-f', 'lavfi', '-i', 'sine=duration=10');
    const { packets, over } = await played({ file: path }, { stopAfterMs: 1500 });
    expect(over?.outcome).toBe('stopped');
    expect(Math.abs((over?.playedMs ?? 0) - packets.length * 20)).toBeLessThanOrEqual(40);
    expect(over?.playedMs).toBeLessThan(1500);
  });

  it('shows a film as its camera, in time with its sound and with a key frame a second', async () => {
    const path = await file(
      'film.mp4',
      ...[
        '-f',
        'lavfi',
        '-i',
        'testsrc=size=1280x720:rate=30:duration=3',
        '-f',
        'lavfi',
        '-i',
        'sine=duration=3',
      ],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'],
    );
    const { packets, pictures, over } = await played({ file: path });
    expect(over?.outcome).toBe('finished');
    expect(pictures.length).toBeGreaterThanOrEqual(58);
    expect(pictures.filter(({ key }) => key)).toHaveLength(3);
    const [firstSoundMs, firstPictureMs] = [packets[0]?.atMs ?? 0, pictures[0]?.atMs ?? 0];
    expect(Math.abs(firstPictureMs - firstSoundMs)).toBeLessThan(60);
  });

  it('goes on where it was when another worker takes it over', async () => {
    const path = await file('five.wav', '-f', 'lavfi', '-i', 'sine=duration=5');
    const { packets, over } = await played({ file: path, fromMs: 4000 });
    expect(packets.length).toBeGreaterThanOrEqual(49);
    expect(packets.length).toBeLessThanOrEqual(53);
    expect(over?.playedMs).toBeGreaterThanOrEqual(4980);
  });
});

describe('a voice of a service', () => {
  it('is played as it comes, and told what to say and with which voice', async () => {
    const { over } = await played({ text: 'Hello from far away.', voice: 'cloud/awb' }, { voices: cloud() });
    expect(over?.outcome).toBe('finished');
    expect(service.requests.at(-1)).toMatchObject({
      path: '/v1/audio/speech',
      fields: { model: 'tts-1', voice: 'awb', input: 'Hello from far away.' },
    });
  });

  it.each([
    ['500', { status: 500 }, 1],
    ['429', { status: 429 }, 2],
  ] as const)('is asked again when it answers %s, for a while', async (_status, fault, times) => {
    service.faults.set(fault, times);
    const { over } = await played({ text: 'Hello.', voice: 'cloud' }, { voices: cloud() });
    expect(over?.outcome).toBe('finished');
  });

  it.each([
    ['does not accept the key', { status: 401 }, '401'],
    ['has had too many requests', { status: 429 }, '429'],
    ['does not answer', 'hang', '500 ms'],
    ['breaks off', 'cut', 'broke off'],
    ['answers something else', 'malformed', 'no sound'],
  ] as const)(
    'that %s is a failure of the voice, and its key stands nowhere',
    async (_what, fault, words) => {
      service.faults.set(fault);
      try {
        const { packets, over, failure } = await played(
          { text: 'Hello.', voice: 'cloud' },
          { voices: cloud(500) },
        );
        expect(packets).toEqual([]);
        expect(over).toMatchObject({ outcome: 'failed', playedMs: 0 });
        expect(failure).toMatchObject({ code: 'voice-failed' });
        expect(failure?.message).toContain(words);
        expect(failure?.message).not.toContain(KEY);
      } finally {
        service.faults.clear();
      }
    },
  );

  it('that nobody is behind is a failure of the voice', async () => {
    const gone = {
      ...cloud()['cloud'],
      baseUrl: `http://127.0.0.1:${await freePort()}/v1`,
    } as SpeechVoiceSettings;
    const { failure } = await played({ text: 'Hello.', voice: 'cloud' }, { voices: { cloud: gone } });
    expect(failure?.message).toContain('ECONNREFUSED');
  });
});
