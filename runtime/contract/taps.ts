import { Type, type Static } from 'typebox';
import { ParticipantId, TrackKind } from './names.ts';

/** Each utterance of the microphone becomes a `tap-audio` event with a WAV file. */
export const TapUtterances = Type.Object(
  {
    minMs: Type.Optional(
      Type.Integer({ minimum: 100, maximum: 60_000, description: 'Shorter ones are left out' }),
    ),
    maxMs: Type.Optional(
      Type.Integer({ minimum: 1000, maximum: 300_000, description: 'Longer ones are cut' }),
    ),
  },
  { additionalProperties: false },
);
export type TapUtterances = Static<typeof TapUtterances>;

/** A picture of the camera or the screen becomes a `tap-frame` event with a JPEG file. */
export const TapFrames = Type.Object(
  {
    kind: Type.Optional(
      Type.Union([Type.Literal('video'), Type.Literal('screen_video')], {
        description: 'Of the camera (when left out) or of the screen',
      }),
    ),
    everyMs: Type.Optional(
      Type.Integer({
        minimum: 200,
        maximum: 3_600_000,
        description: 'One every so many milliseconds; left out with onSceneChange: only on change',
      }),
    ),
    onSceneChange: Type.Optional(
      Type.Boolean({ description: 'Also whenever the picture has become another' }),
    ),
    maxWidth: Type.Optional(
      Type.Integer({ minimum: 64, maximum: 3840, description: 'Scaled down to this width, in pixels' }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Pictures become tap-frame events with JPEG files',
  },
);
export type TapFrames = Static<typeof TapFrames>;

/** Sends a track on as RTP (RFC 3550), as it came: Opus, VP8, H.264. */
export const TapRtp = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address to send to' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'UDP port to send to' }),
    kind: TrackKind,
    payloadType: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 127,
        description: 'RTP payload type; chosen by codec when left out',
      }),
    ),
    ssrc: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 0xffffffff, description: 'RTP SSRC; random when left out' }),
    ),
  },
  { additionalProperties: false },
);
export type TapRtp = Static<typeof TapRtp>;

/** Params of the step `tap`. */
export const TapParams = {
  participantId: ParticipantId,
  kinds: Type.Optional(
    Type.Array(TrackKind, { minItems: 1, maxItems: 4, description: 'audio and video when left out' }),
  ),
  utterances: Type.Optional(
    Type.Union([Type.Boolean(), TapUtterances], {
      description: 'Each utterance of the microphone becomes a tap-audio event with a WAV file',
    }),
  ),
  frames: Type.Optional(TapFrames),
  rtp: Type.Optional(
    Type.Array(TapRtp, { minItems: 1, maxItems: 8, description: 'Sends tracks on as RTP, as they came' }),
  ),
};

/**
 * What a WebSocket on `GET /v2/taps/:stepId/stream` asks for, in its query. Messages from the runtime are binary:
 * a header of JSON ({@link TapMessageHeader}, UTF-8) behind its length (16 bits, big-endian), then the payload.
 */
export const TapStreamQuery = Type.Object({
  /** `pcm`: s16le, mono. `opus`: the packets as they came. Left out with `video`: no sound. */
  audio: Type.Optional(Type.Union([Type.Literal('pcm'), Type.Literal('opus')])),
  /** Of PCM. */
  sampleRate: Type.Optional(Type.Union([Type.Literal(16_000), Type.Literal(48_000)])),
  video: Type.Optional(Type.Literal('jpeg')),
  /** Pictures a second. */
  fps: Type.Optional(Type.Number({ minimum: 0.01, maximum: 30 })),
  maxWidth: Type.Optional(Type.Integer({ minimum: 64, maximum: 3840 })),
  token: Type.Optional(Type.String({ maxLength: 4000 })),
});
export type TapStreamQuery = Static<typeof TapStreamQuery>;

/** In front of each payload that a tap stream sends. Times are milliseconds on the session clock. */
export type TapMessageHeader = {
  type: 'pcm' | 'opus' | 'jpeg';
  participantId: string;
  trackId: string;
  kind: TrackKind;
  /** Of the first sample, or of the picture. Where it does not go on from the message before, nothing came between. */
  timeMs: number;
  sampleRate?: number;
  width?: number;
  height?: number;
  /** So many messages were left out right before this one, because the client does not read fast enough. */
  dropped?: number;
};

/** What a tap stream carries of one kind of track. */
export type TapStreamTrack = {
  kind: TrackKind;
  type: TapMessageHeader['type'];
  sampleRate?: number;
  fps?: number;
  maxWidth?: number;
};

/** Text messages of a tap stream: the first, and the last before it is closed with the same reason. */
export type TapStreamNote =
  | {
      type: 'started';
      stepId: string;
      roomId: string;
      sessionId: string;
      participantId: string;
      /** On the session clock, now. */
      timeMs: number;
      tracks: TapStreamTrack[];
    }
  | { type: 'ended'; reason: string };

/**
 * `GET /v2/rooms/:roomId/publish` (WebSocket): binary messages in are what a server-side participant says, as PCM
 * (s16le, mono) or Opus packets of 20 ms. The connection is the participant: closing it is leaving.
 */
export const PublishStreamQuery = Type.Object({
  participantId: Type.Optional(ParticipantId),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  audio: Type.Union([Type.Literal('pcm'), Type.Literal('opus')]),
  sampleRate: Type.Optional(Type.Union([Type.Literal(16_000), Type.Literal(24_000), Type.Literal(48_000)])),
  token: Type.Optional(Type.String({ maxLength: 4000 })),
});
export type PublishStreamQuery = Static<typeof PublishStreamQuery>;

/** Params of the step behind such a connection; it is started by the connection alone. */
export const PublishParams = {
  participantId: ParticipantId,
  audio: PublishStreamQuery.properties.audio,
  sampleRate: PublishStreamQuery.properties.sampleRate,
};

/** Text messages to a client that publishes; the first, and what it may want to know of. */
export type PublishStreamNote =
  | {
      type: 'started';
      stepId: string;
      roomId: string;
      sessionId: string;
      participantId: string;
      /** On the session clock, now. */
      timeMs: number;
    }
  /** So much waits to be heard that nothing more is read before half of it has been. */
  | { type: 'full'; bufferedMs: number }
  /** All that was sent has been heard. */
  | { type: 'drained' }
  | { type: 'ended'; reason: string };
