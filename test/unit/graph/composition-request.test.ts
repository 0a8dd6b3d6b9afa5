import { describe, expect, it } from 'vitest';
import {
  checkLook,
  compositionRequestOf,
  needsNobody,
  shownLook,
} from '../../../runtime/graph/composition-request.ts';

describe('which composition a step takes', () => {
  it('is none for a tap and for a recording of a participant', () => {
    expect(compositionRequestOf('tap', { participantId: 'ada' })).toBeNull();
    expect(compositionRequestOf('record', { participantId: 'ada' })).toBeNull();
  });

  it('is none for what takes sound, or brings its own', () => {
    expect(compositionRequestOf('transcribe', {})).toBeNull();
    expect(compositionRequestOf('play', { text: 'Hello' })).toBeNull();
  });

  it('is that of everybody when nothing is said', () => {
    expect(compositionRequestOf('record', { source: 'room' })).toEqual({ config: {} });
    expect(compositionRequestOf('hls', {})).toEqual({ config: {} });
  });

  it.each([{ mode: 'audio' }, { fileFormat: 'm4a' }, { fileFormat: 'mp3' }, { config: { mode: 'audio' } }])(
    'is of sound alone for %o',
    (params) => {
      expect(compositionRequestOf('record', { source: 'room', ...params })).toEqual({
        config: { mode: 'audio' },
      });
    },
  );
});

describe('a step that can begin before anybody has come', () => {
  it.each([
    { step: 'compose', with: {} },
    { step: 'record', with: { source: 'room' } },
    { step: 'rtmp', with: { outputs: [] } },
    { step: 'hls', with: { config: { quality: 'low' } } },
  ] as const)('shows the room as a whole: %o', (body) => {
    expect(needsNobody(body)).toBe(true);
  });

  it.each([
    { step: 'tap', with: { participantId: 'ada' } },
    { step: 'transcribe', with: {} },
    { step: 'play', with: { text: 'Hello' } },
    { step: 'record', with: { participantId: 'ada' } },
    { step: 'record', with: { source: 'room', participants: [{ participantId: 'ada' }] } },
    { step: 'hls', with: { participants: [{ participantId: 'ada' }] } },
    { step: 'record', with: { source: 'room' }, from: 'stp_picture' },
  ] as const)('needs neither somebody nor another step: not %o', (body) => {
    expect(needsNobody(body)).toBe(false);
  });
});

describe('a look that the schema takes', () => {
  it('is refused when a watermark lacks what it is to show, with a pointer to each', () => {
    expect(() => {
      checkLook(
        { watermarks: [{ type: 'image' }, { type: 'text' }, { type: 'clock', timeZone: 'Mars/Olympus' }] },
        '/with/config',
      );
    }).toThrow(
      expect.objectContaining({
        code: 'invalid-composition',
        details: [
          expect.objectContaining({ pointer: '/with/config/watermarks/0/imageUrl' }),
          expect.objectContaining({ pointer: '/with/config/watermarks/1/text' }),
          expect.objectContaining({ pointer: '/with/config/watermarks/2/timeZone' }),
        ],
      }),
    );
  });

  it('is taken when it can be drawn', () => {
    checkLook({ watermarks: [{ type: 'clock', timeZone: 'Europe/Berlin' }] }, '');
    checkLook({}, '');
  });
});

describe('a look that is shown', () => {
  it('holds no image’s bytes, and the addresses of the others', () => {
    const watermarks = [
      { type: 'image' as const, imageUrl: 'data:image/png;base64,iVBORw0KGgo=' },
      { type: 'image' as const, imageUrl: 'https://example.com/logo.png' },
    ];
    expect(shownLook({ theme: 'DARK', watermarks })).toEqual({
      theme: 'DARK',
      watermarks: [{ type: 'image', imageUrl: 'data:image/png;base64,…' }, watermarks[1]],
    });
  });
});
