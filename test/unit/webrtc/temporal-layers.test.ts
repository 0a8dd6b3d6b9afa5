import { describe, expect, it, vi } from 'vitest';
import { nowMs } from '../../../runtime/webrtc/index.ts';
import { readVp8Picture, readVp9Picture } from '../../../runtime/webrtc/codec/picture-facts.ts';
import { newPacketFacts } from '../../../runtime/webrtc/rtp/packet-facts.ts';
import { chooseTemporalLayer } from '../../../runtime/webrtc/send/temporal-choice.ts';
import { forwarding } from './support/forwarding.ts';

describe('a payload descriptor', () => {
  it.each([
    ['no extension', [0x10, 0x00], 0, false, -1, -1],
    ['7 bits of picture id', [0x90, 0x80, 0x11, 0x00], 0, false, 0x11, -1],
    ['everything', [0x90, 0xf0, 0x81, 0x02, 0x07, 0xa0, 0x00], 2, true, 0x102, 7],
    ['a layer that is no sync', [0x90, 0xe0, 0x81, 0x02, 0x07, 0x40, 0x00], 1, false, 0x102, 7],
    ['key index and no layer', [0x90, 0xd0, 0x81, 0x02, 0x07, 0x3f, 0x00], 0, false, 0x102, 7],
    ['a layer only', [0x90, 0x20, 0x60, 0x00], 1, true, -1, -1],
    ['nothing behind its first byte', [0x90], 0, false, -1, -1],
  ] as const)('of VP8 with %s', (_, bytes, temporal, switchesUp, pictureId, tl0) => {
    const facts = newPacketFacts();
    readVp8Picture(Uint8Array.from(bytes), facts);
    expect(facts).toMatchObject({ temporal, switchesUp, pictureId, tl0 });
  });

  it.each([
    ['flexible mode', [0xf8, 0x81, 0x02, 0x50, 0x02], 2, true, 0x102],
    ['non-flexible mode', [0xe8, 0x81, 0x02, 0x30, 0x09], 1, true, 0x102],
    ['non-flexible mode, no switching point', [0xe8, 0x11, 0x40, 0x09], 2, false, 0x11],
    ['no layers', [0xc8, 0x11, 0x09], 0, false, 0x11],
    ['nothing', [], 0, false, -1],
  ] as const)('of VP9 in %s', (_, bytes, temporal, switchesUp, pictureId) => {
    const facts = newPacketFacts();
    readVp9Picture(Uint8Array.from(bytes), facts);
    expect(facts).toMatchObject({ temporal, switchesUp, pictureId });
  });
});

describe('the choice of a temporal layer', () => {
  const picture = (temporal: number, switchesUp: boolean, startsKeyFrame = false) => ({
    ...newPacketFacts(),
    temporal,
    switchesUp,
    startsKeyFrame,
  });

  it('goes down with the next picture, whichever it is', () => {
    expect(chooseTemporalLayer('vp8', 2, 0, picture(2, false))).toBe(0);
    expect(chooseTemporalLayer('vp9', 2, 1, picture(0, false))).toBe(1);
  });

  it('goes anywhere at a key frame', () => {
    expect(chooseTemporalLayer('vp8', 0, 2, picture(0, false, true))).toBe(2);
  });

  it('goes up in VP8 one layer at a time, at a picture that needs the base only', () => {
    expect(chooseTemporalLayer('vp8', 0, 2, picture(1, false))).toBe(0);
    expect(chooseTemporalLayer('vp8', 0, 2, picture(2, true))).toBe(0);
    expect(chooseTemporalLayer('vp8', 0, 2, picture(1, true))).toBe(1);
    expect(chooseTemporalLayer('vp8', 1, 2, picture(2, true))).toBe(2);
  });

  it('goes up in VP9 after a switching point in what is sent already', () => {
    expect(chooseTemporalLayer('vp9', 0, 2, picture(0, false))).toBe(0);
    expect(chooseTemporalLayer('vp9', 0, 2, picture(1, true))).toBe(0);
    expect(chooseTemporalLayer('vp9', 0, 2, picture(0, true))).toBe(2);
  });
});

describe('temporal layers of VP9', () => {
  it.each([
    ['flexible', 0xf8],
    ['non-flexible', 0xe8],
  ])('are left out in %s mode without a gap in the numbers, and picture ids stay', (_, first) => {
    const { deliver, subscribe } = forwarding('vp9');
    const { forwarder, sent } = subscribe();
    const temporal = [0, 2, 1, 2];
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const layer = temporal[i % 4]!;
        const head = i === 0 ? first & ~0x40 : first;
        const payload = [head, 0x80, i, (layer << 5) | 0x10, i, 0xaa];
        deliver({ sequence: 65_530 + i, timestamp: i * 3000, payload: Uint8Array.from(payload) });
      }
    };
    forwarder.setTarget(0, 0);
    send(0, 9);
    forwarder.setTarget(0);
    send(9, 17);
    expect(sent.map(({ payload }) => payload[2])).toEqual([0, 4, 8, 12, 13, 14, 15, 16]);
    const start = sent[0]!.packet.sequenceNumber;
    expect(sent.map(({ packet }) => (packet.sequenceNumber - start) & 0xffff)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });
});

