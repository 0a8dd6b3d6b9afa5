import { describe, expect, it } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/index.ts';
import { seededRandom } from '../../support/relay/seeded-random.ts';
import { forwarding } from './support/forwarding.ts';
import type { SentPacket } from './support/forwarding.ts';
import { LayeredCamera, readCameraPayload } from './support/layered-camera.ts';
import type { CameraPacket, CameraPicture } from './support/layered-camera.ts';

const packetsPerRun = 20_000;
const layerCount = 3;

type Network = { loss: number; neverComesAgain: number; late: number; twice: number };

/**
 * A camera of three simulcast and three temporal layers, a network between it and the forwarding, and a subscriber
 * who changes its mind all the time and asks for packets again.
 */
function run(seed: number, network: Network) {
  const random = seededRandom(seed);
  const { track, deliver, subscribe } = forwarding('vp8', layerCount);
  const { forwarder, sent } = subscribe();
  const cameras = Array.from({ length: layerCount }, (_, layer) => new LayeredCamera(layer, random));
  const pictures = new Map<string, CameraPicture>();
  const troubled = new Set<CameraPicture>();
  const delivered = new Set<CameraPacket>();
  const media: SentPacket[] = [];
  const repeats: { asked: SentPacket; answer: SentPacket }[] = [];
  const waiting: { packet: CameraPacket; at: number }[] = [];
  const epochMs = nowMs() - 10_000_000;
  let clock = 0;

  const arrive = (packet: CameraPacket) => {
    const before = sent.length;
    const known = delivered.has(packet);
    delivered.add(packet);
    deliver(packet, packet.layer, epochMs + clock);
    media.push(...sent.slice(before));
    return !known;
  };
  const askAgain = () => {
    const asked = media[media.length - 1 - Math.floor(random() * Math.min(200, media.length))];
    if (asked === undefined) {
      return;
    }
    const before = sent.length;
    forwarder.resend(asked.packet.sequenceNumber, 0);
    const answer = sent[before];
    if (answer !== undefined) {
      repeats.push({ asked, answer });
    }
  };

  let count = 0;
  while (count < packetsPerRun) {
    clock += 33;
    if (random() < 0.02) {
      forwarder.setTarget(Math.floor(random() * layerCount), Math.floor(random() * 3));
    }
    if (random() < 0.002) {
      forwarder.setPaused(true);
      forwarder.setPaused(false);
    }
    const key = random() < 0.02;
    for (const camera of cameras) {
      const picture = camera.picture(key);
      pictures.set(`${picture.layer} ${picture.id}`, picture);
      for (const packet of picture.packets) {
        count++;
        const fate = random();
        if (fate < network.loss) {
          troubled.add(picture);
          if (random() > network.neverComesAgain) {
            waiting.push({ packet, at: clock + Math.floor(random() * 200) });
          }
        } else if (fate < network.loss + network.late) {
          troubled.add(picture);
          waiting.push({ packet, at: clock + Math.floor(random() * 5) });
        } else {
          arrive(packet);
          if (random() < network.twice) {
            arrive(packet);
          }
        }
      }
    }
    for (const { packet } of waiting.filter(({ at }) => at <= clock)) {
      arrive(packet);
    }
    waiting.splice(0, waiting.length, ...waiting.filter(({ at }) => at > clock));
    askAgain();
  }
  return { track, forwarder, media, repeats, pictures, troubled, delivered };
}

/** Numbers that wrap, made ones that grow; in the order of sending. */
function unwrapped(numbers: readonly number[], bits: number): number[] {
  const modulo = 2 ** bits;
  let highest = numbers[0] ?? 0;
  return numbers.map((number) => {
    const ahead = (((number - highest) % modulo) + modulo) % modulo;
    const extended = highest + (ahead < modulo / 2 ? ahead : ahead - modulo);
    highest = Math.max(highest, extended);
    return extended;
  });
}

