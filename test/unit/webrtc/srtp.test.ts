import { randomBytes } from 'node:crypto';
import { ProtectionProfileAes128CmHmacSha1_80, RtpHeader, SrtpSession } from 'werift';
import { describe, expect, it } from 'vitest';
import { deriveSrtpSessionKeys } from '../../../runtime/webrtc/fast-path/srtp/key-derivation.ts';
import { SrtpKeyStream } from '../../../runtime/webrtc/fast-path/srtp/key-stream.ts';
import { takePacketSlot } from '../../../runtime/webrtc/fast-path/srtp/packet-slot.ts';
import { SrtpReceiver } from '../../../runtime/webrtc/fast-path/srtp/srtp-receiver.ts';
import { SrtpSender } from '../../../runtime/webrtc/fast-path/srtp/srtp-sender.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const masterKey = randomBytes(16);
const masterSalt = randomBytes(14);

function plainPacket(sequence: number, payload: Buffer, ssrc = 0x11223344): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = 96;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(1000 + sequence, 4);
  packet.writeUInt32BE(ssrc, 8);
  payload.copy(packet, 12);
  return packet;
}

function protect(sender: SrtpSender, plain: Buffer): Buffer {
  const slot = takePacketSlot();
  plain.copy(slot.bytes);
  return Buffer.from(slot.bytes.subarray(0, sender.protect(slot, 12, plain.length)));
}

function werift(): SrtpSession {
  return new SrtpSession({
    profile: ProtectionProfileAes128CmHmacSha1_80,
    keys: {
      localMasterKey: masterKey,
      localMasterSalt: masterSalt,
      remoteMasterKey: masterKey,
      remoteMasterSalt: masterSalt,
    },
  });
}

describe('SRTP', () => {
  it('derives the session keys of RFC 3711 appendix B.3', () => {
    const keys = deriveSrtpSessionKeys(
      hex('E1F97A0D3E018BE0D64FA32C06DE4139'),
      hex('0EC675AD498AFEEBB6960B3AABE6'),
    );
    expect(keys.encryptionKey).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(keys.authenticationKey).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('makes the key stream of RFC 3711 appendix B.2', () => {
    const stream = new SrtpKeyStream(
      hex('2B7E151628AED2A6ABF7158809CF4F3C'),
      hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
    );
    const bytes = new Uint8Array(48);
    stream.apply(bytes, undefined, 0, 48, 0, 0, 0);
    expect(Buffer.from(bytes)).toEqual(
      hex(
        'E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0',
      ),
    );
  });

  it('encrypts what werift decrypts, at any length', () => {
    const sender = new SrtpSender(masterKey, masterSalt);
    const receiver = werift();
    for (let i = 0; i < 300; i++) {
      const plain = plainPacket(i, randomBytes((i * 7) % 1400));
      expect(receiver.decrypt(protect(sender, plain))).toEqual(plain);
    }
  });

  it('decrypts what werift encrypts, across the wrap of the sequence number', () => {
    const sender = werift();
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    for (let i = 65_400; i < 65_700; i++) {
      const payload = randomBytes(i % 1200);
      const header = new RtpHeader({ sequenceNumber: i & 0xffff, ssrc: 9, payloadType: 96, timestamp: i });
      const plain = receiver.unprotect(Buffer.from(sender.encrypt(payload, header)));
      expect(plain?.subarray(12)).toEqual(payload);
    }
  });

  it('keeps the roll-over counter right over several cycles', () => {
    const sender = new SrtpSender(masterKey, masterSalt);
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    for (let i = 0; i < 65_536 * 3; i += 331) {
      const plain = plainPacket(i & 0xffff, Buffer.from([1, 2, 3]));
      expect(receiver.unprotect(protect(sender, plain))).toEqual(plain);
    }
  });

  it('sends a packet of before the wrap again so that it still decrypts', () => {
    const sender = new SrtpSender(masterKey, masterSalt);
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    const late = plainPacket(65_300, Buffer.from('late'));
    for (let i = 65_200; i < 65_536 + 300; i++) {
      if (i !== 65_300) {
        expect(receiver.unprotect(protect(sender, plainPacket(i & 0xffff, Buffer.from('x'))))).toBeDefined();
      }
    }
    expect(receiver.unprotect(protect(sender, late))).toEqual(late);
    const next = plainPacket(300, Buffer.from('next'));
    expect(receiver.unprotect(protect(sender, next))).toEqual(next);
  });

  it('refuses a replayed packet and goes on', () => {
    const sender = new SrtpSender(masterKey, masterSalt);
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    const sealed = protect(sender, plainPacket(1, Buffer.from('one')));
    expect(receiver.unprotect(Buffer.from(sealed))).toBeDefined();
    expect(receiver.unprotect(Buffer.from(sealed))).toBeUndefined();
    expect(receiver.unprotect(protect(sender, plainPacket(2, Buffer.from('two'))))).toBeDefined();
  });

  it('takes packets out of order, each once', () => {
    const sender = new SrtpSender(masterKey, masterSalt);
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    const sealed = Array.from({ length: 200 }, (_, i) =>
      protect(sender, plainPacket((65_450 + i) & 0xffff, Buffer.from([i]))),
    );
    const shuffled = sealed.map((_, i) => sealed[(i * 77) % 200]!);
    const accepted = shuffled.filter((packet) => receiver.unprotect(Buffer.from(packet)) !== undefined);
    expect(accepted.length).toBe(200);
    expect(shuffled.some((packet) => receiver.unprotect(Buffer.from(packet)) !== undefined)).toBe(false);
  });

  it('refuses forged packets without harm to the stream', () => {
    const sender = new SrtpSender(masterKey, masterSalt);
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    for (let i = 0; i < 500; i++) {
      const sealed = protect(sender, plainPacket(i, randomBytes(50)));
      const forged = Buffer.from(sealed);
      const at = i % forged.length;
      forged[at] = forged[at]! ^ 0x41;
      expect(receiver.unprotect(forged)).toBeUndefined();
      expect(receiver.unprotect(sealed)).toBeDefined();
    }
  });

  it('survives arbitrary bytes', () => {
    const receiver = new SrtpReceiver(masterKey, masterSalt);
    for (let i = 0; i < 5000; i++) {
      const garbage = randomBytes(i % 120);
      garbage[0] = 0x80 | ((garbage[0] ?? 0) & 0x3f);
      expect(receiver.unprotect(garbage)).toBeUndefined();
    }
  });
});
