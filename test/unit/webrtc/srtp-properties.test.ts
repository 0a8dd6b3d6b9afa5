import fc from 'fast-check';
import { RtpPacket, SrtcpSession, SrtpSession } from 'werift';
import { describe, expect, it } from 'vitest';
import { createPacketPath } from '../../../runtime/webrtc/packet-path.ts';
import { echoKeys, profileRows, protect } from './support/protected-calls.ts';

/** One header extension of either form of RFC 8285, as it lies in a packet. */
const extensions = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.uint8Array({ minLength: 1, maxLength: 16 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((elements) =>
      extensionBlock(
        0xbede,
        elements.map(([id, data]) => Buffer.from([(id << 4) | (data.length - 1), ...data])),
      ),
    ),
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 40 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map((elements) =>
      extensionBlock(
        0x1000,
        elements.map(([id, data]) => Buffer.from([id, data.length, ...data])),
      ),
    ),
);

function extensionBlock(profile: number, elements: Buffer[]): Buffer {
  const bytes = Buffer.concat(elements);
  const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(profile, 0);
  head.writeUInt16BE(padded.length / 4, 2);
  return Buffer.concat([head, padded]);
}

/** All of a packet but its sequence number and SSRC. */
const packets = fc.record({
  payloadType: fc.integer({ min: 0, max: 127 }),
  marker: fc.boolean(),
  timestamp: fc.nat({ max: 0xffffffff }),
  csrcs: fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 15 }),
  extension: extensions,
  payload: fc.uint8Array({ maxLength: 1400, size: 'max' }),
  padding: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 255 })),
});

function bytesOf(
  packet: typeof packets extends fc.Arbitrary<infer T> ? T : never,
  sequence: number,
  ssrc: number,
): Buffer {
  const header = Buffer.alloc(12 + packet.csrcs.length * 4);
  header[0] =
    0x80 | (packet.padding > 0 ? 0x20 : 0) | (packet.extension.length > 0 ? 0x10 : 0) | packet.csrcs.length;
  header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(packet.timestamp, 4);
  header.writeUInt32BE(ssrc, 8);
  packet.csrcs.forEach((csrc, i) => header.writeUInt32BE(csrc, 12 + i * 4));
  const padding = Buffer.alloc(packet.padding);
  if (packet.padding > 0) {
    padding[packet.padding - 1] = packet.padding;
  }
  return Buffer.concat([header, packet.extension, packet.payload, padding]);
}

/** Streams of packets whose numbers go up, with gaps that werift's roll-over counter can follow, from anywhere. */
const streams = fc.record({
  ssrc: fc.nat({ max: 0xffffffff }),
  start: fc.integer({ min: 0, max: 0xffff }),
  steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), packets), { minLength: 1, maxLength: 12 }),
});

const limits = { numRuns: 60 };

describe.each(profileRows)('SRTP with %s beside werift', (_, profile) => {
  const keys = echoKeys(profile);

  it('makes the bytes that werift makes, of packets of every shape', () => {
    fc.assert(
      fc.property(streams, ({ ssrc, start, steps }) => {
        const ours = createPacketPath('fast', profile, keys);
        const werift = new SrtpSession({ profile, keys });
        let sequence = start;
        for (const [step, packet] of steps) {
          sequence += step;
          const plain = bytesOf(packet, sequence, ssrc);
          // werift takes the padding off when it parses.
          const { header, payload } = RtpPacket.deSerialize(plain);
          const padded = plain.subarray(plain.length - payload.length - packet.padding);
          expect(protect(ours, plain)).toEqual(werift.encrypt(padded, header));
        }
      }),
      limits,
    );
  });

  it('decrypts what werift encrypts, wherever the bytes lie in memory', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 0, max: 7 }), ({ ssrc, start, steps }, at) => {
        const ours = createPacketPath('fast', profile, keys);
        const werift = new SrtpSession({ profile, keys });
        let sequence = start;
        for (const [step, packet] of steps) {
          sequence += step;
          const plain = bytesOf(packet, sequence, ssrc);
          const { header, payload } = RtpPacket.deSerialize(plain);
          const sealed = werift.encrypt(
            plain.subarray(plain.length - payload.length - packet.padding),
            header,
          );
          const memory = Buffer.alloc(sealed.length + 16, 0x77);
          sealed.copy(memory, at);
          expect(ours.unprotectRtp(memory.subarray(at, at + sealed.length))).toEqual(plain);
          expect(memory.subarray(at + sealed.length)).toEqual(Buffer.alloc(16 - at, 0x77));
        }
      }),
      limits,
    );
  });

  it('is decrypted by werift over several cycles of the sequence number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 60, max: 99 }), (start, step) => {
        const ours = createPacketPath('fast', profile, keys);
        const werift = new SrtpSession({ profile, keys });
        for (let sequence = start; sequence < start + 4 * 65_536; sequence += step) {
          const plain = Buffer.from('800000000000000000000009abcdef', 'hex');
          plain.writeUInt16BE(sequence & 0xffff, 2);
          if (!werift.decrypt(protect(ours, plain)).equals(plain)) {
            throw new Error(`Packet ${sequence} came out as another one.`);
          }
        }
      }),
      { numRuns: 2 },
    );
  });

  it('takes each packet of any order and repetition once, and forged ones never', () => {
    const order = fc.array(fc.tuple(fc.integer({ min: 0, max: 59 }), fc.boolean(), fc.nat()), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(order, fc.integer({ min: 0, max: 0xffff }), (deliveries, start) => {
        const ours = createPacketPath('fast', profile, keys);
        const plains = Array.from({ length: 60 }, (__, i) =>
          bytesOf({ ...simple, payload: new Uint8Array([i]) }, start + i, 5),
        );
        const sealed = plains.map((plain) => protect(ours, plain));
        // The first packet settles the cycle for both sides.
        expect(ours.unprotectRtp(Buffer.from(sealed[0] ?? []))).toEqual(plains[0]);
        const taken = new Set([0]);
        for (const [i, forged, where] of deliveries) {
          const data = Buffer.from(sealed[i] ?? []);
          if (forged) {
            const at = where % data.length;
            data[at] = (data[at] ?? 0) ^ (1 + (where % 255));
          }
          const plain = ours.unprotectRtp(data);
          expect(plain !== undefined).toBe(!forged && !taken.has(i));
          if (plain !== undefined) {
            expect(plain).toEqual(plains[i]);
            taken.add(i);
          }
        }
      }),
      limits,
    );
  });

  it('makes the SRTCP that werift makes, and takes it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), fc.uint8Array({ maxLength: 600 }), (ssrc, body) => {
        const ours = createPacketPath('fast', profile, keys);
        const werift = new SrtcpSession({ profile, keys });
        const plain = Buffer.concat([Buffer.from('80c90001', 'hex'), Buffer.alloc(4), body]);
        plain.writeUInt32BE(ssrc, 4);
        const sealed = ours.protectRtcp(plain);
        expect(werift.decrypt(sealed)).toEqual(plain);
        expect(ours.unprotectRtcp(werift.encrypt(plain))).toEqual(plain);
      }),
      limits,
    );
  });
});

const simple = {
  payloadType: 96,
  marker: false,
  timestamp: 0,
  csrcs: [],
  extension: Buffer.alloc(0),
  padding: 0,
};