/** What a subscriber can put together: its pictures that are whole, in the order of their numbers. */
function received(media: readonly SentPacket[], pictures: ReadonlyMap<string, CameraPicture>) {
  const sequences = unwrapped(
    media.map(({ packet }) => packet.sequenceNumber),
    16,
  );
  const ordered = media
    .map((packet, i) => ({ ...packet, sequence: sequences[i] ?? 0 }))
    .filter(({ payload }) => payload.length > 0)
    .sort((a, b) => a.sequence - b.sequence);
  const whole: {
    picture: CameraPicture;
    first: number;
    pictureId: number;
    tl0: number;
    timestamp: number;
  }[] = [];
  for (let i = 0; i < ordered.length;) {
    const first = ordered[i];
    const { layer, id, index, pictureId, tl0 } = readCameraPayload(first!.payload);
    const picture = pictures.get(`${layer} ${id}`)!;
    const packets = ordered.slice(i, i + picture.packets.length);
    const isWhole =
      index === 0 &&
      packets.every((packet, k) => {
        const read = readCameraPayload(packet.payload);
        return (
          packet.sequence === first!.sequence + k &&
          packet.packet.timestamp === first!.packet.timestamp &&
          packet.packet.marker === (k === picture.packets.length - 1) &&
          read.layer === layer &&
          read.id === id &&
          read.index === k &&
          read.pictureId === pictureId
        );
      }) &&
      packets.length === picture.packets.length;
    if (isWhole) {
      whole.push({ picture, first: first!.sequence, pictureId, tl0, timestamp: first!.packet.timestamp });
    }
    i += isWhole ? packets.length : 1;
  }
  return { whole, sequences };
}

/** The pictures that a decoder cannot decode although it got all of them. */
function undecodable(whole: readonly { picture: CameraPicture }[]): CameraPicture[] {
  const decoded = new Set<CameraPicture>();
  const failed: CameraPicture[] = [];
  for (const { picture } of whole) {
    if (picture.needs.every((needed) => decoded.has(needed))) {
      decoded.add(picture);
    } else {
      failed.push(picture);
    }
  }
  return failed;
}

const clean: Network = { loss: 0, neverComesAgain: 0, late: 0, twice: 0 };
const rough: Network = { loss: 0.03, neverComesAgain: 0.3, late: 0.02, twice: 0.01 };

describe.each([1, 2, 3])('what a subscriber gets while its layers change all the time (seed %i)', (seed) => {
  it('is one stream without a gap of which everything can be decoded', () => {
    const { media, pictures, forwarder } = run(seed, clean);
    const { whole, sequences } = received(media, pictures);
    const start = sequences[0]!;
    expect(sequences.every((sequence, i) => sequence === start + i)).toBe(true);
    expect(whole.reduce((sum, { picture }) => sum + picture.packets.length, 0)).toBe(media.length);
    expect(undecodable(whole)).toEqual([]);
    const ids = unwrapped(
      whole.map(({ pictureId }) => pictureId),
      15,
    );
    expect(ids.every((id, i) => id === ids[0]! + i)).toBe(true);
    const bases = whole.filter(({ picture }) => picture.temporal === 0);
    expect(bases.every(({ tl0 }, i) => tl0 === ((bases[0]!.tl0 + i) & 0xff))).toBe(true);
    const times = unwrapped(
      whole.map(({ timestamp }) => timestamp),
      32,
    );
    expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true);
    expect(new Set(whole.map(({ picture }) => picture.layer)).size).toBe(layerCount);
    expect(new Set(whole.map(({ picture }) => picture.temporal)).size).toBe(3);
    expect(forwarder.stats.dropped).toBeGreaterThan(500);
  });

  it('shows what was lost on the way in, and nothing else, as missing', () => {
    const { media, pictures, troubled, delivered } = run(seed, rough);
    const { whole, sequences } = received(media, pictures);
    expect(new Set(sequences).size).toBe(sequences.length);
    const missing = Math.max(...sequences) - Math.min(...sequences) + 1 - sequences.length;
    const lost = [...pictures.values()].reduce(
      (sum, { packets }) => sum + packets.filter((packet) => !delivered.has(packet)).length,
      0,
    );
    expect(missing).toBeGreaterThan(0);
    expect(missing).toBeLessThanOrEqual(lost);
    // A picture fails only where it, or one that it needs, had trouble on the way in.
    const hadTrouble = (picture: CameraPicture): boolean =>
      troubled.has(picture) || picture.needs.some((needed) => hadTrouble(needed));
    expect(undecodable(whole).filter((picture) => !hadTrouble(picture))).toEqual([]);
    const ids = unwrapped(
      whole.map(({ pictureId }) => pictureId),
      15,
    );
    expect(ids.every((id, i) => i === 0 || id > ids[i - 1]!)).toBe(true);
  });

  it('is sent again as it was, whatever has been changed and left out since', () => {
    const { repeats } = run(seed, rough);
    expect(repeats.length).toBeGreaterThan(500);
    for (const { asked, answer } of repeats) {
      expect(answer.payload.equals(asked.payload)).toBe(true);
      expect(answer.packet.timestamp).toBe(asked.packet.timestamp);
      expect(answer.packet.marker).toBe(asked.packet.marker);
      expect(answer.repeats).toBe(asked.packet.sequenceNumber);
    }
  });
});
