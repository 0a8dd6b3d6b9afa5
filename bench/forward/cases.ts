/** One RTP stream of a track: a simulcast layer, or the whole track where there is only one. */
export type Layer = {
  /** Empty where the track has one stream. */
  rid: string;
  packetsPerFrame: number;
  packetsPerKeyFrame: number;
  /** Without RTP header and SRTP tag. */
  payloadBytes: number;
};

/** One track of a publisher; of several layers the last is the highest. */
export type Track = { kind: 'audio' | 'video'; framesPerSecond: number; layers: readonly Layer[] };

/** Who sends what to whom. */
export type ForwardCase = {
  name: string;
  publishers: number;
  tracks: readonly Track[];
  subscribers: number;
  /** True where subscribers are the publishers themselves, and get everything but their own. */
  mesh: boolean;
};

/** Evenly spaced packets of 1000 bytes, each a frame: what other servers are measured with. */
function plainVideo(packetsPerSecond: number): Track {
  return {
    kind: 'video',
    framesPerSecond: packetsPerSecond,
    layers: [{ rid: '', packetsPerFrame: 1, packetsPerKeyFrame: 1, payloadBytes: 1000 }],
  };
}

/** Opus at 40 kbps in 20 ms packets. */
const speech: Track = {
  kind: 'audio',
  framesPerSecond: 50,
  layers: [{ rid: '', packetsPerFrame: 1, packetsPerKeyFrame: 1, payloadBytes: 100 }],
};

/** What a browser sends of a 720p camera as VP8: 1.5 Mbps, 500 and 150 kbps at 30 pictures a second. */
const camera: Track = {
  kind: 'video',
  framesPerSecond: 30,
  layers: [
    { rid: 'l', packetsPerFrame: 1, packetsPerKeyFrame: 4, payloadBytes: 620 },
    { rid: 'm', packetsPerFrame: 2, packetsPerKeyFrame: 12, payloadBytes: 1040 },
    { rid: 'h', packetsPerFrame: 5, packetsPerKeyFrame: 40, payloadBytes: 1150 },
  ],
};

/** One publisher of evenly spaced packets of 1000 bytes to `subscribers`. */
export function oneToMany(name: string, subscribers: number, packetsPerSecond: number): ForwardCase {
  return { name, publishers: 1, tracks: [plainVideo(packetsPerSecond)], subscribers, mesh: false };
}

/** `people` with camera and microphone who all receive all the others. */
export function meeting(name: string, people: number): ForwardCase {
  return { name, publishers: people, tracks: [camera, speech], subscribers: people, mesh: true };
}

/** The cases of the bench. */
export const forwardCases: readonly ForwardCase[] = [
  oneToMany('1to10at300', 10, 300),
  oneToMany('1to10at1000', 10, 1000),
  oneToMany('1to100at300', 100, 300),
  meeting('mesh10', 10),
  { name: 'audio10to100', publishers: 10, tracks: [speech], subscribers: 100, mesh: false },
];

/** Publishers that a subscriber gets. */
export function sourcesOf({ publishers, mesh }: ForwardCase, subscriber: number): number[] {
  return Array.from({ length: publishers }, (_, index) => index).filter(
    (index) => !mesh || index !== subscriber,
  );
}

/** How many subscribers get what one publisher sends. */
export function receiversOfEach({ subscribers, mesh }: ForwardCase): number {
  return mesh ? subscribers - 1 : subscribers;
}

/** Packets a second that are to reach subscribers, key frames left out. */
export function forwardedPerSecond(forwardCase: ForwardCase): number {
  const perPublisher = forwardCase.tracks.reduce(
    (sum, { framesPerSecond, layers }) => sum + framesPerSecond * (layers.at(-1)?.packetsPerFrame ?? 0),
    0,
  );
  return forwardCase.publishers * perPublisher * receiversOfEach(forwardCase);
}
