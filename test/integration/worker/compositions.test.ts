import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { analysePicture, analyseSound, colourDistance, pictureAt } from '../../support/oracle/index.ts';
import {
  digestOf,
  encodeAudioClip,
  encodeVideoClip,
  nalUnits,
  packetsOf,
  type EncodedClip,
} from '../../support/runtime/index.ts';
import { isProcessAlive } from '../../support/temporary/index.ts';
import { childrenOf, openWorkerSession, processorSeconds } from './support/worker-session.ts';

let vp8: EncodedClip;
let h264: EncodedClip;
let opus: EncodedClip;

beforeAll(async () => {
  vp8 = await encodeVideoClip('vp8');
  h264 = await encodeVideoClip('h264', { size: '854x480', kbps: 1200 });
  opus = await encodeAudioClip();
});

/**
 * The sender reports of these publishers place their sound later and later by up to a quarter of a second. The mix plays
 * a source later once it has come too late for half a second.
 */
const LONGEST_SILENCE_MS = 700;

const low = { id: 'cmp', config: { quality: 'low' as const } };
const ofAda = { ...low, participants: [{ participantId: 'ada' }] };

/** Times of the pictures in a file, in milliseconds. */
async function pictureTimes(path: string): Promise<number[]> {
  using input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const times: number[] = [];
  if (track) {
    for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, {
      metadataOnly: true,
    })) {
      times.push(packet.timestamp * 1000);
    }
  }
  return times;
}

const steps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => time - times[index]!);

describe('a composed room', () => {
  it('is composed once for two recordings, whose pictures never miss a beat when somebody comes, goes or the layout changes', async () => {
    await using session = await openWorkerSession();
    const ada = await session.join('ada', [vp8, opus]);
    await session.start('compose', 'picture', {}, low);
    await session.record('one', low);
    await session.record('two', low);
    await ada.sentMore(60);
    expect(await childrenOf(session.workerPid)).toHaveLength(1);
    const bob = await session.join('bob', [vp8, opus]);
    await ada.sentMore(60);
    await session.pool.steps.updateLook('session', 'picture', { layout: { type: 'SIDEBAR' } });
    await ada.sentMore(60);
    session.leave('bob');
    await bob.close();
    await ada.sentMore(60);
    const files = [...(await session.stop('one')), ...(await session.stop('two'))];
    await session.stop('picture');
    await vi.waitUntil(async () => (await childrenOf(session.workerPid)).length === 0, { timeout: 5000 });

    expect(files).toHaveLength(2);
    for (const { path, videoCodec, audioCodec, format, width, height } of files) {
      expect({ videoCodec, audioCodec, format, width, height }).toEqual({
        videoCodec: 'h264',
        audioCodec: 'aac',
        format: 'mp4',
        width: 854,
        height: 480,
      });
      const distances = steps(await pictureTimes(path));
      expect(distances.length).toBeGreaterThan(220);
      expect(distances.filter((distance) => Math.abs(distance - 1000 / 30) > 2)).toEqual([]);
      const picture = await analysePicture(path);
      expect(picture.decodeErrors).toEqual([]);
      expect((await analyseSound(path)).longestSilenceMs).toBeLessThan(LONGEST_SILENCE_MS);
    }
  });

  it('shows somebody who comes late, and the empty room when all have left', async () => {
    await using session = await openWorkerSession();
    await session.record('one', low);
    await vi.waitUntil(() => Number(session.progress('one')['durationMs']) > 500, { timeout: 10_000 });
    const ada = await session.join('ada', [vp8, opus]);
    await ada.sentMore(60);
    session.leave('ada');
    await ada.close();
    const leftAtMs = Number(session.progress('one')['durationMs']);
    await vi.waitUntil(() => Number(session.progress('one')['durationMs']) > leftAtMs + 2000, {
      timeout: 10_000,
    });
    const [file] = await session.stop('one');
    const middle = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };
    const lastSeconds = (await pictureTimes(file!.path)).at(-1)! / 1000;
    const [empty, there, gone] = await Promise.all(
      [0.1, leftAtMs / 1000, lastSeconds].map((at) => pictureAt(file!.path, at, { region: middle })),
    );
    expect(colourDistance(empty!.meanColour, gone!.meanColour)).toBeLessThan(10);
    expect(colourDistance(empty!.meanColour, there!.meanColour)).toBeGreaterThan(40);
  });

  it('goes on in the same file within a second when its compositor is killed', async () => {
    await using session = await openWorkerSession();
    const ada = await session.join('ada', [vp8, opus]);
    await session.record('one', low);
    await ada.sentMore(90);
    const [compositor] = await childrenOf(session.workerPid);
    process.kill(compositor!, 'SIGKILL');
    await ada.sentMore(90);
    const files = await session.stop('one');
    expect(files).toHaveLength(1);
    const distances = steps(await pictureTimes(files[0]!.path));
    expect(Math.max(...distances)).toBeLessThan(1000);
    // Pictures lie on the same places as before, so those after the gap are whole pictures later.
    for (const distance of distances) {
      expect(Math.abs(distance / (1000 / 30) - Math.round(distance / (1000 / 30)))).toBeLessThan(0.07);
    }
    expect((await analysePicture(files[0]!.path)).decodeErrors).toEqual([]);
  });

  it('ends with its worker: no compositor outlives it', async () => {
    await using session = await openWorkerSession();
    await session.start('compose', 'picture', {}, low);
    const { workerPid } = session;
    const children = await childrenOf(workerPid);
    expect(children).toHaveLength(1);
    process.kill(workerPid, 'SIGKILL');
    await vi.waitUntil(async () => !(await isProcessAlive(children[0]!)), { timeout: 5000 });
  });
});

