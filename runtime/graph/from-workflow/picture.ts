import type { Parameters } from './parameters.ts';

const put = (key: string, carried: { value: unknown } | null): Record<string, unknown> =>
  carried === null ? {} : { [key]: carried.value };

const opposites: Readonly<Record<string, string>> = {
  'top-left': 'top-right',
  'top-right': 'top-left',
  'bottom-left': 'bottom-right',
  'bottom-right': 'bottom-left',
  center: 'top-left',
};

function watermarksOf(parameters: Parameters): Record<string, unknown>[] {
  const image = parameters.value('picture.watermarkImageUrl');
  const text = parameters.value('picture.watermarkText');
  const position = parameters.choice('picture.watermarkPosition', 'top-right') ?? 'top-right';
  return [
    ...(image === null ? [] : [{ type: 'image', imageUrl: image.value, position }]),
    ...(text === null
      ? []
      : [{ type: 'text', text: text.value, position: image === null ? position : opposites[position] }]),
    ...(parameters.isOn('picture.clock', false) ? [{ type: 'clock', position: 'bottom-right' }] : []),
  ];
}

/** The composition that the fields Layout and Picture of a node ask for. */
export function pictureOf(parameters: Parameters): Record<string, unknown> {
  const background = {
    ...put('color', parameters.value('picture.backgroundColor')),
    ...put('imageUrl', parameters.value('picture.backgroundImageUrl')),
  };
  const watermarks = watermarksOf(parameters);
  return {
    layout: {
      type: parameters.choice('layout', 'GRID') ?? 'GRID',
      ...put('priority', parameters.value('picture.priority')),
      ...put('gridSize', parameters.value('picture.gridSize')),
    },
    ...put('quality', parameters.value('picture.quality')),
    ...put('orientation', parameters.value('picture.orientation')),
    ...put('theme', parameters.value('picture.theme')),
    ...put('labels', parameters.value('picture.labels')),
    ...(Object.keys(background).length === 0 ? {} : { background }),
    ...(watermarks.length === 0 ? {} : { watermarks }),
  };
}
