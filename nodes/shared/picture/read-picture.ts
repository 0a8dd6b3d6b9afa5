import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { CompositionConfig, CompositionLook, Watermark } from '../../../runtime/contract/index.ts';

type PictureFields = {
  backgroundColor?: string;
  backgroundImageUrl?: string;
  clock?: boolean;
  gridSize?: number;
  labels?: boolean;
  orientation?: 'landscape' | 'portrait';
  priority?: 'SPEAKER' | 'PIN';
  quality?: 'low' | 'med' | 'high';
  theme?: 'DARK' | 'LIGHT' | 'DEFAULT';
  watermarkImageUrl?: string;
  watermarkPosition?: NonNullable<Watermark['position']>;
  watermarkText?: string;
};

const filled = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
};

/** The watermarks asked for; undefined when the fields say nothing of any, an empty list when they are emptied. */
function watermarksOf(fields: PictureFields): Watermark[] | undefined {
  const { clock, watermarkImageUrl, watermarkText } = fields;
  if (clock === undefined && watermarkImageUrl === undefined && watermarkText === undefined) {
    return undefined;
  }
  const position = fields.watermarkPosition ?? 'top-right';
  const imageUrl = filled(watermarkImageUrl);
  const text = filled(watermarkText);
  return [
    ...(imageUrl === undefined ? [] : [{ type: 'image' as const, imageUrl, position }]),
    ...(text === undefined
      ? []
      : [
          { type: 'text' as const, text, position: imageUrl === undefined ? position : oppositeOf(position) },
        ]),
    ...(clock === true ? [{ type: 'clock' as const, position: 'bottom-right' as const }] : []),
  ];
}

/** Image and text asked for together stand in two corners. */
function oppositeOf(position: NonNullable<Watermark['position']>): NonNullable<Watermark['position']> {
  const opposites = {
    'top-left': 'top-right',
    'top-right': 'top-left',
    'bottom-left': 'bottom-right',
    'bottom-right': 'bottom-left',
    center: 'top-left',
  } as const;
  return opposites[position];
}

function lookOf(fields: PictureFields, layout: string): CompositionLook {
  const color = filled(fields.backgroundColor);
  const imageUrl = filled(fields.backgroundImageUrl);
  const watermarks = watermarksOf(fields);
  return {
    layout: {
      type: layout as 'GRID' | 'SPOTLIGHT' | 'SIDEBAR',
      ...(fields.priority === undefined ? {} : { priority: fields.priority }),
      ...(fields.gridSize === undefined ? {} : { gridSize: fields.gridSize }),
    },
    ...(fields.theme === undefined ? {} : { theme: fields.theme }),
    ...(fields.labels === undefined ? {} : { labels: fields.labels }),
    ...(color === undefined && imageUrl === undefined
      ? {}
      : {
          background: {
            ...(color === undefined ? {} : { color }),
            ...(imageUrl === undefined ? {} : { imageUrl }),
          },
        }),
    ...(watermarks === undefined ? {} : { watermarks }),
  };
}

function readFields(
  context: IExecuteFunctions,
  itemIndex: number,
): { fields: PictureFields; layout: string } {
  return {
    fields: context.getNodeParameter('picture', itemIndex, {}) as PictureFields,
    layout: context.getNodeParameter('layout', itemIndex, 'GRID') as string,
  };
}

/** The `config` of a start call, from the Layout and Picture fields. */
export function readConfig(context: IExecuteFunctions, itemIndex: number): CompositionConfig {
  const { fields, layout } = readFields(context, itemIndex);
  return {
    ...lookOf(fields, layout),
    ...(fields.quality === undefined ? {} : { quality: fields.quality }),
    ...(fields.orientation === undefined ? {} : { orientation: fields.orientation }),
  };
}

/** What a Change Layout is to change. */
export function readLook(context: IExecuteFunctions, itemIndex: number): IDataObject {
  const { fields, layout } = readFields(context, itemIndex);
  return lookOf(fields, layout);
}
