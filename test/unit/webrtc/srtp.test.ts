import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPacketPath } from '../../../runtime/webrtc/packet-path.ts';
import type { PacketPath, PacketPathName } from '../../../runtime/webrtc/packet-path.ts';
import { srtpProfiles } from '../../../runtime/webrtc/srtp-parameters.ts';
import { echoKeys, plainPacket, profileRows, protect } from './support/protected-calls.ts';

const paths: PacketPathName[] = ['fast', 'native', 'werift'];
const rows = paths.flatMap((name) =>
  profileRows.map(([profileName, profile]) => ({ name, profileName, profile })),
);

describe.each(rows)('SRTP with $profileName on the $name path', ({ name, profile }) => {
  const echo = (): PacketPath => createPacketPath(name, profile, echoKeys(profile));

  it('keeps the roll-over counter right over several cycles', () => {
    const path = echo();
    for (let i = 0; i < 65_536 * 3; i += 61) {
      const plain = plainPacket(i, Buffer.from([1, 2, 3]));
      expect(path.unprotectRtp(protect(path, plain))).toEqual(plain);
    }
  });

  it('refuses a replayed packet and goes on', () => {
    const path = echo();
    const sealed = protect(path, plainPacket(1, Buffer.from('one')));
    expect(path.unprotectRtp(Buffer.from(sealed))).toBeDefined();
    expect(path.unprotectRtp(Buffer.from(sealed))).toBeUndefined();
    expect(path.unprotectRtp(protect(path, plainPacket(2, Buffer.from('two'))))).toBeDefined();
  });

  it('takes packets out of order across the wrap, each once', () => {
    const path = echo();
    const sealed = Array.from({ length: 90 }, (_, i) =>
      protect(path, plainPacket(65_490 + i, Buffer.from([i]))),
    );
    // The first one begins the stream: what is before it is of no known cycle.
    const shuffled = sealed.map((_, i) => sealed[(i * 37) % 90] ?? Buffer.alloc(0));
    const accepted = shuffled.filter((packet) => path.unprotectRtp(Buffer.from(packet)) !== undefined);
    expect(accepted.length).toBe(90);
    expect(shuffled.some((packet) => path.unprotectRtp(Buffer.from(packet)) !== undefined)).toBe(false);
  });

  it('refuses forged packets without harm to the stream', () => {
    const path = echo();
    for (let i = 0; i < 300; i++) {
      const sealed = protect(path, plainPacket(i, randomBytes(50)));
      const forged = Buffer.from(sealed);
      const at = i % forged.length;
      forged[at] = (forged[at] ?? 0) ^ 0x41;
      expect(path.unprotectRtp(forged)).toBeUndefined();
      expect(path.unprotectRtp(sealed)).toBeDefined();
    }
  });

  it('gives back padding, of which probes are made', () => {
    const path = echo();
    const plain = plainPacket(1, Buffer.alloc(224));
    plain[0] = 0xa0;
    plain[plain.length - 1] = 224;
    expect(path.unprotectRtp(protect(path, plain))).toEqual(plain);
  });

  it('refuses a replayed or forged RTCP packet and goes on', () => {
    const path = echo();
    const plain = Buffer.from('81c9000711223344aabbccdd', 'hex');
    const sealed = path.protectRtcp(plain);
    const forged = Buffer.from(sealed);
    forged[9] = (forged[9] ?? 0) ^ 1;
    expect(path.unprotectRtcp(forged)).toBeUndefined();
    expect(path.unprotectRtcp(Buffer.from(sealed))).toEqual(plain);
    expect(path.unprotectRtcp(Buffer.from(sealed))).toBeUndefined();
    expect(path.unprotectRtcp(path.protectRtcp(plain))).toEqual(plain);
  });

  it('keeps what it knows of a stream when others come without end', () => {
    const path = echo();
    for (let ssrc = 1; ssrc <= 1000; ssrc++) {
      const plain = plainPacket(7, Buffer.from('new'), ssrc);
      expect(path.unprotectRtp(protect(path, plain))).toEqual(plain);
    }
    const next = plainPacket(8, Buffer.from('next'), 1000);
    expect(path.unprotectRtp(protect(path, next))).toEqual(next);
  });

  it('never loses count of a stream that goes on while others come and go', () => {
    const path = echo();
    for (let i = 0; i < 100; i++) {
      const speech = plainPacket((65_500 + i) & 0xffff, Buffer.from('speech'), 5);
      expect(path.unprotectRtp(protect(path, speech))).toEqual(speech);
      for (let other = 0; other < 10; other++) {
        const plain = plainPacket(7, Buffer.from('new'), 1000 + i * 10 + other);
        expect(path.unprotectRtp(protect(path, plain))).toEqual(plain);
      }
    }
  });
});

describe('a packet of before the first number of its stream', () => {
  it('is sent within the first cycle, and not before it, where receivers would lose count', () => {
    const path = createPacketPath('fast', srtpProfiles.aesCm, echoKeys(srtpProfiles.aesCm));
    expect(path.unprotectRtp(protect(path, plainPacket(3, Buffer.from('first'))))).toBeDefined();
    const before = plainPacket(2, Buffer.from('before'));
    expect(path.unprotectRtp(protect(path, before))).toEqual(before);
    expect(protect(path, plainPacket(65_530, Buffer.from('too early'))).length).toBe(0);
    const next = plainPacket(4, Buffer.from('next'));
    expect(path.unprotectRtp(protect(path, next))).toEqual(next);
  });
});

describe('a stream that ended', () => {
  it.each([srtpProfiles.aesCm, srtpProfiles.aesGcm])(
    'is never encrypted again, under indices that were used (profile %i)',
    (profile) => {
      const path = createPacketPath('fast', profile, echoKeys(profile));
      for (let i = 65_000; i < 65_536 + 100; i++) {
        protect(path, plainPacket(i, Buffer.from('picture')));
      }
      path.forget(plainPacket(0, Buffer.alloc(1)).readUInt32BE(8));
      expect(protect(path, plainPacket(65_001, Buffer.from('secret!'))).length).toBe(0);
      expect(protect(path, plainPacket(100, Buffer.from('late'))).length).toBe(0);
    },
  );
});

describe('a packet that is sent again', () => {
  it('of before the wrap still decrypts with AES_CM', () => {
    const path = createPacketPath('fast', srtpProfiles.aesCm, echoKeys(srtpProfiles.aesCm));
    const late = plainPacket(65_300, Buffer.from('late'));
    for (let i = 65_200; i < 65_536 + 300; i++) {
      if (i !== 65_300) {
        expect(path.unprotectRtp(protect(path, plainPacket(i, Buffer.from('x'))))).toBeDefined();
      }
    }
    expect(path.unprotectRtp(protect(path, late))).toEqual(late);
    const next = plainPacket(65_536 + 300, Buffer.from('next'));
    expect(path.unprotectRtp(protect(path, next))).toEqual(next);
  });

  it('is not encrypted with GCM, which would give its authentication key away', () => {
    const path = createPacketPath('fast', srtpProfiles.aesGcm, echoKeys(srtpProfiles.aesGcm));
    const first = plainPacket(5, Buffer.from('once'));
    expect(protect(path, first).length).toBe(first.length + 16);
    const again = Buffer.from(first);
    again[1] = 0xe0;
    expect(protect(path, again).length).toBe(0);
    expect(protect(path, plainPacket(4, Buffer.from('late but new'))).length).toBeGreaterThan(0);
  });
});
