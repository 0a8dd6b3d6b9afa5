import { describe, expect, it } from 'vitest';
import type { CompositionConfig } from '../../../runtime/contract/index.ts';
import {
  canvasOf,
  compositionKey,
  lookOf,
  mayPassThrough,
  withLook,
  type CompositionRequest,
} from '../../../runtime/steps/index.ts';

const keyOf = (config: CompositionConfig, participants?: CompositionRequest['participants']): string =>
  compositionKey({ config, participants });

describe('what a composition looks like', () => {
  it('has VideoSDK’s defaults where nothing is said', () => {
    expect(canvasOf({})).toEqual({ width: 1280, height: 720 });
    expect(lookOf({})).toEqual({
      layout: { type: 'GRID', priority: 'SPEAKER', gridSize: 25 },
      theme: 'DEFAULT',
      labels: true,
      backgroundColor: null,
      backgroundFile: null,
      watermarks: [],
    });
  });

  it('stands upright in portrait and has no picture in audio mode', () => {
    expect(canvasOf({ quality: 'high', orientation: 'portrait' })).toEqual({ width: 1080, height: 1920 });
    expect(canvasOf({ mode: 'audio', quality: 'high' })).toBeNull();
  });

  it('takes images from where they were fetched to, and none that were not', () => {
    const { backgroundFile, watermarks } = lookOf({
      background: { imageUrl: 'file:///tmp/a%20b.png' },
      watermarks: [{ type: 'image', imageUrl: 'https://example.com/logo.png' }],
    });
    expect(backgroundFile).toBe('/tmp/a b.png');
    expect(watermarks).toEqual([{ type: 'image', position: 'top-right', opacity: 1, widthPercent: 15 }]);
  });

  it('changes only what a change names, of the layout each part by itself', () => {
    expect(
      withLook(
        { quality: 'low', theme: 'DARK', layout: { type: 'GRID', gridSize: 4 } },
        { layout: { type: 'SIDEBAR' }, labels: false },
      ),
    ).toEqual({ quality: 'low', theme: 'DARK', labels: false, layout: { type: 'SIDEBAR', gridSize: 4 } });
  });
});

describe('which requests share a composition', () => {
  it('are those that mean the same, said or left out', () => {
    expect(keyOf({ layout: { type: 'GRID', priority: 'SPEAKER' }, quality: 'med', theme: 'DEFAULT' })).toBe(
      keyOf({}),
    );
    expect(keyOf({}, [{ participantId: 'ada' }, { participantId: 'bob' }])).toBe(
      keyOf({}, [{ participantId: 'bob' }, { participantId: 'ada' }]),
    );
  });

  it.each<[string, CompositionConfig]>([
    ['layout', { layout: { type: 'SIDEBAR' } }],
    ['grid size', { layout: { gridSize: 4 } }],
    ['size', { quality: 'high' }],
    ['orientation', { orientation: 'portrait' }],
    ['theme', { theme: 'DARK' }],
    ['labels', { labels: false }],
    ['background', { background: { imageUrl: 'https://example.com/1.png' } }],
    ['watermark', { watermarks: [{ type: 'text', text: 'live' }] }],
  ])('are not those of another %s', (_what, config) => {
    expect(keyOf(config)).not.toBe(keyOf({}));
  });

  it('are not those of other people', () => {
    expect(keyOf({}, [{ participantId: 'ada' }])).not.toBe(keyOf({}));
    expect(keyOf({}, [{ participantId: 'ada', kind: 'audio' }])).not.toBe(
      keyOf({}, [{ participantId: 'ada' }]),
    );
  });

  it('tell images apart that are not fetched yet', () => {
    const withLogo = (imageUrl: string): CompositionConfig => ({ watermarks: [{ type: 'image', imageUrl }] });
    expect(keyOf(withLogo('https://example.com/1.png'))).not.toBe(
      keyOf(withLogo('https://example.com/2.png')),
    );
  });

  it('are all that take sound alone, whatever their pictures would look like', () => {
    expect(keyOf({ mode: 'audio', quality: 'high', theme: 'DARK' })).toBe(keyOf({ mode: 'audio' }));
    expect(keyOf({ mode: 'audio' })).not.toBe(keyOf({}));
  });
});

describe('whether a lone participant’s pictures may go out as they are', () => {
  const ada = [{ participantId: 'ada' }];

  it('is so for one chosen participant when nothing has to be drawn', () => {
    expect(mayPassThrough({ config: {}, participants: ada })).toBe(true);
    expect(
      mayPassThrough({
        config: {},
        participants: [
          { participantId: 'ada', kind: 'video' },
          { participantId: 'ada', kind: 'audio' },
        ],
      }),
    ).toBe(true);
  });

  it.each<[string, CompositionRequest]>([
    ['for everybody', { config: {} }],
    ['for two', { config: {}, participants: [...ada, { participantId: 'bob' }] }],
    ['for a microphone', { config: {}, participants: [{ participantId: 'ada', kind: 'audio' }] }],
    ['for a shared screen', { config: {}, participants: [{ participantId: 'ada', kind: 'screen_video' }] }],
    ['in audio mode', { config: { mode: 'audio' }, participants: ada }],
    ['with labels that are asked for', { config: { labels: true }, participants: ada }],
    ['with a background', { config: { background: { color: '#102030' } }, participants: ada }],
    ['with a watermark', { config: { watermarks: [{ type: 'clock' }] }, participants: ada }],
    ['when it is forbidden', { config: { passthrough: false }, participants: ada }],
  ])('is not so %s', (_case, request) => {
    expect(mayPassThrough(request)).toBe(false);
  });
});
