import pLimit from 'p-limit';
import type { SpeechEngineSettings } from '../../../contract/index.ts';
import type { Recognised, SpeechEngine, UtteranceOptions, UtteranceStream } from '../types.ts';
import { networkProblem } from '../network-problem.ts';
import { wavOf } from '../utterance-file.ts';
import { engineFailure, statusFailure } from './engine-failure.ts';
import { primaryLanguage } from './language-name.ts';
import { readTranscription } from './openai-answer.ts';

type OpenAiSettings = Extract<SpeechEngineSettings, { type: 'openai' }>;

const TIMEOUT_MS = 30_000;
/** Requests at a time, of all speakers: services limit them, and a machine of one's own has one model. */
const MOST_REQUESTS = 4;

/**
 * A service that speaks OpenAI's `/audio/transcriptions`: utterance by utterance, no interim results, word times where
 * the service has them.
 */
export function createOpenAiEngine(settings: OpenAiSettings): SpeechEngine {
  const service = createService(settings);
  const limit = pLimit(MOST_REQUESTS);
  /** The last request of each speaker: one after the other, or their utterances would come in another order. */
  const turns = new Map<string, Promise<unknown>>();
  const closing = new AbortController();

  function inTurn(speakerId: string, request: () => Promise<Recognised>): Promise<Recognised> {
    const result = (turns.get(speakerId) ?? Promise.resolve()).then(() => limit(request));
    const turn = result.then(
      () => undefined,
      () => undefined,
    );
    turns.set(speakerId, turn);
    void turn.then(() => {
      if (turns.get(speakerId) === turn) turns.delete(speakerId);
    });
    return result;
  }

  return {
    interim: false,
    wordTimes: true,
    open({ speakerId, language }: UtteranceOptions): UtteranceStream {
      const chunks: Int16Array[] = [];
      const cancelling = new AbortController();
      let finished: Promise<Recognised> | undefined;
      return {
        write: (samples) => void chunks.push(samples),
        finish: () =>
          (finished ??= inTurn(speakerId, () =>
            service.transcribe(
              chunks.splice(0),
              language,
              AbortSignal.any([closing.signal, cancelling.signal]),
            ),
          )),
        cancel() {
          chunks.length = 0;
          cancelling.abort();
        },
      };
    },
    // Nothing of a voice is kept.
    forget: () => undefined,
    async close() {
      closing.abort();
      await Promise.all(turns.values());
    },
  };
}

type Service = {
  transcribe(
    chunks: readonly Int16Array[],
    language: string | null,
    signal: AbortSignal,
  ): Promise<Recognised>;
};

function createService({ baseUrl, apiKey, model, timeoutMs = TIMEOUT_MS }: OpenAiSettings): Service {
  const url = `${baseUrl.replace(/\/+$/, '')}/audio/transcriptions`;
  const name = `The speech service at ${new URL(url).host}`;
  /** Some models (`gpt-4o-transcribe`) and servers know `json` only; it is found out with the first request. */
  let hasWords = true;

  /** What the service says, without what is secret. */
  const shown = (text: string): string => {
    const said = text.trim().replace(/\s+/g, ' ');
    return apiKey === undefined ? said : said.replaceAll(apiKey, '…');
  };

  async function post(
    wav: Uint8Array<ArrayBuffer>,
    language: string | null,
    verbose: boolean,
    signal: AbortSignal,
  ): Promise<{ response: Response; body: string }> {
    const form = new FormData();
    form.set('file', new Blob([wav], { type: 'audio/wav' }), 'utterance.wav');
    form.set('model', model);
    if (language !== null) form.set('language', primaryLanguage(language));
    form.set('response_format', verbose ? 'verbose_json' : 'json');
    if (verbose) form.append('timestamp_granularities[]', 'word');
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
        body: form,
        // A key is for the host it was set for.
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout]),
      });
      return { response, body: await response.text() };
    } catch (error) {
      if (signal.aborted)
        throw engineFailure('engine-failed', 'The request was given up.', { mayPass: false });
      throw timeout.aborted
        ? engineFailure('engine-failed', `${name} did not answer within ${timeoutMs} ms.`)
        : engineFailure('engine-failed', `${name} could not be asked: ${networkProblem(error)}.`);
    }
  }

  return {
    async transcribe(chunks, language, signal) {
      const wav = new Uint8Array(wavOf(chunks));
      let { response, body } = await post(wav, language, hasWords, signal);
      if (hasWords && (response.status === 400 || response.status === 422)) {
        ({ response, body } = await post(wav, language, false, signal));
        hasWords = !response.ok;
      }
      if (!response.ok) {
        throw statusFailure(name, response.status, shown(body), response.headers.get('retry-after'));
      }
      const recognised = readTranscription(body, language);
      if (recognised === null) {
        throw engineFailure(
          'engine-failed',
          `${name} answered what is no transcription: ${shown(body).slice(0, 100)}`,
        );
      }
      return recognised;
    },
  };
}
