import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacketPath } from '../../../runtime/webrtc/packet-path.ts';
import type { PacketPathName } from '../../../runtime/webrtc/packet-path.ts';
import { echoKeys, plainPacket, profileRows, protect } from './support/protected-calls.ts';

const paths: PacketPathName[] = ['fast', 'native', 'werift'];
const rows = paths.flatMap((name) =>
  profileRows.map(([profileName, profile]) => ({ name, profileName, profile })),
);

/** Bounded, since each row is run every time; a seed that fails is told. */
const limits = { numRuns: 400, interruptAfterTimeLimit: 1000, markInterruptAsFailure: false };

/** What a network or an attacker does to a packet. */
const mutations = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), at: fc.nat(), to: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('append' as const),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 2100 }),
  }),
);

function mutate(packet: Buffer, mutation: typeof mutations extends fc.Arbitrary<infer T> ? T : never) {
  switch (mutation.kind) {
    case 'change': {
      const changed = Buffer.from(packet);
      const at = mutation.at % changed.length;
      changed[at] = (changed[at] ?? 0) ^ mutation.to;
      return changed;
    }
    case 'cut':
      return Buffer.from(packet.subarray(0, mutation.at % packet.length));
    case 'append':
      return Buffer.concat([packet, mutation.bytes]);
  }
}

describe.each(rows)('what strangers send, with $profileName on the $name path', ({ name, profile }) => {
  const path = createPacketPath(name, profile, echoKeys(profile));
  let sequence = 0;

  /** A call that goes on: the test of that nothing has been harmed. */
  function goesOn(): void {
    const plain = plainPacket(++sequence, Buffer.from('goes on'));
    expect(path.unprotectRtp(protect(path, plain))).toEqual(plain);
  }

  it('is refused when it is arbitrary', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2100, size: 'max' }), fc.boolean(), (bytes, versionTwo) => {
        const data = Buffer.from(bytes);
        if (versionTwo && data.length > 0) {
          data[0] = 0x80 | ((data[0] ?? 0) & 0x3f);
        }
        expect(path.unprotectRtp(Buffer.from(data))).toBeUndefined();
        expect(path.unprotectRtcp(data)).toBeUndefined();
      }),
      limits,
    );
    goesOn();
  });

  it('is refused when it is a packet of the call, changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), mutations, (payload, mutation) => {
        const sealed = protect(path, plainPacket(++sequence, Buffer.from(payload)));
        expect(path.unprotectRtp(mutate(sealed, mutation))).toBeUndefined();
        expect(path.unprotectRtp(sealed)).toBeDefined();
        const report = path.protectRtcp(Buffer.concat([Buffer.from('80c9000111223344', 'hex'), payload]));
        expect(path.unprotectRtcp(mutate(report, mutation))).toBeUndefined();
        expect(path.unprotectRtcp(report)).toBeDefined();
      }),
      limits,
    );
    goesOn();
  });
});
