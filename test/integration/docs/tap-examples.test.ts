import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeBeepAndFlash,
  hearWithWhep,
  publishAs,
  startRuntime,
  type InProcessRuntime,
  type MediaPublisher,
  type SignallingParticipant,
} from '../../support/runtime/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const PYTHON_BEEP_HZ = 1000;
/** It has the package that the set-up installs; another Python may come first on PATH. */
const DEBIAN_PYTHON = '/usr/bin/python3';

describe('the examples of docs/taps.md', () => {
  let runtime: InProcessRuntime;
  let roomId: string;
  let ada: SignallingParticipant;
  let media: MediaPublisher;
  let beepHz: number;

  beforeAll(async () => {
    const clips = await encodeBeepAndFlash(3);
    ({ beepHz } = clips);
    runtime = await startRuntime();
    ({ roomId } = await runtime.api.createRoom());
    ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
    media = await publishAs(ada, { clips: [clips.audio, clips.video] });
  });
  afterAll(async () => {
    await media.close();
    await ada.drop();
    await runtime[Symbol.asyncDispose]();
  });

  /** Runs an example as it stands there, until `until` resolves. */
  async function running(
    language: 'js' | 'python',
    until: (output: () => string) => Promise<void>,
  ): Promise<void> {
    await using directory = await temporaryDirectory();
    const program = directory.entry(language === 'js' ? 'example.mjs' : 'example.py');
    await writeFile(program, await exampleIn(language));
    const { stepId } = await runtime.api.startStep(roomId, { step: 'tap', with: { participantId: 'ada' } });
    const base = runtime.url.replace('http', 'ws');
    const child = spawn(
      language === 'js' ? process.execPath : DEBIAN_PYTHON,
      [program, base, roomId, stepId, runtime.serverKey],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const ended = new Promise<never>((_resolve, reject) => {
      child.on('close', (code) => {
        reject(new Error(`the example ended with ${code ?? 'a signal'}: ${output}`));
      });
    });
    // Once it has been ended here, its end is nobody's concern.
    ended.catch(() => undefined);
    try {
      await Promise.race([until(() => output), ended]);
    } finally {
      child.kill();
    }
  }

  it('echo in Node what is said, and are heard in the room', () =>
    running('js', async () => {
      const { data } = await runtime.events.event(
        'track-published',
        (event) => event.data.participantName === 'Echo',
      );
      await using ear = await hearWithWhep(runtime, roomId, data.participantId);
      await expect.poll(() => ear.heardMs(beepHz), { timeout: 15_000 }).toBeGreaterThan(150);
    }));

  it('read pictures in Python, and beep for each', () =>
    running('python', async (output) => {
      const { data } = await runtime.events.event(
        'track-published',
        (event) => event.data.participantName === 'Assistant',
      );
      await using ear = await hearWithWhep(runtime, roomId, data.participantId);
      await expect.poll(() => ear.heardMs(PYTHON_BEEP_HZ), { timeout: 15_000 }).toBeGreaterThan(250);
      expect(output()).toMatch(/^\d+(\.\d+)? \d+\n/);
    }));
});

async function exampleIn(language: 'js' | 'python'): Promise<string> {
  const text = await readFile(new URL('../../../docs/taps.md', import.meta.url), 'utf8');
  const example = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1];
  if (example === undefined) {
    throw new Error(`docs/taps.md has no example in ${language}`);
  }
  return example;
}
