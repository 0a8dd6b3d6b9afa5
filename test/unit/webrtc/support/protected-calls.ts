import { randomBytes } from 'node:crypto';
import { takePacketSlot } from '../../../../runtime/webrtc/fast-path/index.ts';
import type { PacketPath } from '../../../../runtime/webrtc/packet-path.ts';
import { rtpHeaderLength } from '../../../../runtime/webrtc/rtp/packet.ts';
import { srtpProfiles } from '../../../../runtime/webrtc/srtp-parameters.ts';
import type { SrtpMasterKeys, SrtpProfile } from '../../../../runtime/webrtc/srtp-parameters.ts';

/** Both protection profiles, as rows of `describe.each`. */
export const profileRows: [string, SrtpProfile][] = [
  ['AES_CM_128_HMAC_SHA1_80', srtpProfiles.aesCm],
  ['AEAD_AES_128_GCM', srtpProfiles.aesGcm],
];

/** Keys of a peer that hears itself: what it protects it can unprotect. */
export function echoKeys(profile: SrtpProfile): SrtpMasterKeys {
  const key = randomBytes(16);
  const salt = randomBytes(profile === srtpProfiles.aesGcm ? 12 : 14);
  return { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };
}

/** A bare RTP packet. */
export function plainPacket(sequence: number, payload: Buffer, ssrc = 0x11223344): Buffer {
  const packet = Buffer.alloc(12 + payload.length);
  packet[0] = 0x80;
  packet[1] = 96;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(1000 + sequence, 4);
  packet.writeUInt32BE(ssrc, 8);
  payload.copy(packet, 12);
  return packet;
}

/** The packet as it goes over the wire. */
export function protect(path: PacketPath, plain: Buffer): Buffer {
  const slot = takePacketSlot();
  plain.copy(slot.bytes);
  const headerLength = rtpHeaderLength(plain, plain.length);
  return Buffer.from(slot.bytes.subarray(0, path.protectRtp(slot, headerLength, plain.length)));
}
