import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaults, type Faults } from './faults.ts';
import { createRecogniser, type Recogniser } from './recogniser.ts';
import { spokenFile } from './spoken-file.ts';
import { samplesOf } from './wav.ts';

/** How a request fails. `hang`: no answer; `cut`: the connection breaks in the middle of the answer. */
export type HttpFault =
  { status: 400 | 401 | 403 | 404 | 429 | 500 | 503; retryAfter?: string } | 'hang' | 'cut' | 'malformed';

type ChatMessage = { role: string; content: string };

export type OpenAiRequest = {
  path: string;
  /** Fields of the form, or of the JSON body. */
  fields: Record<string, unknown>;
  authorization: string | null;
};

export type OpenAiServerOptions = {
  /** Any key is taken when left out. */
  apiKey?: string;
  /** What is understood, one after the other; left out, speech is recognised by the built-in engine. */
  transcripts?: readonly string[];
  /** As `gpt-4o-transcribe` does: `verbose_json` is refused. */
  refusesVerbose?: boolean;
  /** What the model says to a conversation. */
  chat?(messages: readonly ChatMessage[]): string;
};

/** Behaves like OpenAI’s API: `/v1/audio/transcriptions`, `/v1/audio/speech` and `/v1/chat/completions`. */
export type OpenAiServer = AsyncDisposable & {
  /** Up to `/v1`. */
  baseUrl: string;
  readonly requests: readonly OpenAiRequest[];
  /** Requests that wait for their answer now, and the most that did at a time. */
  readonly concurrent: { now: number; most: number };
  readonly faults: Pick<Faults<HttpFault>, 'set' | 'clear'>;
};

export async function startOpenAiServer(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
  const recogniser = createRecogniser(options.transcripts);
  const requests: OpenAiRequest[] = [];
  const concurrent = { now: 0, most: 0 };
  const faults = createFaults<HttpFault>();
  const server = createServer((request, response) => {
    concurrent.now += 1;
    concurrent.most = Math.max(concurrent.most, concurrent.now);
    response.once('close', () => (concurrent.now -= 1));
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, 500, String(error));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { path, fields, file } = await readRequest(request, body);
    requests.push({ path, fields, authorization: request.headers.authorization ?? null });
    const fault = faults.take();
    if (fault !== null) {
      fail(response, fault);
      return;
    }
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      sendError(response, 401, 'Incorrect API key provided.');
      return;
    }
    switch (`${request.method ?? ''} ${path}`) {
      case 'POST /v1/audio/transcriptions':
        await transcribe(response, recogniser, fields, file, options.refusesVerbose ?? false);
        break;
      case 'POST /v1/audio/speech':
        await speak(response, fields);
        break;
      case 'POST /v1/chat/completions':
        chat(response, fields, options.chat ?? ((messages) => `You wrote ${messages.length} messages.`));
        break;
      case 'GET /v1/models':
        sendJson(response, 200, { object: 'list', data: [{ id: 'test-model', object: 'model' }] });
        break;
      default:
        sendError(response, 404, `Unknown request URL: ${request.method ?? ''} ${path}.`);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    concurrent,
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await recogniser[Symbol.asyncDispose]();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function readRequest(
  request: IncomingMessage,
  body: Buffer<ArrayBuffer>,
): Promise<{ path: string; fields: Record<string, unknown>; file: Buffer | null }> {
  const path = new URL(request.url ?? '/', 'http://server').pathname;
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) {
    const fields = body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Record<string, unknown>);
    return { path, fields, file: null };
  }
  // The platform’s own reader of forms.
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const sent = form.get('file');
  return {
    path,
    fields: Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')),
    file: sent instanceof Blob ? Buffer.from(await sent.arrayBuffer()) : null,
  };
}

function fail(response: ServerResponse, fault: HttpFault): void {
  if (fault === 'hang') return;
  if (fault === 'malformed') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('<html>Bad gateway</html>');
    return;
  }
  if (fault === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"text":"hal', () => response.destroy());
    return;
  }
  if (fault.retryAfter !== undefined) response.setHeader('retry-after', fault.retryAfter);
  sendError(response, fault.status, `The answer is ${fault.status}.`);
}

async function transcribe(
  response: ServerResponse,
  { engine }: Recogniser,
  fields: Record<string, unknown>,
  file: Buffer | null,
  refusesVerbose: boolean,
): Promise<void> {
  if (file === null || typeof fields['model'] !== 'string') {
    sendError(response, 400, 'file and model are required.');
    return;
  }
  const verbose = fields['response_format'] === 'verbose_json';
  if (verbose && refusesVerbose) {
    sendError(response, 400, "response_format 'verbose_json' is not compatible with this model.");
    return;
  }
  const samples = samplesOf(file);
  // A speaker of its own each time: a service keeps nothing of a voice.
  const speakerId = crypto.randomUUID();
  const stream = engine.open({ speakerId, language: null, onInterim: () => undefined });
  stream.write(samples);
  const { text, words } = await stream.finish();
  engine.forget(speakerId);
  const seconds = (ms: number): number => ms / 1000;
  sendJson(
    response,
    200,
    verbose
      ? {
          task: 'transcribe',
          language: 'english',
          duration: samples.length / 16_000,
          text,
          words: words?.map((word) => ({
            word: word.text,
            start: seconds(word.startMs),
            end: seconds(word.endMs),
          })),
        }
      : { text },
  );
}

async function speak(response: ServerResponse, fields: Record<string, unknown>): Promise<void> {
  const { input, voice = 'slt', response_format: format = 'mp3' } = fields;
  if (typeof input !== 'string' || typeof voice !== 'string' || typeof format !== 'string') {
    sendError(response, 400, 'input, voice and response_format are texts.');
    return;
  }
  const spoken = await spokenFile(input, voice, format);
  if (spoken === null) {
    sendError(response, 400, `There is no format ${format}.`);
    return;
  }
  response.writeHead(200, { 'content-type': spoken.type }).end(spoken.bytes);
}

function chat(
  response: ServerResponse,
  fields: Record<string, unknown>,
  reply: (messages: readonly ChatMessage[]) => string,
): void {
  const content = reply((fields['messages'] ?? []) as ChatMessage[]);
  const head = { id: 'chatcmpl-1', created: 1, model: fields['model'] };
  if (fields['stream'] !== true) {
    sendJson(response, 200, {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
    return;
  }
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content }, null));
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const sendError = (response: ServerResponse, status: number, message: string): void =>
  sendJson(response, status, { error: { message, type: 'error', param: null, code: null } });
