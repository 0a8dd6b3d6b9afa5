import { FastPath, nativeHelper } from './fast-path/index.ts';
import type { NativeSession, PacketSlot } from './fast-path/index.ts';
import type { SrtpMasterKeys, SrtpProfile } from './srtp-parameters.ts';
import { WeriftPath } from './werift-path/index.ts';

/**
 * Which code encrypts, decrypts and parses packets: `fast` is ours; `native` is ours with a native helper that
 * receives, decrypts, encrypts and sends, where there is one for the machine; `werift` is the library's own, several
 * times dearer, for when ours is suspected of a fault.
 */
export type PacketPathName = 'fast' | 'native' | 'werift';

/** Everything between plain RTP and RTCP and what goes over the wire, for one transport. Never throws. */
export type PacketPath = {
  /** Decrypts, perhaps in place; `undefined` for what is forged, replayed or malformed. */
  unprotectRtp(data: Buffer): Buffer | undefined;
  /** Decrypts a compound packet; `undefined` for what is forged, replayed or malformed. */
  unprotectRtcp(data: Buffer): Buffer | undefined;
  /**
   * Encrypts the plain packet at the start of `slot` in place.
   *
   * @returns the length of the protected packet in bytes; 0 when it must not be sent.
   */
  protectRtp(slot: PacketSlot, headerLength: number, length: number): number;
  /** There where encrypting and sending may be one step: `sealOrGather`. */
  readonly native?: NativeSession | undefined;
  /** Encrypts a compound packet. */
  protectRtcp(plain: Buffer): Buffer;
  /** Forgets the state of an outgoing stream that ended. */
  forget(ssrc: number): void;
  /** Wipes what lies outside of JavaScript's memory. */
  close?(): void;
};

/** Makes the packet path of a transport whose DTLS handshake agreed on `profile` and `keys`. */
export function createPacketPath(
  name: PacketPathName,
  profile: SrtpProfile,
  keys: SrtpMasterKeys,
): PacketPath {
  if (name === 'werift') {
    return new WeriftPath(profile, keys);
  }
  return new FastPath(profile, keys, name === 'native' ? nativeHelper().helper : undefined);
}

/** Why this machine cannot take a packet path as it is named, if it cannot: `native` is `fast` where there is no helper. */
export function missingPacketPath(name: PacketPathName): string | undefined {
  const native = name === 'native' ? nativeHelper() : undefined;
  return native !== undefined && native.helper === undefined ? native.why : undefined;
}
