import { lookup as resolveAddresses } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { RoomflowError } from '../contract/index.ts';

/** Decides where the runtime may connect to on behalf of a caller: RTMP destinations, images. */
export type OutboundGuard = {
  /**
   * Resolves the host and checks every address it has.
   *
   * @throws RoomflowError `address-not-allowed` when the allow-list has no place for it; the error of the resolver
   * when the name is unknown.
   */
  check(host: string): Promise<void>;
  /**
   * An address of the host for a program that makes the connection itself and is not to look the name up once more.
   * IPv4 comes first; each further attempt takes the next address.
   *
   * @throws as {@link OutboundGuard.check}
   */
  addressOf(host: string, attempt: number): Promise<string>;
  /** Name resolution for a socket: gives it only allowed addresses, so a name cannot change between check and use. */
  lookup: LookupFunction;
};

type Kind = 'public' | 'private' | 'loopback' | 'special';

const networks = (...cidrs: string[]): BlockList => {
  const list = new BlockList();
  for (const cidr of cidrs) addNetwork(list, cidr);
  return list;
};

const addNetwork = (list: BlockList, cidr: string): void => {
  const [address = '', prefix] = cidr.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
};

const loopback = networks('127.0.0.0/8', '0.0.0.0/8', '::1', '::');
const privateNetworks = networks(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
);
/**
 * Neither a place of the Internet nor of a local network (RFC 6890): link-local, where clouds answer with their
 * machine's secrets, multicast, documentation and reserved ranges, and addresses that only wrap another one.
 */
const special = networks(
  ...['169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', 'fe80::/10', 'ff00::/8', '2001:db8::/32', '64:ff9b::/96', '2002::/16'],
);

/** What kind of network an address lies in. IPv4 addresses wrapped into IPv6 count as what they wrap. */
const kindOf = (address: string): Kind => {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (loopback.check(address, family)) return 'loopback';
  if (privateNetworks.check(address, family)) return 'private';
  return special.check(address, family) ? 'special' : 'public';
};

type AllowList = {
  kinds: ReadonlySet<string>;
  networks: BlockList;
  hosts: readonly string[];
  everything: boolean;
};

const kindNames = ['public', 'private', 'loopback'];

/** @throws RoomflowError `invalid-config` for an entry that is neither word, network, address nor host name. */
const readAllowList = (entries: readonly string[]): AllowList => {
  const list: AllowList = {
    kinds: new Set(entries.filter((entry) => kindNames.includes(entry))),
    networks: new BlockList(),
    hosts: entries.filter(isHostPattern).map((entry) => entry.toLowerCase()),
    everything: entries.includes('*'),
  };
  for (const entry of entries) {
    if (entry === '*' || kindNames.includes(entry) || isHostPattern(entry)) continue;
    try {
      addNetwork(list.networks, entry);
    } catch (cause) {
      throw new RoomflowError(
        'invalid-config',
        `outboundAllowList holds "${entry}", which is no network. Use public, private, loopback, *, an address, a network such as 10.1.0.0/16, or a host name.`,
        { cause },
      );
    }
  }
  return list;
};

const isHostPattern = (entry: string): boolean =>
  !kindNames.includes(entry) && isIP(entry) === 0 && /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.?$/i.test(entry);

/** Whether a connection to `address`, found under the name `host`, is allowed. */
const isAllowed = (list: AllowList, host: string, address: string): boolean =>
  list.everything ||
  list.kinds.has(kindOf(address)) ||
  list.networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') ||
  list.hosts.some((pattern) =>
    pattern.startsWith('*.') ? host.toLowerCase().endsWith(pattern.slice(1)) : host.toLowerCase() === pattern,
  );

/**
 * @param allowList - Entries of the setting `outboundAllowList`.
 * @throws RoomflowError `invalid-config`
 */
export function createOutboundGuard(
  allowList: readonly string[],
  resolve: typeof resolveAddresses = resolveAddresses,
): OutboundGuard {
  const list = readAllowList(allowList);
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 4);
        return;
      }
      const refused = addresses.find(({ address }) => !isAllowed(list, hostname, address));
      const [first] = addresses;
      if (refused !== undefined || first === undefined) {
        callback(refusal(hostname, refused?.address ?? 'nothing'), '', 4);
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
  const addressesOf = (host: string): Promise<string[]> => {
    const name = host.replace(/^\[|\]$/g, '');
    if (isIP(name) !== 0) {
      return isAllowed(list, name, name) ? Promise.resolve([name]) : Promise.reject(refusal(host, name));
    }
    return new Promise((fulfil, reject) => {
      lookup(name, { all: true }, (error, addresses) => {
        if (error) reject(error);
        else fulfil([addresses].flat().map((found) => (typeof found === 'string' ? found : found.address)));
      });
    });
  };
  return {
    lookup,
    async check(host) {
      await addressesOf(host);
    },
    async addressOf(host, attempt) {
      const addresses = (await addressesOf(host)).toSorted((one, other) => isIP(one) - isIP(other));
      return addresses[attempt % addresses.length] ?? '';
    },
  };
}

const refusal = (host: string, address: string): RoomflowError =>
  new RoomflowError(
    'address-not-allowed',
    `"${host}" is at ${address}, where this runtime may not connect to. Use another address, or let the operator add it to outboundAllowList.`,
  );
