import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../../runtime/graph/transcriptions/summary.ts';
import { openDesk } from './support/desk.ts';

type Asked = { authorization: string | undefined; path: string | undefined; body: unknown };

/** An endpoint that gives these answers, one after the other, the last again and again. */
async function endpoint(...answers: { status: number; body?: unknown; headers?: Record<string, string> }[]) {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage) => {
    asked.push({
      authorization: request.headers.authorization,
      path: request.url,
      body: await json(request),
    });
    return answers[Math.min(asked.length, answers.length) - 1];
  };
  const server = createServer((request, response) => {
    void answer(request).then((given) => {
      response.writeHead(given?.status ?? 500, given?.headers).end(JSON.stringify(given?.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    settings: { baseUrl: `http://127.0.0.1:${port}/v1/`, apiKey: 'key-of-the-test', model: 'small' },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

const written = (content: string) => ({ status: 200, body: { choices: [{ message: { content } }] } });
const ask = (settings: Parameters<typeof summarise>[0]['settings'], prompt: string | null = null) =>
  summarise({
    settings,
    prompt,
    transcript: '[00:00:01 - 00:00:02] Ada: We ship on Friday.\n',
    signal: new AbortController().signal,
    pausesMs: [1, 1],
  });

describe('a summary', () => {
  it('is what the chat endpoint writes of prompt and transcript', async () => {
    await using server = await endpoint(written(' Shipping on Friday. '));
    expect(await ask(server.settings, 'Decisions only.')).toBe('Shipping on Friday.');
    expect(server.asked).toMatchObject([
      {
        authorization: 'Bearer key-of-the-test',
        path: '/v1/chat/completions',
        body: {
          model: 'small',
          messages: [
            { role: 'system' },
            {
              role: 'user',
              content: 'Decisions only.\n\nTranscript:\n[00:00:01 - 00:00:02] Ada: We ship on Friday.\n',
            },
          ],
        },
      },
    ]);
  });

  it('says that it could not be asked without the key, which fetch quotes when it is no header', async () => {
    await using server = await endpoint(written('Never.'));
    const asking = ask({ ...server.settings, apiKey: 'key-with-a\nline-break' });
    await expect(asking).rejects.toThrow(/could not be asked/);
    await expect(asking).rejects.not.toThrow(/key-with-a|line-break/);
    expect(server.asked).toEqual([]);
  });

  it('is asked for again when the endpoint is busy or broken', async () => {
    await using server = await endpoint(
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503 },
      written('In the end.'),
    );
    expect(await ask(server.settings)).toBe('In the end.');
    expect(server.asked).toHaveLength(3);
  });

  it.each([
    [
      'that stays broken',
      { status: 500 },
      'after 3 attempts: the endpoint of the setting summary answered 500',
    ],
    ['that refuses the key', { status: 401 }, 'answered 401; check its apiKey'],
    [
      'that answers something else',
      { status: 200, body: { hello: 1 } },
      'without choices[0].message.content',
    ],
  ])('fails with the cause at an endpoint %s', async (_what, answer, message) => {
    await using server = await endpoint(answer);
    const failure = await ask(server.settings).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'summary-failed',
      message: expect.stringContaining(message) as string,
    });
    expect(String(failure)).not.toContain('key-of-the-test');
  });

  it('fails when nobody is there', async () => {
    const server = await endpoint(written(''));
    await server[Symbol.asyncDispose]();
    await expect(ask(server.settings)).rejects.toMatchObject({
      code: 'summary-failed',
      message: expect.stringContaining('127.0.0.1 could not be asked') as string,
    });
  });
});

describe('the summary of a transcript', () => {
  const transcribe = () =>
    Promise.resolve([{ text: 'We ship', startMs: 0, endMs: 900, language: null, words: null }]);

  it('comes before the transcript is told to be complete, and is a file', async () => {
    await using server = await endpoint(written('Shipping.'));
    await using desk = await openDesk({ transcribe, summary: server.settings });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000 });
    const { id } = await desk.service.post.start({ recordingId, summary: { enabled: true } });
    expect(await desk.event('transcription-completed')).toMatchObject({ summary: 'Shipping.' });
    const { summary, summarizedFilePaths } = desk.service.get(id);
    expect(summary).toEqual({ status: 'completed', text: 'Shipping.', error: null });
    expect(Object.keys(summarizedFilePaths)).toEqual(['txt']);
    expect(await readFile(desk.service.file(id, 'summary.txt').path, 'utf8')).toBe('Shipping.\n');
  });

  it('leaves the transcript complete when it fails', async () => {
    await using server = await endpoint({ status: 400 });
    await using desk = await openDesk({ transcribe, summary: server.settings });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000 });
    const { id } = await desk.service.post.start({ recordingId, summary: { enabled: true } });
    expect(await desk.event('transcription-completed')).toMatchObject({ summary: null, segments: 1 });
    expect(desk.service.get(id)).toMatchObject({
      status: 'completed',
      summary: { status: 'failed', error: expect.stringContaining('answered 400') as string },
    });
  });

  it('says so when the operator has set no endpoint', async () => {
    await using desk = await openDesk({ transcribe });
    const { id: recordingId } = desk.recording({ fromMs: 0, toMs: 9000 });
    const { id } = await desk.service.post.start({ recordingId, summary: { enabled: true } });
    await desk.event('transcription-completed');
    expect(desk.service.get(id).summary.status).toBe('not-configured');
  });
});
