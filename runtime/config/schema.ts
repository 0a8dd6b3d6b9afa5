import { Type, type Static } from 'typebox';
import {
  SpeechEngineSettings,
  SpeechVoiceSettings,
  SummarySettings,
  builtInEngine,
} from '../contract/index.ts';

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const Secret = (description: string) => Type.String({ minLength: 16, maxLength: 512, description });

/**
 * Every key of the configuration. Units stand in the names. `default` is what holds when no source names the
 * key; keys without one are derived in `load.ts` (folders, addresses) or may be absent.
 */
export const ConfigSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'Address the API listens on' }),
    port: Type.Integer({ ...Port, default: 7890, description: 'Port of the API; 0 takes a free one' }),
    publicUrl: Type.Optional(
      Type.String({
        format: 'uri',
        pattern: '^https?://',
        description: 'How guests and n8n reach the runtime; http://host:port when left out',
      }),
    ),
    dataDirectory: Type.String({
      minLength: 1,
      default: './data',
      description: 'Keys, database, recordings',
    }),
    recordingsDirectory: Type.Optional(Type.String({ minLength: 1, description: '<data>/recordings' })),
    hlsDirectory: Type.Optional(
      Type.String({ minLength: 1, description: 'Playlists and media of HLS streams; <data>/hls' }),
    ),
    databaseFile: Type.Optional(Type.String({ minLength: 1, description: '<data>/roomflow.db' })),
    logLevel: Type.Union(
      [
        Type.Literal('trace'),
        Type.Literal('debug'),
        Type.Literal('info'),
        Type.Literal('warn'),
        Type.Literal('error'),
        Type.Literal('fatal'),
        Type.Literal('silent'),
      ],
      { default: 'info', description: 'trace, debug, info, warn, error, fatal or silent' },
    ),
    workers: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, description: 'Media workers; one per core less one' }),
    ),
    udpPortRange: Type.Optional(
      Type.Object(
        { min: Type.Integer({ ...Port, minimum: 1 }), max: Type.Integer({ ...Port, minimum: 1 }) },
        { additionalProperties: false, description: 'Ports for media; any free port when left out' },
      ),
    ),
    udpPort: Type.Optional(
      Type.Integer({
        ...Port,
        minimum: 1,
        description: 'One port for all media instead of a range; each further worker takes the next one',
      }),
    ),
    announcedAddresses: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Public addresses offered to clients beside the ones of the machine',
    }),
    bindAddresses: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Addresses that media is bound to; all of the machine when empty',
    }),
    iceServers: Type.Array(
      Type.Object(
        {
          urls: Type.Union([
            Type.String({ pattern: '^(stun|stuns|turn|turns):' }),
            Type.Array(Type.String({ pattern: '^(stun|stuns|turn|turns):' }), { minItems: 1 }),
          ]),
          username: Type.Optional(Type.String()),
          credential: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
      { default: [], description: 'STUN and TURN servers' },
    ),
    packetPath: Type.Union([Type.Literal('fast'), Type.Literal('native'), Type.Literal('werift')], {
      default: 'fast',
      description:
        'Who encrypts, decrypts and parses media packets: fast; native, which is fast with a native helper where there is one; or werift, which costs several times more',
    }),
    bodyLimitBytes: Type.Integer({
      minimum: 1024,
      maximum: 100_000_000,
      default: 1_048_576,
      description: 'Largest body of an HTTP call',
    }),
    outboundAllowList: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
      default: ['public', 'private', 'loopback'],
      description:
        'Where callers may let the runtime connect to (RTMP, images): public, private, loopback, *, addresses, networks (10.1.0.0/16), host names (*.example.org)',
    }),
    reconnectGraceMs: Type.Integer({
      minimum: 0,
      maximum: 600_000,
      default: 15_000,
      description: 'How long a lost participant may take to come back before it has left',
    }),
    emptySessionMs: Type.Integer({
      minimum: 1000,
      maximum: 604_800_000,
      default: 1_800_000,
      description: 'How long a room that is streamed or recorded before anybody has come waits for the first',
    }),
    requestsPerMinute: Type.Integer({
      minimum: 1,
      maximum: 10_000_000,
      default: 6000,
      description: 'HTTP calls one address may make',
    }),
    minimumFreeDiskBytes: Type.Integer({
      minimum: 0,
      default: 268_435_456,
      description: 'No recording starts below this, and running ones end cleanly',
    }),
    trustProxy: Type.Boolean({ default: false, description: 'Take client addresses from X-Forwarded-For' }),
    apiKey: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'The apikey claim of tokens; made on first start',
      }),
    ),
    secret: Type.Optional(Secret('Signs and verifies tokens (HS256); made on first start')),
    serverKey: Type.Optional(Secret('Full access to the API; made on first start')),
    speechEngines: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), SpeechEngineSettings, {
      default: {},
      description:
        'Recognisers by name, beside the built-in pocketsphinx: type openai, deepgram or sherpa-onnx',
    }),
    defaultSpeechEngine: Type.String({
      minLength: 1,
      maxLength: 64,
      default: builtInEngine,
      description: 'The recogniser of those who name none',
    }),
    speechVoices: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), SpeechVoiceSettings, {
      default: {},
      description: 'Voices by name, beside the built-in flite and espeak-ng',
    }),
    defaultVoice: Type.String({
      minLength: 1,
      maxLength: 200,
      default: 'flite',
      description: 'The voice of those who name none',
    }),
    summary: Type.Optional(SummarySettings),
    tapRetentionHours: Type.Number({
      exclusiveMinimum: 0,
      maximum: 87_600,
      default: 24,
      description: 'How long the pictures and utterances of taps are kept',
    }),
    uploadLimitBytes: Type.Integer({
      minimum: 1024,
      maximum: 2_000_000_000,
      default: 52_428_800,
      description: 'Largest audio file that may be sent in to be played',
    }),
    webhookTimeoutMs: Type.Integer({
      minimum: 100,
      maximum: 120_000,
      default: 15_000,
      description: 'How long a webhook may take to answer',
    }),
    maxParticipantsPerRoom: Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 100,
      description: 'Beyond it a room is full',
    }),
    maxViewersPerRoom: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      default: 1000,
      description: 'People who only watch a room; they take no place of maxParticipantsPerRoom',
    }),
    maxForwardedSpeakers: Type.Integer({
      minimum: 0,
      maximum: 1000,
      default: 10,
      description:
        'Microphones of a room that are forwarded at a time: of more, the loudest; 0 forwards all. Rooms may have a number of their own',
    }),
    maxStepsPerRoom: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 200,
      description: 'Steps that may run in a room at a time; more are refused',
    }),
    maxEncoders: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1000,
        description:
          'Composed pictures that are encoded at a time, over all rooms; two per core when left out',
      }),
    ),
    sessionResumeSeconds: Type.Integer({
      minimum: 0,
      maximum: 86_400,
      default: 120,
      description:
        'Sessions that a crash cut off go on when the runtime is back within this time; 0 ends them in any case',
    }),
    eventRetentionDays: Type.Number({
      exclusiveMinimum: 0,
      maximum: 3650,
      default: 30,
      description: 'Older events are removed',
    }),
    eventRetentionCount: Type.Integer({
      minimum: 1000,
      maximum: 100_000_000,
      default: 1_000_000,
      description: 'Events beyond this many are removed, the oldest first',
    }),
  },
  { additionalProperties: false },
);

/** The configuration as a source may give it, before folders and addresses are derived. */
export type ConfigInput = Static<typeof ConfigSchema>;

/** Keys whose received value must never be shown. */
export const secretKeys: ReadonlySet<string> = new Set([
  'secret',
  'serverKey',
  'iceServers',
  'speechEngines',
  'speechVoices',
  'summary',
]);
