/** Longer values are cut: a picture is no place for an essay. */
const MOST_LETTERS = 40;

/**
 * What a step does, beside its type, in a few words for a picture: `video · mp4`, `GRID · high`. Of addresses only the
 * host. Params may still be references. Pure.
 */
export function stepSummary(type: string, params: Readonly<Record<string, unknown>>): string {
  return parts(type, params)
    .filter((part) => part !== '')
    .map(shortened)
    .join(' · ');
}

function parts(type: string, params: Readonly<Record<string, unknown>>): string[] {
  switch (type) {
    case 'tap':
      return [kinds(params['kinds']), ...tapOutputs(params)];
    case 'record':
      return params['source'] === 'room'
        ? ['the room', ...picture(params), text(params['fileFormat'])]
        : [recordedKind(params), text(params['fileFormat'])];
    case 'compose':
      return picture(params);
    case 'rtmp':
      return [outputs(params['outputs']), ...picture(params)];
    case 'hls':
      return [...picture(params), list(params['rungs'])];
    case 'transcribe':
      return [text(params['language']), text(params['engine']), people(params['participantIds'])];
    case 'play':
      return [played(params)];
    default:
      return [];
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): string =>
  Array.isArray(value) ? value.map((each) => text(each)).join(', ') : text(value);

const kinds = (value: unknown): string => list(value).replaceAll('_', ' ') || 'audio, video';

const recordedKind = ({ kind, mode }: Readonly<Record<string, unknown>>): string =>
  text(kind).replaceAll('_', ' ') || text(mode).replaceAll('-', ' ');

function tapOutputs({ utterances, frames, rtp }: Readonly<Record<string, unknown>>): string[] {
  return [
    utterances === undefined || utterances === false ? '' : 'utterances',
    frames === undefined ? '' : 'pictures',
    rtp === undefined ? '' : 'RTP',
  ];
}

function picture({ config, participants }: Readonly<Record<string, unknown>>): string[] {
  const { layout, mode, quality } = record(config);
  return [
    mode === 'audio' ? 'sound only' : text(record(layout)['type']),
    text(quality),
    Array.isArray(participants) ? counted(participants.length, 'person', 'people') : '',
  ];
}

const outputs = (value: unknown): string =>
  Array.isArray(value) ? counted(value.length, 'destination', 'destinations') : '';

const people = (value: unknown): string =>
  Array.isArray(value) ? counted(value.length, 'person', 'people') : '';

function played(params: Readonly<Record<string, unknown>>): string {
  const said = text(params['text']);
  if (said !== '') {
    return `“${shortened(said)}”`;
  }
  const url = text(params['url']);
  return URL.canParse(url) ? new URL(url).host : url;
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const shortened = (value: string): string =>
  value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS - 1).toWellFormed()}…` : value;