describe('one H.264 participant', () => {
  it('is recorded as it is, with processor time for the sound alone, and is composed while the camera is muted', async () => {
    await using session = await openWorkerSession();
    const ada = await session.join('ada', [h264, opus]);
    await session.record('as-it-is', ofAda);
    await ada.sentMore(30);
    const [sound] = await childrenOf(session.workerPid);
    const before = await processorSeconds(sound!);
    await ada.sentMore(150);
    const passed = (await processorSeconds(sound!)) - before;
    expect(await childrenOf(session.workerPid)).toEqual([sound]);
    expect(passed / 5).toBeLessThan(0.1);

    session.pool.media.setMuted('session', 'ada', 'video', true);
    await ada.sentMore(60);
    // A step tells its progress every two seconds: the last may be of the moment before.
    await vi.waitUntil(() => session.progress('as-it-is')['passthrough'] === false, { timeout: 5000 });
    session.pool.media.setMuted('session', 'ada', 'video', false);
    await vi.waitUntil(() => session.progress('as-it-is')['passthrough'] === true, { timeout: 15_000 });
    await ada.sentMore(60);
    const files = await session.stop('as-it-is');
    expect(files).toHaveLength(1);

    const sent = new Set(ada.tracks[0]!.frames.map(({ digest }) => digest));
    const clip = new Set(h264.frames.flatMap(({ data }) => pictureNals(nalUnits(data))));
    expect(sent.size).toBeGreaterThan(0);
    const recorded = (await packetsOf(files[0]!.path, 'video')).map(({ data }) =>
      pictureNals(samplesNals(data)),
    );
    const untouched = recorded.filter((nals) => nals.length > 0 && nals.every((nal) => clip.has(nal)));
    expect(untouched.length).toBeGreaterThan(230);
    expect(recorded.length - untouched.length).toBeGreaterThan(50);
    const report = await analysePicture(files[0]!.path);
    expect(report.decodeErrors).toEqual([]);
    expect(report.longestGapMs).toBeLessThan(1500);
    expect((await analyseSound(files[0]!.path)).longestSilenceMs).toBeLessThan(LONGEST_SILENCE_MS);
  });
});

/** Digests of the NAL units that hold pictures: parameter sets may stand elsewhere in a file. */
const pictureNals = (units: readonly Uint8Array[]): string[] =>
  units.filter((unit) => [1, 5].includes(unit[0]! & 31)).map((unit) => digestOf(unit));

/** NAL units behind lengths of four bytes (ISO/IEC 14496-15). */
function samplesNals(sample: Uint8Array): Uint8Array[] {
  const view = new DataView(sample.buffer, sample.byteOffset, sample.byteLength);
  const units: Uint8Array[] = [];
  for (let at = 0; at + 4 <= sample.length;) {
    const length = view.getUint32(at);
    units.push(sample.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return units;
}
