import type { SpeechEngineSettings } from '../../../../contract/index.ts';
import { SPEECH_RATE } from '../../types.ts';
import type { SpeechEngine, UtteranceOptions } from '../../types.ts';
import { DeepgramConnection } from './connection.ts';

type DeepgramSettings = Extract<SpeechEngineSettings, { type: 'deepgram' }>;

/**
 * A streaming service that speaks Deepgram’s live transcription: a connection for each speaker, opened with the first
 * word and kept open while the speaker is silent; interim results and word times.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-streaming
 */
export function createDeepgramEngine(settings: DeepgramSettings): SpeechEngine {
  const service = `The speech service at ${new URL(settings.baseUrl).host}`;
  /** By speaker and language, as a connection has one language. */
  const connections = new Map<string, DeepgramConnection>();
  const leaving = new Set<Promise<void>>();

  function connectionOf({ speakerId, language }: UtteranceOptions): DeepgramConnection {
    const key = keyOf(speakerId, language);
    const known = connections.get(key);
    if (known) return known;
    const connection = new DeepgramConnection({
      url: addressOf(settings, language),
      headers: settings.apiKey === undefined ? {} : { authorization: `Token ${settings.apiKey}` },
      service,
      onEnd() {
        if (connections.get(key) === connection) connections.delete(key);
      },
    });
    connections.set(key, connection);
    return connection;
  }

  function close(key: string, connection: DeepgramConnection): void {
    connections.delete(key);
    const closing = connection.close();
    leaving.add(closing);
    void closing.finally(() => leaving.delete(closing));
  }

  return {
    interim: true,
    wordTimes: true,
    open: (options) => connectionOf(options).open(options),
    forget(speakerId) {
      for (const [key, connection] of connections) {
        if (key.startsWith(keyOf(speakerId, null))) close(key, connection);
      }
    },
    async close() {
      for (const [key, connection] of connections) close(key, connection);
      await Promise.all(leaving);
    },
  };
}

/** JSON’s quotes keep ids apart that begin alike. */
const keyOf = (speakerId: string, language: string | null): string =>
  `${JSON.stringify(speakerId)}${language ?? ''}`;

function addressOf({ baseUrl, model }: DeepgramSettings, language: string | null): string {
  const url = new URL(baseUrl);
  const wanted = {
    ...(model === undefined ? {} : { model }),
    ...(language === null ? {} : { language }),
    encoding: 'linear16',
    sample_rate: String(SPEECH_RATE),
    channels: '1',
    interim_results: 'true',
    punctuate: 'true',
    // Where an utterance ends is known already.
    endpointing: 'false',
  };
  for (const [name, value] of Object.entries(wanted)) {
    // What the operator has put into the address stands.
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return url.href;
}
