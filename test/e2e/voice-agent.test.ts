import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
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

it('hears what a guest asks, has a model answer, and says that in the room: the template Voice agent', async () => {
  const asked: { atMs: number; text: string }[] = [];
  await using model = await startOpenAiServer({
    apiKey: 'stand-in',
    chat(messages) {
      asked.push({ atMs: Date.now(), text: JSON.stringify(messages.at(-1)?.content) });
      return ANSWER;
    },
  });
  await using runtime = await startRuntime();
  const n8n = await startN8n({ packageDirectory });
  const speech = await speak([{ text: QUESTION, voice: 'awb' }], { leadMs: LEAD_MS });
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

    const final = await runtime.events.event('transcription-text', ({ data }) => data.isFinal);
    const started = await runtime.events.event('play-started');
    await runtime.events.event('play-finished', ({ data }) => data.playId === started.data.playId);
    const finished = runtime.events.events().findLast(({ type }) => type === 'play-finished');
    expect(finished?.data).toMatchObject({ status: 'finished', participantId: 'assistant' });
    await guest.page.screenshot({ path: `${artefacts}8-voice-agent-room.png` });

    const [said, heard] = [await loudIn(guest.page, 'said'), await loudIn(guest.page, 'heard')];
    if (!said || !heard) {
      throw new Error(`The guest has ${said ? 'heard' : 'said'} nothing.`);
    }
    const [understood = ''] = await recogniseStraight(heard.speech);
    expect(wordsOf(understood)).toContain('station');
    expect(wordErrorRate(ANSWER, understood)).toBeLessThan(0.4);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.text).toContain(final.data.text);

    const executions = await n8n.waitForExecutions(id, { atLeast: 3, timeoutMs: 30_000 });
    const answering = executions
      .map(({ startedAt }) => Date.parse(startedAt ?? ''))
      .filter((atMs) => atMs > said.toMs);
    const stages = {
      'end of speech': said.toMs,
      'final transcript': Date.parse(final.at),
      'workflow started': Math.min(...answering),
      'model asked': asked[0]?.atMs ?? NaN,
      'play started': Date.parse(started.at),
      'heard by the guest': heard.fromMs,
    };
    const rows = Object.entries(stages).map(([stage, atMs], index, all) => ({
      stage,
      afterMs: Math.round(atMs - said.toMs),
      stageMs: Math.round(atMs - (all[index - 1]?.[1] ?? atMs)),
    }));
    process.stdout.write(
      `${rows.map(({ stage, afterMs, stageMs }) => `${stage.padEnd(20)}${afterMs} ms (+${stageMs})`).join('\n')}\n`,
    );
    await mkdir(artefacts, { recursive: true });
    await writeFile(
      `${artefacts}voice-agent-round-trip.json`,
      `${JSON.stringify({ question: final.data.text, answer: understood, stages: rows }, null, 2)}\n`,
    );
    const times = Object.values(stages);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await host.leave();
  } finally {
    await n8n.stop();
  }
});
