import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { RoomflowError, type SpeechVoiceSettings } from '../../../contract/index.ts';
import { untrustedFile } from '../../ffmpeg/index.ts';
import { networkProblem } from '../network-problem.ts';
import type { Voice } from './voice.ts';
import { mayPass, voiceFailure } from './voice-failure.ts';

const TIMEOUT_MS = 30_000;
/** Tried again after these pauses, while nothing has been heard yet. */
const PAUSES_MS = [300, 1200];
const TEXT_SHOWN = 200;

/** A service that speaks OpenAI's `/audio/speech`; what it answers is played while it comes. */
export function createOpenAiVoice(name: string, settings: SpeechVoiceSettings, voice: string): Voice {
  const { baseUrl, apiKey, model, timeoutMs = TIMEOUT_MS } = settings;
  const url = `${baseUrl.replace(/\/+$/, '')}/audio/speech`;
  const service = `The speech service at ${new URL(url).host}`;
  const shown = (text: string): string => {
    const said = text.trim().replace(/\s+/g, ' ').slice(0, TEXT_SHOWN);
    return apiKey === undefined ? said : said.replaceAll(apiKey, '…');
  };

  async function ask(text: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    // The time until it begins to answer; how long a long speech then takes is not limited.
    const patience = new AbortController();
    const timer = setTimeout(() => {
      patience.abort();
    }, timeoutMs);
    let response: Response;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({ model, voice, input: text, response_format: 'wav' }),
        // A key is for the host it was set for.
        redirect: 'error',
        signal: AbortSignal.any([signal, patience.signal]),
      });
    } catch (error) {
      if (signal.aborted) throw voiceFailure('The request was given up.', false);
      throw voiceFailure(
        patience.signal.aborted
          ? `${service} did not answer within ${timeoutMs} ms.`
          : `${service} could not be asked: ${networkProblem(error)}.`,
      );
    } finally {
      clearTimeout(timer);
    }
    if (response.ok && response.body !== null) {
      return response.body;
    }
    throw refusal(response.status, shown(await response.text()));
  }

  function refusal(status: number, said: string): RoomflowError {
    const saying = said === '' ? '' : `: ${said}`;
    switch (status) {
      case 401:
      case 403:
        return voiceFailure(
          `${service} answered ${status}: it does not accept the key. Check "apiKey" in the setting speechVoices.`,
          false,
        );
      case 429:
        return voiceFailure(`${service} answered 429: too many requests${saying}.`);
      default:
        return voiceFailure(`${service} answered ${status}${saying}.`, status >= 500 || status === 408);
    }
  }

  return {
    name,
    async speak(text, signal) {
      for (const pauseMs of [...PAUSES_MS, null]) {
        try {
          const answer = await ask(text, signal);
          return {
            kind: 'stream',
            stream: Readable.from(bytesOf(answer, service), { objectMode: false }),
            inputOptions: untrustedFile,
          };
        } catch (error) {
          if (!(error instanceof RoomflowError) || pauseMs === null || !mayPass(error)) throw error;
          await pause(pauseMs, undefined, { signal });
        }
      }
      throw voiceFailure(`${service} did not answer.`);
    },
  };
}

async function* bytesOf(body: ReadableStream<Uint8Array>, service: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw voiceFailure(`${service} broke off its answer: ${networkProblem(error)}.`);
  }
}
