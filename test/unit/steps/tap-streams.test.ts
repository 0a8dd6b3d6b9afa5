import { describe, expect, it } from 'vitest';
import { createTapMessage, type TapMessage } from '../../../runtime/media/index.ts';
import { SharedFeeds, type TapListener } from '../../../runtime/steps/tap/shared-feeds.ts';
import { streamedTracks } from '../../../runtime/steps/tap/streamed-tracks.ts';

describe('what a tap stream carries', () => {
  it('is PCM of 48 kHz when nothing is said, of every kind of sound that the tap holds', () => {
    expect(streamedTracks({}, ['audio', 'video', 'screen_audio'])).toEqual([
      { kind: 'audio', type: 'pcm', sampleRate: 48_000 },
      { kind: 'screen_audio', type: 'pcm', sampleRate: 48_000 },
    ]);
  });

  it('is pictures alone, or both, as asked', () => {
    expect(streamedTracks({ video: 'jpeg' }, ['audio', 'video'])).toEqual([
      { kind: 'video', type: 'jpeg', fps: 1 },
    ]);
    expect(
      streamedTracks({ audio: 'opus', video: 'jpeg', fps: 5, maxWidth: 320 }, ['audio', 'video']),
    ).toEqual([
      { kind: 'audio', type: 'opus' },
      { kind: 'video', type: 'jpeg', fps: 5, maxWidth: 320 },
    ]);
  });

  it('is refused where the tap has no such track, or a setting fits nothing that is asked for', () => {
    expect(() => streamedTracks({ video: 'jpeg' }, ['audio'])).toThrow(/holds audio and no video/);
    expect(() => streamedTracks({ audio: 'opus', sampleRate: 16_000 }, ['audio'])).toThrow(/audio=pcm only/);
    expect(() => streamedTracks({ fps: 5 }, ['audio', 'video'])).toThrow(/fps=5 goes with video=jpeg only/);
  });
});

describe('what clients of a tap want alike', () => {
  const message = createTapMessage(
    { type: 'opus', participantId: 'ada', trackId: 'trk_1', kind: 'audio', timeMs: 0 },
    Uint8Array.of(1),
  );

  it('is made once, while somebody wants it', () => {
    const feeds = new SharedFeeds();
    const log: string[] = [];
    let deliver: TapListener = () => undefined;
    const open = (to: TapListener) => {
      log.push('open');
      deliver = to;
      return () => {
        log.push('close');
      };
    };
    const received: TapMessage[][] = [[], []];
    const first = feeds.take('audio/opus', open, (got) => received[0]?.push(got));
    const second = feeds.take('audio/opus', open, (got) => received[1]?.push(got));
    deliver(message);
    first();
    deliver(message);
    second();
    expect(log).toEqual(['open', 'close']);
    expect(received.map(({ length }) => length)).toEqual([1, 2]);
    feeds.take('audio/opus', open, () => undefined)();
    expect(log).toEqual(['open', 'close', 'open', 'close']);
  });
});
