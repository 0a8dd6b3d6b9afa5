import { callTreeOf, visitCalls } from '../cpu-profile.ts';
import type { Call, CallFrame, CpuProfile } from '../cpu-profile.ts';

/** What happens to a packet on its way through a worker. */
export const packetSteps = [
  'receive',
  'unprotect',
  'parse',
  'route',
  'header',
  'encrypt',
  'authenticate',
  'system call',
  'garbage collection',
  'timers',
  'other',
] as const;

export type PacketStep = (typeof packetSteps)[number];

type Rule = { step: PacketStep; matches: (frame: CallFrame) => boolean };

const named = (step: PacketStep, functions: RegExp, files = /./): Rule =>
  ({
    step,
    matches: ({ functionName, url }: CallFrame) => functions.test(functionName) && files.test(url),
  }) as const;
const file = (step: PacketStep, files: RegExp): Rule => ({ step, matches: ({ url }) => files.test(url) });

/** Whatever is called on the way belongs to it: decrypting uses the same cipher as encrypting. */
const enclosing: readonly Rule[] = [named('unprotect', /^unprotect|^decrypt/, /runtime\/webrtc|werift/)];

/** By the nearest caller that one of them knows. */
const nearest: readonly Rule[] = [
  { step: 'garbage collection', matches: ({ functionName }) => functionName === '(garbage collector)' },
  // Outside of JavaScript a worker waits for datagrams and takes them from the kernel.
  { step: 'receive', matches: ({ functionName }) => functionName === '(program)' },
  named('receive', /^onMessage$/, /^node:dgram/),
  { step: 'system call', matches: ({ functionName, url }) => url === '' && /^send/.test(functionName) },
  file('system call', /^node:dgram|fast-path\/wire\/|werift-repairs\/udp-socket/),
  file('authenticate', /srtp\/authenticator/),
  named('encrypt', /^encrypt|^protect|^apply$|^seal/, /srtp|packet-path|fast-path|werift/),
  file('encrypt', /fast-path\/|srtp\/cipher/),
  named(
    'parse',
    /^parseRtp|^rtpHeaderLength$|^deSerialize$|^read|^findExtension$|ExtensionsParser$|^deserialize/,
  ),
  file('parse', /runtime\/webrtc\/rtp\/|webrtc\/codec\/(?:key-frame|picture-facts)/),
  file('header', /runtime\/webrtc\/(?:send|codec)\//),
  named('header', /^(?:writeRtp|sendRtp|serialize|clone|ntpTime|_?RtpHeader|_?RtpPacket)$/),
  file('route', /runtime\/webrtc\/|werift\/lib\//),
  file('timers', /^node:internal\/(?:timers|process\/task_queues)|^node:timers/),
];

/** Processor time of each step in microseconds, idle time left out. */
export function stepMicroseconds(profile: CpuProfile): Record<PacketStep, number> {
  const sums = Object.fromEntries(packetSteps.map((step) => [step, 0])) as Record<PacketStep, number>;
  visitCalls(callTreeOf(profile), (call) => {
    if (call.selfMicroseconds > 0) {
      sums[stepOf(call)] += call.selfMicroseconds;
    }
  });
  return sums;
}

function stepOf(call: Call): PacketStep {
  return firstMatch(enclosing, call) ?? firstMatch(nearest, call) ?? 'other';
}

function firstMatch(rules: readonly Rule[], call: Call): PacketStep | undefined {
  for (let at: Call | undefined = call; at !== undefined; at = at.parent) {
    const { frame } = at;
    const rule = rules.find(({ matches }) => matches(frame));
    if (rule !== undefined) {
      return rule.step;
    }
  }
  return undefined;
}
