import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { RoomflowEvent } from '../../runtime/contract/index.ts';
import { openGuest } from '../support/guests/index.ts';
import { startN8n, type WorkflowDocument } from '../support/n8n-host/index.ts';
import { startRuntime } from '../support/runtime/index.ts';
import { startOpenAiServer } from '../support/speech-servers/index.ts';
import {
  launchSpeakingBrowser,
  listenIn,
  loudIn,
  recogniseStraight,
  speak,
  wordErrorRate,
  wordsOf,
} from '../support/speech/index.ts';

const artefacts = fileURLToPath(new URL('../../artifacts/nodes/', import.meta.url));
const packageDirectory = fileURLToPath(new URL('../..', import.meta.url));

const QUESTION = 'can you tell me how to get to the train station';
const ANSWER = 'the train station is near the school and the river';
/** From when the microphone is opened: time to join the room. */
const LEAD_MS = 9000;
/** Time to be answered before the second question; n8n loads its agent with the first. */
const PAUSE_MS = 16_000;
const ROUNDS = ['first question', 'second question'] as const;

it('hears what a guest asks, has a model answer, and says that in the room: the template Voice agent', async () => {
  const asked: { atMs: number }[] = [];
  await using model = await startOpenAiServer({
    apiKey: 'stand-in',
    chat(messages) {
      expect(JSON.stringify(messages.at(-1)?.content)).toMatch(/Ada says: .*station/);
      asked.push({ atMs: Date.now() });
      return ANSWER;
    },
  });
  await using runtime = await startRuntime();
  const n8n = await startN8n({ packageDirectory });
  const speech = await speak(
    ROUNDS.map(() => ({ text: QUESTION, voice: 'awb' })),
    { leadMs: LEAD_MS, pauseMs: PAUSE_MS },
  );
  await using microphone = await launchSpeakingBrowser(speech);
  try {
    const roomflowApi = await n8n.createCredential({
      name: 'Roomflow',
      type: 'roomflowApi',
      data: { baseUrl: runtime.url, apiKey: runtime.serverKey },
    });
    const openAiApi = await n8n.createCredential({
      name: 'Stand-in',
      type: 'openAiApi',
      data: { apiKey: 'stand-in', url: model.baseUrl },
    });
    const text = await readFile(new URL('../../workflows/voice-agent.json', import.meta.url), 'utf8');
    const template = JSON.parse(text) as WorkflowDocument;
    const { id } = await n8n.importWorkflow({
      ...template,
      pinData: {},
      nodes: template.nodes.map((node) => ({
        ...node,
        ...(node.type.startsWith('n8n-nodes-roomflow.') ? { credentials: { roomflowApi } } : {}),
        ...(node.type.endsWith('.lmChatOpenAi') ? { credentials: { openAiApi } } : {}),
      })),
    });
    await n8n.activate(id);

    const room = await runtime.api.createRoom();
    await using host = await runtime.join(room.roomId, { name: 'Host' });
    await runtime.events.event('transcription-started');
    const { url } = await runtime.api.joinLink(room.roomId, { name: 'Ada' });
    await using guest = await openGuest(microphone.browser, { url, name: 'Ada', prepare: listenIn });
    await guest.join();

    const played = (): RoomflowEvent<'play-finished'>[] =>
      runtime.events.events().filter((event) => event.type === 'play-finished');
    await expect.poll(() => played().length, { timeout: 60_000 }).toBe(ROUNDS.length);
    for (const { data } of played()) {
      expect(data).toMatchObject({ status: 'finished', participantId: 'assistant' });
    }
    await guest.page.screenshot({ path: `${artefacts}8-voice-agent-room.png` });

    const [said, heard] = [await loudIn(guest.page, 'said'), await loudIn(guest.page, 'heard')];
    expect([said.length, heard.length, asked.length]).toEqual([ROUNDS.length, ROUNDS.length, ROUNDS.length]);
    const all = runtime.events.events();
    const finals = all.filter(
      (event) =>
        event.type === 'transcription-text' && event.data.isFinal && event.data.participantName === 'Ada',
    );
    const starts = all.filter(({ type }) => type === 'play-started');
    const executions = await n8n.waitForExecutions(id, { atLeast: 2 + ROUNDS.length, timeoutMs: 30_000 });
    const executionsAt = executions.map(({ startedAt }) => Date.parse(startedAt ?? ''));
    const report = [];
    for (const [index, round] of ROUNDS.entries()) {
      const [question, answer] = [said[index]!, heard[index]!];
      const [understood = ''] = await recogniseStraight(answer.speech);
      expect(wordsOf(understood)).toContain('station');
      expect(wordErrorRate(ANSWER, understood)).toBeLessThan(0.4);
      const stages = {
        'end of speech': question.toMs,
        'final transcript': Date.parse(finals[index]!.at),
        'workflow started': Math.min(...executionsAt.filter((atMs) => atMs > question.toMs)),
        'model asked': asked[index]!.atMs,
        'play started': Date.parse(starts[index]!.at),
        'heard by the guest': answer.fromMs,
      };
      const times = Object.values(stages);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      report.push({
        round,
        heard: understood,
        stages: Object.entries(stages).map(([stage, atMs], place) => ({
          stage,
          afterMs: Math.round(atMs - question.toMs),
          stageMs: Math.round(atMs - times[Math.max(0, place - 1)]!),
        })),
      });
    }
    for (const { round, stages } of report) {
      const rows = stages.map(
        ({ stage, afterMs, stageMs }) => `  ${stage.padEnd(20)}${afterMs} ms (+${stageMs})`,
      );
      process.stdout.write(`${round}\n${rows.join('\n')}\n`);
    }
    await mkdir(artefacts, { recursive: true });
    await writeFile(`${artefacts}voice-agent-round-trip.json`, `${JSON.stringify(report, null, 2)}\n`);
    await host.leave();
  } finally {
    await n8n.stop();
  }
});