describe('codecs whose layers cannot be seen', () => {
  it('are forwarded whole, whatever temporal layer is chosen', () => {
    const { deliver, subscribe } = forwarding('h264');
    const { forwarder, sent } = subscribe();
    forwarder.setTarget(0, 0);
    for (let i = 0; i < 10; i++) {
      deliver({ sequence: i, timestamp: i * 3000, payload: Uint8Array.from([i === 0 ? 0x65 : 0x61, 0x88]) });
    }
    expect(sent).toHaveLength(10);
  });
});

describe('what is asked for again', () => {
  const key = Uint8Array.from([0x10, 0x10, 0, 0]);
  const delta = (id: number) => Uint8Array.from([0x10, 0x11, 0, id]);

  it('is answered once a round trip', () => {
    const { deliver, subscribe } = forwarding('vp8');
    const { forwarder, sent } = subscribe();
    deliver({ sequence: 1, timestamp: 0, payload: key }, 0, nowMs() - 500);
    const { sequenceNumber } = sent[0]!.packet;
    for (let i = 0; i < 5; i++) {
      forwarder.resend(sequenceNumber, 10_000);
    }
    expect(sent).toHaveLength(1);
    for (let i = 0; i < 5; i++) {
      forwarder.resend(sequenceNumber, 100);
    }
    expect(sent).toHaveLength(2);
  });

  it('is not answered for numbers that were never sent', () => {
    const { deliver, subscribe } = forwarding('vp8');
    const { forwarder, sent } = subscribe();
    deliver({ sequence: 1, timestamp: 0, payload: key }, 0, nowMs() - 500);
    const { sequenceNumber } = sent[0]!.packet;
    for (const other of [sequenceNumber - 1, sequenceNumber + 1, sequenceNumber + 30_000]) {
      forwarder.resend(other & 0xffff, 0);
    }
    expect(sent).toHaveLength(1);
  });

  it('goes to a subscriber without RTX under its own number', () => {
    const { deliver, subscribe } = forwarding('vp8');
    const { forwarder, sent } = subscribe(false);
    deliver({ sequence: 1, timestamp: 0, payload: key }, 0, nowMs() - 500);
    forwarder.resend(sent[0]!.packet.sequenceNumber, 0);
    expect(sent[1]!.packet.data.equals(sent[0]!.packet.data)).toBe(true);
  });

  it('is kept once for all subscribers', () => {
    const { deliver, subscribe, track, layers } = forwarding('vp8');
    const subscribers = Array.from({ length: 3 }, () => subscribe());
    for (let i = 0; i < 50; i++) {
      deliver({ sequence: i, timestamp: i, payload: i === 0 ? key : delta(i) }, 0, nowMs() - 500);
    }
    for (const { forwarder, sent } of subscribers) {
      forwarder.resend(sent[7]!.packet.sequenceNumber, 0);
      expect(sent.at(-1)!.payload).toEqual(sent[7]!.payload);
    }
    expect(track.recent(layers[0]!).size).toBe(64);
  });

  it('has another packet under a number that was taken back before it was sent', () => {
    const { deliver, subscribe } = forwarding('vp8');
    const { forwarder, sent } = subscribe();
    for (let i = 0; i < 5; i++) {
      deliver({ sequence: i, timestamp: i, payload: i === 0 ? key : delta(i) }, 0, nowMs() - 500);
    }
    const back = sent[3]!.packet.sequenceNumber;
    forwarder.skipToKeyFrame(back);
    deliver({ sequence: 5, timestamp: 5, payload: delta(5) }, 0, nowMs() - 500);
    expect(sent).toHaveLength(5);
    deliver({ sequence: 6, timestamp: 6, payload: key }, 0, nowMs() - 500);
    expect(sent[5]!.packet.sequenceNumber).toBe(back);
    forwarder.resend(back, 0);
    expect(sent[6]!.payload).toEqual(Buffer.from(key));
    forwarder.resend((back - 1) & 0xffff, 0);
    expect(sent[7]!.payload).toEqual(sent[2]!.payload);
  });
});

