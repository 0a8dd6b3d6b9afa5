import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caption, HlsStream } from '../../../runtime/contract/index.ts';
import { launchBrowser } from '../../support/guests/index.ts';
import {
  parseMediaPlaylist,
  serveViewerPage,
  validateMediaPlaylist,
  validateUpdate,
} from '../../support/hls/index.ts';
import {
  encodeAudioClip,
  encodeVideoClip,
  publishAs,
  startRuntime,
  type InProcessRuntime,
  type MediaPublisher,
} from '../../support/runtime/index.ts';

const run = promisify(execFile);

let runtime: InProcessRuntime;
let publisher: MediaPublisher;
let stream: HlsStream;
let sessionStartMs: number;

beforeAll(async () => {
  runtime = await startRuntime();
  const { roomId } = await runtime.api.createRoom();
  const participant = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
  publisher = await publishAs(participant, {
    clips: [await encodeVideoClip('vp8', { seconds: 5 }), await encodeAudioClip(5)],
  });
  await publisher.sentMore(5);
  stream = await runtime.api.call<HlsStream>('POST', '/v2/hls/start', {
    roomId,
    config: { quality: 'low', labels: false },
  });
  await runtime.events.event('hls-playable');
  sessionStartMs = Date.parse((await runtime.api.session(stream.sessionId)).start);
});

afterAll(async () => {
  await publisher.close();
  await runtime[Symbol.asyncDispose]();
});

/** Ada has just said something that took a second. */
function say(segmentId: string): Caption {
  const endMs = Date.now() - sessionStartMs;
  const caption: Caption = {
    segmentId,
    participantId: 'ada',
    participantName: 'Ada',
    text: segmentId,
    isFinal: true,
    startMs: endMs - 1000,
    endMs,
    language: 'en-US',
    timestamp: sessionStartMs + endMs - 1000,
  };
  runtime.served.runtime.rooms.bySessionId(stream.sessionId)?.captions.show(caption);
  return caption;
}

const addressOf = (file: string): string => new URL(file, stream.playbackHlsUrl).href;
const textOf = async (address: string): Promise<string> => {
  const response = await fetch(address);
  expect([address, response.status]).toEqual([address, 200]);
  return response.text();
};

/** The cues of a segment as ffmpeg reads them. */
async function cuesBy(address: string): Promise<{ text: string; startMs: number }[]> {
  const { stdout, stderr } = await run('ffmpeg', ['-v', 'error', '-i', address, '-f', 'srt', '-']);
  expect(stderr).toBe('');
  return [...stdout.matchAll(/(\d+):(\d+):(\d+),(\d+) --> .*\n(.+)/g)].map(
    ([, hours, minutes, seconds, ms, line = '']) => ({
      text: line,
      startMs: ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms),
    }),
  );
}

/** The playlist of subtitles once so many more segments of the picture are whole. */
async function afterSegments(count: number): Promise<string> {
  const last = parseMediaPlaylist(await textOf(addressOf('subtitles/live.m3u8'))).segments.at(-1);
  return textOf(addressOf(`subtitles/live.m3u8?_HLS_msn=${(last?.sequence ?? 0) + count}`));
}

type Track = { label: string; cues: { text: string; startMs: number; seen: boolean }[] };

/** What of hls.js the page uses. */
type HlsInPage = {
  new (config: Record<string, unknown>): {
    loadSource(url: string): void;
    attachMedia(video: HTMLVideoElement): void;
    subtitleTrack: number;
    playingDate: Date | null;
  };
};

describe('subtitles of a stream', () => {
  it('are offered before anything was said, and follow the picture by the rules', async () => {
    expect(await textOf(stream.livestreamUrl)).toMatch(/TYPE=SUBTITLES.*URI="subtitles\/live\.m3u8"/);
    let text = await afterSegments(0);
    const complaints = validateMediaPlaylist(text);
    for (let version = 0; version < 4; version += 1) {
      const next = await afterSegments(1);
      complaints.push(...validateMediaPlaylist(next), ...validateUpdate(text, next));
      text = next;
    }
    expect(complaints).toEqual([]);
    const picture = parseMediaPlaylist(await textOf(addressOf('low/index.m3u8')));
    for (const segment of parseMediaPlaylist(text).segments) {
      const other = picture.segments.find(({ sequence }) => sequence === segment.sequence);
      expect([segment.durationSeconds, segment.programDateTimeMs]).toEqual([
        other?.durationSeconds,
        other?.programDateTimeMs,
      ]);
    }
  });

  it('are shown by hls.js at the time of the picture that they belong to', async () => {
    await using served = await serveViewerPage();
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(served.url);
      await page.evaluate((address) => {
        const Hls = Reflect.get(window, 'Hls') as HlsInPage;
        const video = document.querySelector('video')!;
        const hls = new Hls({ lowLatencyMode: false, enableWorker: false });
        // As a viewer does who turns them on.
        video.addEventListener('playing', () => (hls.subtitleTrack = 0), { once: true });
        hls.loadSource(address);
        hls.attachMedia(video);
        const seen = new Set<string>();
        setInterval(() => {
          for (const track of video.textTracks) {
            for (const cue of track.activeCues ?? []) {
              seen.add((cue as VTTCue).text);
            }
          }
        }, 50);
        Reflect.set(window, 'readTracks', () => {
          const date = hls.playingDate?.getTime() ?? NaN;
          return [...video.textTracks].map(({ label, cues }) => ({
            label,
            cues: [...(cues ?? [])].map((cue) => ({
              text: (cue as VTTCue).text,
              startMs: date + (cue.startTime - video.currentTime) * 1000,
              seen: seen.has((cue as VTTCue).text),
            })),
          }));
        });
      }, stream.playbackHlsUrl);
      const said = say('we can read what is said');
      const cues = async () => {
        const tracks = await page.evaluate(() => (Reflect.get(window, 'readTracks') as () => Track[])());
        return tracks.flatMap((track) => track.cues);
      };
      await expect
        .poll(async () => (await cues()).map(({ seen }) => seen), { timeout: 30_000 })
        .toEqual([true]);
      const [cue] = await cues();
      expect(cue?.text).toContain('Ada: we can read what is said');
      // In its place, or in the first segment that nobody had when it was known: at most one segment later.
      const lateMs = (cue?.startMs ?? NaN) - said.timestamp;
      expect(lateMs).toBeGreaterThan(-150);
      expect(lateMs).toBeLessThan(2600);
    } finally {
      await browser.close();
    }
  });

  it('are WebVTT that ffmpeg reads, and stand at their own times when the stream is over', async () => {
    const late = say('this came late');
    await afterSegments(2);
    await runtime.api.call('POST', '/v2/hls/end', { roomId: stream.roomId });
    const text = await textOf(addressOf('subtitles/index.m3u8'));
    expect(validateMediaPlaylist(text)).toEqual([]);
    expect(parseMediaPlaylist(text).ended).toBe(true);
    const found = (
      await Promise.all(
        parseMediaPlaylist(text).segments.map(({ uri }) => cuesBy(addressOf(`subtitles/${uri ?? ''}`))),
      )
    ).flat();
    const cue = found.find((one) => one.text.includes('this came late'));
    expect(cue?.startMs).toBe(Math.round(late.startMs));
  });
});
