import { Type, type Static } from 'typebox';
import { ParticipantId, TrackKind } from './names.ts';

/**
 * What a composed picture and its mix look like: VideoSDK's `config` object with its defaults, and beside it
 * labels, a background and watermarks. Everything but `mode`, `quality` and `orientation` may change while a
 * composition runs.
 */
export const LayoutType = Type.Union(
  [Type.Literal('GRID'), Type.Literal('SPOTLIGHT'), Type.Literal('SIDEBAR')],
  {
    description:
      'GRID: everybody alike; SIDEBAR: one large and a column; SPOTLIGHT: one alone. A shared screen takes the main place',
  },
);
export const LayoutPriority = Type.Union([Type.Literal('SPEAKER'), Type.Literal('PIN')], {
  description: 'Who comes first: whoever speaks, or whoever is pinned',
});
export const Layout = Type.Object(
  {
    type: Type.Optional(LayoutType),
    priority: Type.Optional(LayoutPriority),
    gridSize: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 25, description: 'Most people shown at a time; 25 when left out' }),
    ),
  },
  { additionalProperties: false, description: 'Where people stand in the picture' },
);
export const Theme = Type.Union([Type.Literal('DARK'), Type.Literal('LIGHT'), Type.Literal('DEFAULT')], {
  description: 'Colours around the people; DEFAULT, a dark green, when left out',
});
export const Quality = Type.Union([Type.Literal('low'), Type.Literal('med'), Type.Literal('high')], {
  description: 'low 854×480, med 1280×720, high 1920×1080; portrait swaps them',
});
export type Quality = Static<typeof Quality>;
export const Orientation = Type.Union([Type.Literal('landscape'), Type.Literal('portrait')], {
  description: 'landscape when left out',
});
export const CompositionMode = Type.Union([Type.Literal('video-and-audio'), Type.Literal('audio')], {
  description: 'Picture and mix (when left out), or the mix alone',
});

const Color = Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description: 'Like #1a2b3c' });
/** An image to fetch (http, https) or to take as it stands (data:); the latter fits into the body of a call. */
const ImageUrl = Type.String({
  maxLength: 1_000_000,
  pattern: '^(https?://|data:image/(png|jpeg|webp|svg\\+xml);base64,)',
  description:
    'https://…, or data:image/png;base64,… (png, jpeg, webp, svg); a data: address of at most 1,000,000 characters, 5 MB behind any other',
});

export const Background = Type.Object(
  { color: Type.Optional(Color), imageUrl: Type.Optional(ImageUrl) },
  { additionalProperties: false, description: 'Behind everybody; the theme’s colour when left out' },
);

export const WatermarkPosition = Type.Union(
  [
    Type.Literal('top-left'),
    Type.Literal('top-right'),
    Type.Literal('bottom-left'),
    Type.Literal('bottom-right'),
    Type.Literal('center'),
  ],
  { description: 'Where in the picture it stands' },
);
export const Watermark = Type.Object(
  {
    type: Type.Union([Type.Literal('image'), Type.Literal('text'), Type.Literal('clock')], {
      description: 'image needs imageUrl, text needs text; clock shows the time of day',
    }),
    imageUrl: Type.Optional(ImageUrl),
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'What a watermark of type text says' }),
    ),
    timeZone: Type.Optional(
      Type.String({
        maxLength: 64,
        description: 'IANA name of the clock’s time zone, such as Europe/Berlin; UTC when left out',
      }),
    ),
    position: Type.Optional(WatermarkPosition),
    opacity: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: '1 when left out' })),
    widthPercent: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 100,
        description: 'Of the picture’s width, for images; 15 when left out',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Watermark = Static<typeof Watermark>;
export const Watermarks = Type.Array(Watermark, {
  maxItems: 3,
  description: 'Images, texts or a clock over the picture',
});

/** What may change while the composition runs (`PATCH /v2/steps/:stepId`). */
const look = {
  layout: Type.Optional(Layout),
  theme: Type.Optional(Theme),
  labels: Type.Optional(Type.Boolean({ description: 'Names and muted marks; true when left out' })),
  background: Type.Optional(Background),
  watermarks: Type.Optional(Watermarks),
};
export const CompositionLook = Type.Object(look, { additionalProperties: false });
export type CompositionLook = Static<typeof CompositionLook>;

export const CompositionConfig = Type.Object(
  {
    ...look,
    mode: Type.Optional(CompositionMode),
    quality: Type.Optional(Quality),
    orientation: Type.Optional(Orientation),
    /**
     * One chosen participant whose picture is H.264 of the composition's own size needs no composing: it is taken as
     * it is. `false`, labels that are asked for, a background and watermarks forbid that.
     */
    passthrough: Type.Optional(
      Type.Boolean({ description: 'Take the only chosen participant’s H.264 as it is; true when left out' }),
    ),
    /** VideoSDK's place for it in HLS and RTMP starts: record the same composition too. */
    recording: Type.Optional(
      Type.Object(
        { enabled: Type.Boolean({ description: 'Whether it is recorded' }) },
        { additionalProperties: false, description: 'Of HLS and RTMP: records the same composition too' },
      ),
    ),
  },
  { additionalProperties: false, description: 'What the composed picture looks like' },
);
export type CompositionConfig = Static<typeof CompositionConfig>;

/** Of whom a composition is made; everybody when left out. Without `kind`: all that the participant sends. */
export const ComposedParticipants = Type.Array(
  Type.Object(
    { participantId: ParticipantId, kind: Type.Optional(TrackKind) },
    { additionalProperties: false },
  ),
  {
    minItems: 1,
    maxItems: 25,
    description: 'Of whom the picture and the mix are made; everybody when left out',
  },
);
export type ComposedParticipants = Static<typeof ComposedParticipants>;

/** Pixels of a quality in landscape. */
export const qualitySizes = {
  low: { width: 854, height: 480 },
  med: { width: 1280, height: 720 },
  high: { width: 1920, height: 1080 },
} as const satisfies Record<Quality, { width: number; height: number }>;