describe('a layer whose sender begins anew', () => {
  it('goes on with its next key frame, without a gap', () => {
    const { deliver, subscribe, layers, keyFrameRequests } = forwarding('vp8');
    const { sent } = subscribe();
    const payload = (key: boolean) => Uint8Array.from([0x10, key ? 0x10 : 0x11, 0, 0]);
    deliver({ sequence: 100, timestamp: 1000, payload: payload(true) }, 0, 1000);
    deliver({ sequence: 101, timestamp: 4000, payload: payload(false) }, 0, 1033);
    const asked = keyFrameRequests.length;
    layers[0]!.ssrc = 77;
    deliver({ sequence: 50, timestamp: 900_000, payload: payload(false) }, 0, 1066);
    expect(sent).toHaveLength(2);
    expect(keyFrameRequests.slice(asked)).toEqual([77]);
    deliver({ sequence: 51, timestamp: 903_000, payload: payload(true) }, 0, 1099);
    const [first, , third] = sent.map(({ packet }) => packet);
    expect((third!.sequenceNumber - first!.sequenceNumber) & 0xffff).toBe(2);
    expect(third!.timestamp).toBe(4000 + Math.round((1099 - 1033) * 90));
  });
});

describe('a new subscriber', () => {
  const key = Uint8Array.from([0x10, 0x10, 0, 0]);
  const delta = Uint8Array.from([0x10, 0x11, 0, 0]);
  const publish = (keyAgeMs: number, packets: number) => {
    const { deliver, subscribe, keyFrameRequests } = forwarding('vp8');
    const begin = nowMs() - keyAgeMs;
    const intervalMs = keyAgeMs / packets;
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) {
        const payload = i === 0 ? key : delta;
        deliver({ sequence: 65_500 + i, timestamp: i * 3000, payload }, 0, begin + i * intervalMs);
      }
    };
    send(0, packets);
    return { send, subscribe, keyFrameRequests };
  };

  it('gets a fresh key frame and what followed it at once, and the publisher is asked for none', () => {
    const { send, subscribe, keyFrameRequests } = publish(600, 60);
    const { sent } = subscribe();
    expect(sent.map(({ packet }) => packet.timestamp)).toEqual(
      Array.from({ length: 60 }, (_, i) => i * 3000),
    );
    expect(keyFrameRequests).toEqual([]);
    send(60, 65);
    const start = sent[0]!.packet.sequenceNumber;
    expect(sent.map(({ packet }) => (packet.sequenceNumber - start) & 0xffff)).toEqual(
      Array.from({ length: 65 }, (_, i) => i),
    );
  });

  it('gets the parameter sets of an H.264 key frame too', () => {
    const { deliver, subscribe } = forwarding('h264');
    const units = [0x67, 0x68, 0x65, 0x65];
    units.forEach((unit, i) => deliver({ sequence: i, timestamp: 0, payload: Uint8Array.from([unit, 1]) }));
    deliver({ sequence: 4, timestamp: 3000, payload: Uint8Array.from([0x61, 1]) });
    const { sent } = subscribe();
    expect(sent.map(({ payload }) => payload[0])).toEqual([...units, 0x61]);
  });

  it.each([
    ['is old', 3000, 50],
    ['was followed by much', 900, 300],
  ])('waits for the next key frame when the last one %s', (_, keyAgeMs, packets) => {
    const { subscribe, keyFrameRequests } = publish(keyAgeMs, packets);
    const { sent } = subscribe();
    expect(sent).toEqual([]);
    expect(keyFrameRequests).toHaveLength(1);
  });
});

describe('a key frame that shares its timestamp with a picture left out of another layer', () => {
  it('is sent again whole', () => {
    const { deliver, subscribe } = forwarding('vp8', 2);
    const { forwarder, sent } = subscribe();
    const picture = (temporal: number, pictureId: number, startsKeyFrame: boolean) =>
      Uint8Array.from([
        ...[0x90, 0xe0, 0x80, pictureId, 0, (temporal << 6) | 0x20],
        ...[startsKeyFrame ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a],
      ]);
    forwarder.setTarget(0, 0);
    deliver({ sequence: 10, timestamp: 0, payload: picture(0, 1, true), marker: true }, 0);
    deliver({ sequence: 11, timestamp: 3000, payload: picture(0, 2, false), marker: true }, 0);
    forwarder.setTarget(1, 0);
    deliver({ sequence: 12, timestamp: 6000, payload: picture(1, 3, false), marker: true }, 0);
    deliver({ sequence: 500, timestamp: 6000, payload: picture(0, 9, true), marker: true }, 1);
    const keyFrame = sent.at(-1);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 100);
    forwarder.resend(keyFrame?.packet.sequenceNumber ?? 0, 0);
    expect(sent.at(-1)).not.toBe(keyFrame);
    expect(sent.at(-1)?.payload).toHaveLength(12);
    vi.restoreAllMocks();
  });
});
