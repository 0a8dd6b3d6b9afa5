import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import type { WebRtcSettings } from './settings.ts';

/** A socket to bind and the addresses under which others reach it. */
export type HostAddress = { bind: string; announce: string[] };

/**
 * Where a peer listens and what it announces: the configured addresses, or every interface of the machine
 * through one wildcard socket per address family. Loopback comes last, for browsers on the same machine.
 */
export function hostAddresses(settings: WebRtcSettings): HostAddress[] {
  const announced = settings.announcedAddresses ?? [];
  const extra = (v6: boolean) => announced.filter((address) => isIPv6(address) === v6);
  if (settings.bindAddresses !== undefined && settings.bindAddresses.length > 0) {
    return settings.bindAddresses.map((bind) => ({
      bind,
      announce: [...extra(isIPv6(bind)), ...(isWildcard(bind) ? interfaceAddresses(isIPv6(bind)) : [bind])],
    }));
  }
  const result: HostAddress[] = [
    { bind: '0.0.0.0', announce: [...extra(false), ...interfaceAddresses(false), '127.0.0.1'] },
  ];
  const v6 = [...extra(true), ...interfaceAddresses(true)];
  if (v6.length > 0) {
    result.push({ bind: '::', announce: v6 });
  }
  return result;
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function interfaceAddresses(v6: boolean): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(
      (address) =>
        !address.internal &&
        (address.family === 'IPv6') === v6 &&
        // Link-local addresses need a scope that the other side cannot know.
        !address.address.startsWith('fe80:') &&
        !address.address.startsWith('169.254.'),
    )
    .map((address) => address.address);
}
