import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../runtime/config/index.ts';
import { createOutboundGuard } from '../../../runtime/config/index.ts';

const byDefault = loadConfig({ cwd: '/nowhere' }).outboundAllowList;

/** A name service of one name. */
const resolvesTo = (...addresses: string[]): Parameters<typeof createOutboundGuard>[1] =>
  // Of the overloads of `lookup` the guard uses this one.
  ((_name: string, _options: object, callback: (error: null, found: object[]) => void) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as Parameters<typeof createOutboundGuard>[1];

const allows = async (
  allowList: readonly string[],
  host: string,
  ...addresses: string[]
): Promise<boolean> => {
  try {
    await createOutboundGuard(allowList, resolvesTo(...addresses)).check(host);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'address-not-allowed' });
    return false;
  }
};

describe('an address to connect to', () => {
  it('is one of the host’s, IPv4 first and then each in turn', async () => {
    const guard = createOutboundGuard(['public'], resolvesTo('2606:4700::1111', '1.1.1.1', '1.0.0.1'));
    const found = await Promise.all([0, 1, 2, 3].map((attempt) => guard.addressOf('one.one', attempt)));
    expect(found).toEqual(['1.1.1.1', '1.0.0.1', '2606:4700::1111', '1.1.1.1']);
    expect(await guard.addressOf('[2606:4700::1111]', 5)).toBe('2606:4700::1111');
  });

  it('is none where one of them is not allowed', async () => {
    const guard = createOutboundGuard(['public'], resolvesTo('1.1.1.1', '10.0.0.1'));
    await expect(guard.addressOf('nas.lan', 0)).rejects.toMatchObject({ code: 'address-not-allowed' });
    await expect(guard.addressOf('10.0.0.1', 0)).rejects.toMatchObject({ code: 'address-not-allowed' });
  });
});

describe('createOutboundGuard', () => {
  it.each([
    '8.8.8.8',
    '2a00:1450::1',
    '192.168.1.5',
    '10.0.0.1',
    '172.20.0.3',
    'fd00::1',
    '127.0.0.1',
    '::1',
  ])('lets the runtime reach %s by default', async (address) => {
    expect(await allows(byDefault, address)).toBe(true);
  });

  it.each(['169.254.169.254', 'fe80::1', '224.0.0.1', '255.255.255.255', '::ffff:169.254.169.254'])(
    'never lets it reach %s, where no server of a user is',
    async (address) => {
      expect(await allows(byDefault, address)).toBe(false);
    },
  );

  it('keeps to public addresses when only they are listed, also wrapped and in brackets', async () => {
    expect(await allows(['public'], '8.8.8.8')).toBe(true);
    for (const address of ['127.0.0.1', '0.0.0.0', '192.168.1.5', '::ffff:10.0.0.1', '[::1]', '100.64.0.1']) {
      expect(await allows(['public'], address)).toBe(false);
    }
  });

  it('looks behind a name, at each of its addresses', async () => {
    expect(await allows(['public'], 'rtmp.example.org', '93.184.216.34')).toBe(true);
    expect(await allows(['public'], 'rtmp.example.org', '93.184.216.34', '10.0.0.1')).toBe(false);
    expect(await allows(['public'], 'rtmp.example.org')).toBe(false);
  });

  it('adds single addresses, networks and names, with their subdomains', async () => {
    const list = ['public', '10.1.0.0/16', '192.168.7.7', 'media.lan', '*.studio.example'];
    expect(await allows(list, '10.1.200.3')).toBe(true);
    expect(await allows(list, '10.2.0.1')).toBe(false);
    expect(await allows(list, '192.168.7.7')).toBe(true);
    expect(await allows(list, '192.168.7.8')).toBe(false);
    expect(await allows(list, 'Media.LAN', '10.9.9.9')).toBe(true);
    expect(await allows(list, 'a.studio.example', '10.9.9.9')).toBe(true);
    expect(await allows(list, 'evil-studio.example', '10.9.9.9')).toBe(false);
  });

  it('allows everything with *', async () => {
    expect(await allows(['*'], '169.254.169.254')).toBe(true);
  });

  it('names the host, its address and the setting when it refuses', async () => {
    await expect(createOutboundGuard(['public'], resolvesTo('10.0.0.1')).check('nas.lan')).rejects.toThrow(
      /"nas\.lan" is at 10\.0\.0\.1.*outboundAllowList/,
    );
  });

  it('refuses a list with an entry it cannot read', () => {
    expect(() => createOutboundGuard(['10.0.0.0/99'])).toThrow(/10\.0\.0\.0\/99/);
    expect(() => createOutboundGuard(['everything!'])).toThrow(/everything!/);
  });
});
