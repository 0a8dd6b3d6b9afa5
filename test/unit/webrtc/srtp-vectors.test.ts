import { SrtcpSession as WeriftSrtcpSession } from 'werift';
import { describe, expect, it } from 'vitest';
import { takePacketSlot } from '../../../runtime/webrtc/fast-path/index.ts';
import { AesGcmCipher } from '../../../runtime/webrtc/fast-path/srtp/aes-gcm-cipher.ts';
import { deriveSrtpSessionKeys } from '../../../runtime/webrtc/fast-path/srtp/key-derivation.ts';
import { SrtpCounterCipher, SrtpKeyStream } from '../../../runtime/webrtc/fast-path/srtp/key-stream.ts';
import { createPacketPath } from '../../../runtime/webrtc/packet-path.ts';
import type { PacketPathName } from '../../../runtime/webrtc/packet-path.ts';
import { srtpProfiles } from '../../../runtime/webrtc/srtp-parameters.ts';
import type { SrtpProfile } from '../../../runtime/webrtc/srtp-parameters.ts';
import { protect } from './support/protected-calls.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

function echoPath(name: PacketPathName, profile: SrtpProfile, masterKey: Buffer, masterSalt: Buffer) {
  return createPacketPath(name, profile, {
    localMasterKey: masterKey,
    localMasterSalt: masterSalt,
    remoteMasterKey: masterKey,
    remoteMasterSalt: masterSalt,
  });
}

describe('AES_CM_128_HMAC_SHA1_80 (RFC 3711)', () => {
  const masterKey = hex('E1F97A0D3E018BE0D64FA32C06DE4139');
  const masterSalt = hex('0EC675AD498AFEEBB6960B3AABE6');

  it('derives the session keys of appendix B.3', () => {
    const keys = deriveSrtpSessionKeys(masterKey, masterSalt);
    expect(keys.encryptionKey).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
    expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
    expect(keys.authenticationKey).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
  });

  it('makes the key stream of appendix B.2, its first blocks and its last', () => {
    const cipher = new SrtpCounterCipher(
      hex('2B7E151628AED2A6ABF7158809CF4F3C'),
      hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
    );
    const bytes = Buffer.alloc(48);
    new SrtpKeyStream(cipher, 0).apply(bytes, 0, 48, 0);
    expect(bytes).toEqual(
      hex(
        'E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0',
      ),
    );
  });

  it.each(['fast', 'native', 'werift'] as const)(
    'makes the reference packet of libsrtp (%s path)',
    (name) => {
      const path = echoPath(name, srtpProfiles.aesCm, masterKey, masterSalt);
      const plain = hex('800F1234 DECAFBAD CAFEBABE ABABABAB ABABABAB ABABABAB ABABABAB');
      const sealed = hex(
        '800F1234 DECAFBAD CAFEBABE 4E55DC4C E79978D8 8CA4D215 949D2402 B78D6ACC 99EA179B 8DBB',
      );
      expect(protect(path, plain)).toEqual(sealed);
      expect(path.unprotectRtp(Buffer.from(sealed))).toEqual(plain);
    },
  );
});

describe('AEAD_AES_128_GCM (RFC 7714)', () => {
  const sessionKey = hex('000102030405060708090a0b0c0d0e0f');
  const sessionSalt = hex('517569642070726f2071756f');
  const plainRtp = hex(
    `8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070
     61727465 73207472 6573`,
  );
  const sealedRtp = hex(
    `8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
     51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`,
  );
  const plainRtcp = hex(
    `81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef
     deadbeef deadbeef deadbeef`,
  );
  const sealedRtcp = hex(
    `81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda
     4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4`,
  );

  it('encrypts and decrypts the RTP packet of section 16.1', () => {
    const cipher = new AesGcmCipher({
      encryptionKey: sessionKey,
      authenticationKey: Buffer.alloc(0),
      salt: sessionSalt,
    });
    const slot = takePacketSlot();
    plainRtp.copy(slot.bytes);
    cipher.stream(0x5501a0b2).seal(slot, 12, plainRtp.length, 0xf17b);
    expect(slot.bytes.subarray(0, sealedRtp.length)).toEqual(sealedRtp);

    const opened = Buffer.from(sealedRtp);
    expect(cipher.stream(0x5501a0b2).open(opened, 12, plainRtp.length, 0xf17b)).toBe(true);
    expect(opened.subarray(0, plainRtp.length)).toEqual(plainRtp);
  });

  it('encrypts and decrypts the RTCP packet of section 17.1, as werift has it', () => {
    const keys = {
      localMasterKey: sessionKey,
      localMasterSalt: sessionSalt,
      remoteMasterKey: sessionKey,
      remoteMasterSalt: sessionSalt,
    };
    const session = new WeriftSrtcpSession({ profile: srtpProfiles.aesGcm, keys });
    // The section gives session keys, so what werift derived of them is put aside.
    for (const { cipher } of [session.localContext, session.remoteContext]) {
      cipher.srtcpSessionKey = sessionKey;
      cipher.srtcpSessionSalt = sessionSalt;
    }
    session.localContext.setIndex(0x4d617273, 0x5d3);
    expect(session.encrypt(plainRtcp)).toEqual(sealedRtcp);
    expect(session.decrypt(Buffer.from(sealedRtcp))).toEqual(plainRtcp);
  });

  it.each(['fast', 'native', 'werift'] as const)(
    'makes the reference packets of libsrtp (%s path)',
    (name) => {
      const path = echoPath(name, srtpProfiles.aesGcm, sessionKey, hex('a0a1a2a3a4a5a6a7a8a9aaab'));
      const rtp = hex('800F1234 DECAFBAD CAFEBABE ABABABAB ABABABAB ABABABAB ABABABAB');
      const sealed = hex(
        `800F1234 DECAFBAD CAFEBABE C5002EDE 04CFDD2E B91159E0 880AA06E D2976826 F796B201 DF3131A1
       27E8A392`,
      );
      expect(protect(path, rtp)).toEqual(sealed);
      expect(path.unprotectRtp(Buffer.from(sealed))).toEqual(rtp);

      const rtcp = hex('81C8000B CAFEBABE ABABABAB ABABABAB ABABABAB ABABABAB');
      const sealedRtcpPacket = hex(
        `81C8000B CAFEBABE C98B8B5D F0392A55 852B6C21 AC8E7025 C52C6FBE A2B3B446 EA31123B A88CE61E
       80000001`,
      );
      expect(path.protectRtcp(rtcp)).toEqual(sealedRtcpPacket);
      expect(path.unprotectRtcp(Buffer.from(sealedRtcpPacket))).toEqual(rtcp);
    },
  );
});
