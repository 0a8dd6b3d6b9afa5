import { setTimeout as pause } from 'node:timers/promises';
import { RoomflowError, type SummarySettings } from '../../contract/index.ts';
import { networkProblem, retryAfterMs } from '../../media/index.ts';

const TIMEOUT_MS = 120_000;
/** Pauses before further attempts; what the endpoint asks for in Retry-After comes first, up to a minute. */
const PAUSES_MS = [1000, 4000, 15_000, 60_000];
const LONGEST_ASKED_MS = 60_000;
/** More of an answer than this is no summary. */
const LONGEST_SUMMARY = 100_000;

const instructions =
  'You summarise transcripts of meetings. Keep to what was said, name who said it where it matters, and answer in the language of the transcript.';
const usualPrompt = 'Summarise the meeting: what it was about, what was decided, and who does what next.';

type Answer = { summary: string } | { retry: boolean; why: string; afterMs: number | null };

/**
 * Has a summary written by an endpoint that answers as OpenAI's chat completions do. Tries again when the endpoint is
 * busy (429), broken (5xx) or away.
 *
 * @param transcript as people read it
 * @throws RoomflowError `summary-failed`, without the key in its message; the signal's reason when that ends it
 */
export async function summarise(options: {
  settings: SummarySettings;
  prompt: string | null;
  transcript: string;
  signal: AbortSignal;
  pausesMs?: readonly number[];
}): Promise<string> {
  const { signal, pausesMs = PAUSES_MS } = options;
  for (const [attempt, waitMs] of [...pausesMs, null].entries()) {
    const answer = await ask(options);
    if ('summary' in answer) {
      return answer.summary;
    }
    if (!answer.retry || waitMs === null) {
      const times = attempt === 0 ? '' : ` after ${attempt + 1} attempts`;
      throw new RoomflowError('summary-failed', `No summary was written${times}: ${answer.why}`);
    }
    await pause(Math.max(waitMs, Math.min(answer.afterMs ?? 0, LONGEST_ASKED_MS)), undefined, { signal });
  }
  throw new RoomflowError('summary-failed', 'No summary was written.');
}

async function ask({
  settings,
  prompt,
  transcript,
  signal,
}: Parameters<typeof summarise>[0]): Promise<Answer> {
  const { baseUrl, apiKey, model, timeoutMs = TIMEOUT_MS } = settings;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({
        model,
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content: `${prompt ?? usualPrompt}\n\nTranscript:\n${transcript}` },
        ],
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      // A key is for the host it was set for.
      redirect: 'error',
    });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    const { hostname } = new URL(baseUrl);
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const why = isLate ? 'no answer in time' : networkProblem(error);
    return { retry: true, why: `${hostname} could not be asked (${why}).`, afterMs: null };
  }
  if (!response.ok) {
    return {
      retry: response.status === 429 || response.status >= 500,
      why: `the endpoint of the setting summary answered ${response.status}${response.status === 401 || response.status === 403 ? '; check its apiKey' : ''}.`,
      afterMs: retryAfterMs(response.headers.get('retry-after')),
    };
  }
  const summary = contentOf(text);
  return summary === null
    ? {
        retry: false,
        why: 'the endpoint of the setting summary answered without choices[0].message.content.',
        afterMs: null,
      }
    : { summary: summary.slice(0, LONGEST_SUMMARY) };
}

/** `choices[0].message.content` of an answer. */
function contentOf(text: string): string | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
  const { choices } = (answer ?? {}) as { choices?: unknown };
  const [first] = Array.isArray(choices) ? (choices as { message?: { content?: unknown } }[]) : [];
  const content = first?.message?.content;
  return typeof content === 'string' && content.trim() !== '' ? content.trim() : null;
}
