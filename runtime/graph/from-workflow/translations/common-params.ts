import type { Known } from '../item.ts';
import type { Carried, Parameters } from '../parameters.ts';

/** A key of a step's params; none where nothing was carried over. */
export const put = (key: string, carried: Carried): Record<string, unknown> =>
  carried === null ? {} : { [key]: carried.value };
/** What people set in seconds, as a step takes it. */
export const inMs = (key: string, seconds: Carried): Record<string, unknown> =>
  typeof seconds?.value === 'number' ? { [key]: Math.round(seconds.value * 1000) } : {};

/** A JSON field: n8n keeps it as text. */
function json(parameters: Parameters, key: string, path: string): Record<string, unknown> {
  const carried = parameters.value(path);
  if (carried === null || typeof carried.value !== 'string' || carried.value.startsWith('$')) {
    return put(key, carried);
  }
  try {
    const value: unknown = JSON.parse(carried.value);
    return { [key]: value };
  } catch {
    parameters.note(`its field ${path} is no JSON`);
    return {};
  }
}

/** What is kept with an asset, and where its events are sent. */
export const kept = (parameters: Parameters): Record<string, unknown> => ({
  ...put('webhookUrl', parameters.value('options.webhookUrl')),
  ...json(parameters, 'metadata', 'options.metadata'),
});
/** A file beside a broadcast. */
export const recordToo = (parameters: Parameters): Record<string, unknown> =>
  parameters.isOn('options.record', false) ? { recording: { enabled: true } } : {};

/** Says that an operation has no counterpart, unless that was said otherwise already. */
export function unsupported(parameters: Parameters, operation: string | null): null {
  if (operation !== null) {
    parameters.note(`a graph has no counterpart of its operation ${operation}`);
  }
  return null;
}

/** What the field Participant takes when nothing else is chosen. */
export const participantOfItem = '={{ $json.participantId }}';

/** Whom it works on: null, with the reason noted, when that cannot be told. */
export function subject(parameters: Parameters): { value: unknown; known: Known } | null {
  const carried = parameters.picked('participant', participantOfItem);
  if (carried === null) {
    parameters.note('it does not say whose media it takes in a way that a graph can say');
    return null;
  }
  return { value: carried.value, known: parameters.known('participant', participantOfItem) };
}
