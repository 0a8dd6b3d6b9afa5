import type { DiagramNode } from './types.ts';

const circle = (x: number, y: number, radius: number): string =>
  `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;

const ofKind: Readonly<Record<DiagramNode['kind'], string>> = {
  event: 'M13 3 5 14h6l-1 7 8-11h-6z',
  person: `${circle(12, 8, 4)}M4.5 20c1-4 4-6 7.5-6s6.5 2 7.5 6`,
  track: 'M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4',
  step: 'M12 3l8 4.5v9L12 21l-8-4.5v-9z',
  asset: 'M6 3h8l5 5v13H6zM14 3v5h5',
};

const broadcast = `${circle(12, 12, 2)}M8 16a6 6 0 0 1 0-8M16 8a6 6 0 0 1 0 8M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14`;
const playlist = 'M4 6h16M4 12h8M4 18h8M16 11.5v8l5.5-4z';

const ofType: Readonly<Record<string, string>> = {
  audio: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3',
  video: 'M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM15 11l6-4v10l-6-4',
  screen_video: 'M5 4h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 20h8M12 16v4',
  screen_audio: 'M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  room: `${circle(9, 8, 3.5)}M2.5 19.5c.8-3.6 3.3-5.4 6.5-5.4s5.7 1.8 6.5 5.4M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.6c1.8.8 3 2.4 3.5 4.9`,
  tap: `${circle(12, 10, 3)}M3 10h6M15 10h6M12 13v8`,
  record: `${circle(12, 12, 8)}${circle(12, 12, 3)}`,
  compose: 'M4 4h7v7H4zM14 4h6v7h-6zM4 14h7v6H4zM14 14h6v6h-6z',
  rtmp: broadcast,
  hls: playlist,
  transcribe: 'M4 5h16v11H9l-5 4zM8 9h8M8 12.5h5',
  play: 'M7 4.5v15l12-7.5z',
  publish: 'M12 16V4M7 9l5-5 5 5M5 20h14',
  recording:
    'M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 5v14M16 5v14M3 12h5M16 12h5',
  livestream: broadcast,
  transcription: 'M6 3h8l5 5v13H6zM14 3v5h5M9.5 12.5h6M9.5 16.5h6',
};

/** The `d` of a path on a square of 24, to be drawn as a line 2 wide with round ends. */
export const iconOf = ({ kind, type = '' }: Pick<DiagramNode, 'kind' | 'type'>): string =>
  (Object.hasOwn(ofType, type) ? ofType[type] : undefined) ?? ofKind[kind];
