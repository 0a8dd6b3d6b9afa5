import { fileURLToPath } from 'node:url';
import {
  qualitySizes,
  type CompositionConfig,
  type CompositionLook,
  type Watermark,
} from '../contract/index.ts';
import type { Look, LookWatermark } from '../media/index.ts';
import type { CompositionRequest } from './composition.ts';

/** Pixels of the picture, or null for sound alone. VideoSDK's default is `med`, landscape. */
export function canvasOf(config: CompositionConfig): { width: number; height: number } | null {
  if (config.mode === 'audio') {
    return null;
  }
  const { width, height } = qualitySizes[config.quality ?? 'med'];
  return config.orientation === 'portrait' ? { width: height, height: width } : { width, height };
}

/** The look with every default filled in. Images are taken where they have been fetched to: `file:` addresses. */
export function lookOf(config: CompositionLook): Look {
  const { layout, theme, labels, background, watermarks } = config;
  return {
    layout: {
      type: layout?.type ?? 'GRID',
      priority: layout?.priority ?? 'SPEAKER',
      gridSize: layout?.gridSize ?? 25,
    },
    theme: theme ?? 'DEFAULT',
    labels: labels ?? true,
    backgroundColor: background?.color ?? null,
    backgroundFile: fetchedFile(background?.imageUrl) ?? null,
    watermarks: (watermarks ?? []).map(watermarkOf),
  };
}

/** The config after a change of its look: what is named changes, of the layout each of its parts by itself. */
export function withLook<C extends CompositionLook>(config: C, look: CompositionLook): C {
  return {
    ...config,
    ...look,
    ...(look.layout === undefined ? {} : { layout: { ...config.layout, ...look.layout } }),
  };
}

/** Equal for requests that make the same picture and mix of the same people. */
export function compositionKey({ config, participants }: CompositionRequest): string {
  const people = participants
    ?.map(({ participantId, kind }) => `${participantId}/${kind ?? ''}`)
    .sort((left, right) => (left < right ? -1 : 1));
  const canvas = canvasOf(config);
  return JSON.stringify([
    canvas && [canvas.width, canvas.height],
    // Sound has no look: recordings of it share whatever their pictures would have been.
    canvas && lookKey(config),
    people ?? null,
    mayPassThrough({ config, participants }),
  ]);
}

/**
 * Whether a lone participant's H.264 may stand for the picture: one is chosen with a camera, and nothing is asked for
 * that has to be drawn.
 */
export function mayPassThrough({ config, participants }: CompositionRequest): boolean {
  const ids = new Set(participants?.map(({ participantId }) => participantId));
  return (
    ids.size === 1 &&
    canvasOf(config) !== null &&
    config.passthrough !== false &&
    config.labels !== true &&
    config.background === undefined &&
    (config.watermarks ?? []).length === 0 &&
    (participants ?? []).some(({ kind }) => kind === undefined || kind === 'video') &&
    !(participants ?? []).some(({ kind }) => kind === 'screen_video')
  );
}

/** As asked for, before images are fetched: two that name the same image are the same. */
function lookKey({ background, watermarks, ...look }: CompositionLook): unknown {
  return [
    lookOf(look),
    [background?.color ?? null, background?.imageUrl ?? null],
    (watermarks ?? []).map((watermark) => [watermarkOf(watermark), watermark.imageUrl ?? null]),
  ];
}

function watermarkOf(watermark: Watermark): LookWatermark {
  const { type, imageUrl, text, timeZone, position, opacity, widthPercent } = watermark;
  const imageFile = fetchedFile(imageUrl);
  return {
    type,
    ...(imageFile === undefined ? {} : { imageFile }),
    ...(text === undefined ? {} : { text }),
    ...(timeZone === undefined ? {} : { timeZone }),
    position: position ?? 'top-right',
    opacity: opacity ?? 1,
    widthPercent: widthPercent ?? 15,
  };
}

const fetchedFile = (imageUrl: string | undefined): string | undefined =>
  imageUrl?.startsWith('file:') === true ? fileURLToPath(imageUrl) : undefined;
