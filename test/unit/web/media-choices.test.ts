import { describe, expect, it } from 'vitest';

import { layerForHeight } from '../../../runtime/web/client/layer-choice.ts';
import { preferVp8, sendEncodings } from '../../../runtime/web/client/video-encodings.ts';
import { constraintsFor } from '../../../runtime/web/join/devices/capture.ts';
import { deviceChoices } from '../../../runtime/web/join/devices/device-list.ts';
import { deviceProblem } from '../../../runtime/web/join/devices/device-problem.ts';
import { loudness } from '../../../runtime/web/join/devices/sound-level.ts';

describe('what is sent', () => {
  it('is a camera in three simulcast layers, from small to large', () => {
    const encodings = sendEncodings('video', 720);
    expect(encodings.map(({ rid }) => rid)).toEqual(['low', 'med', 'high']);
    expect(encodings.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([4, 2, 1]);
    expect(encodings.map(({ maxBitrate }) => maxBitrate)).toEqual([150_000, 500_000, 1_200_000]);
  });

  it.each([
    { height: 480, rids: ['med', 'high'] },
    { height: 180, rids: ['high'] },
  ])('is no more layers of a camera of $height lines than browsers send, the full size always', (camera) => {
    const encodings = sendEncodings('video', camera.height);
    expect(encodings.map(({ rid }) => rid)).toEqual(camera.rids);
    expect(encodings.at(-1)?.scaleResolutionDownBy).toBe(1);
  });

  it('has three temporal layers in each encoding of a camera, for who cannot take all pictures', () => {
    for (const height of [180, 480, 720]) {
      expect(sendEncodings('video', height).map(({ scalabilityMode }) => scalabilityMode)).toEqual(
        sendEncodings('video', height).map(() => 'L1T3'),
      );
    }
    expect(sendEncodings('screen_video', 1080)[0]).not.toHaveProperty('scalabilityMode');
  });

  it('takes fewer bits for a smaller camera', () => {
    const small = sendEncodings('video', 360).at(-1);
    const large = sendEncodings('video', 720).at(-1);
    expect(small?.maxBitrate).toBeLessThan(large?.maxBitrate ?? 0);
  });

  it('is a screen in one layer, at full size', () => {
    expect(sendEncodings('screen_video', 1080)).toHaveLength(1);
    expect(sendEncodings('screen_video', 1080)[0]).not.toHaveProperty('scaleResolutionDownBy');
  });

  it('leaves sound to the browser', () => {
    expect(sendEncodings('audio', 0)).toEqual([]);
  });

  it('prefers VP8 and offers everything else behind it', () => {
    const codecs = ['video/H264', 'video/VP8', 'video/rtx', 'video/VP9'].map((mimeType) => ({ mimeType }));
    expect(preferVp8(codecs).map(({ mimeType }) => mimeType)).toEqual([
      'video/VP8',
      'video/H264',
      'video/rtx',
      'video/VP9',
    ]);
  });
});

describe('what is asked for', () => {
  it.each([
    [120, 1, 'low'],
    [240, 1, 'low'],
    [240, 2, 'med'],
    [480, 1, 'med'],
    [660, 1, 'high'],
    [400, 3, 'high'],
  ] as const)('for a tile of %i CSS pixels at ratio %i is the layer %s', (height, pixelRatio, layer) => {
    expect(layerForHeight(height, pixelRatio)).toBe(layer);
  });
});

describe('devices', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['SecurityError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'in-use'],
    ['AbortError', 'in-use'],
    ['TypeError', 'unknown'],
  ])('that fail with %s are %s', (name, problem) => {
    expect(deviceProblem(new DOMException('no', name))).toBe(problem);
  });

  it('are wished for and not insisted on, so that an unplugged one is replaced', () => {
    expect(constraintsFor('video', { deviceId: 'gone' }).deviceId).toEqual({ ideal: 'gone' });
  });

  it('keep sound as it is for music', () => {
    expect(constraintsFor('audio', { originalSound: true })).toMatchObject({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    });
    expect(constraintsFor('audio', {})).toMatchObject({ noiseSuppression: true });
  });

  it('have a name even where the browser gives none, and none before permission', () => {
    const choices = deviceChoices([
      { kind: 'audioinput', deviceId: 'a', label: '' },
      { kind: 'audioinput', deviceId: 'b', label: 'Headset' },
      { kind: 'videoinput', deviceId: '', label: '' },
    ]);
    expect(choices.audioinput.map(({ label }) => label)).toEqual(['Microphone 1', 'Headset']);
    expect(choices.videoinput).toEqual([]);
  });
});

describe('the level meter', () => {
  const tone = (amplitude: number): Float32Array =>
    Float32Array.from({ length: 480 }, (_, index) => amplitude * Math.sin((index / 48) * 2 * Math.PI));

  it('rests at silence, is full at full scale and lies between for speech', () => {
    expect(loudness(new Float32Array(480))).toBe(0);
    expect(loudness(tone(1))).toBeGreaterThan(0.94);
    expect(loudness(tone(0.05))).toBeGreaterThan(0.4);
    expect(loudness(tone(0.05))).toBeLessThan(0.7);
  });
});
