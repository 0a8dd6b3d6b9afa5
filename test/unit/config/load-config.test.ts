import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../runtime/config/index.ts';
import { RoomflowError } from '../../../runtime/contract/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

function refusalOf(load: () => unknown): RoomflowError {
  try {
    load();
  } catch (error) {
    if (error instanceof RoomflowError) {
      return error;
    }
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('loadConfig', () => {
  it('works with nothing set, on the loopback address only', async () => {
    await using folder = await temporaryDirectory();
    const config = loadConfig({ cwd: folder.path });
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 7890,
      publicUrl: 'http://127.0.0.1:7890',
      dataDirectory: join(folder.path, 'data'),
      recordingsDirectory: join(folder.path, 'data', 'recordings'),
      databaseFile: join(folder.path, 'data', 'roomflow.db'),
      reconnectGraceMs: 15_000,
    });
    expect(config.workers).toBeGreaterThanOrEqual(1);
  });

  it('lets flags go before the environment, the environment before the file, the file before defaults', async () => {
    await using folder = await temporaryDirectory();
    const file = { port: 1001, host: 'file.test', reconnectGraceMs: 3, logLevel: 'warn' };
    writeFileSync(join(folder.path, 'roomflow.json'), JSON.stringify(file));
    const config = loadConfig({
      cwd: folder.path,
      env: { ROOMFLOW_PORT: '1002', ROOMFLOW_HOST: 'environment.test', ROOMFLOW_LOG_LEVEL: '' },
      flags: { port: '1003', config: undefined },
    });
    expect(config).toMatchObject({
      port: 1003,
      host: 'environment.test',
      reconnectGraceMs: 3,
      logLevel: 'warn',
    });
  });

  it('takes folders that a file names relative to the working folder, and the file from --config', async () => {
    await using folder = await temporaryDirectory();
    writeFileSync(join(folder.path, 'other.json'), JSON.stringify({ dataDirectory: 'kept' }));
    const config = loadConfig({ cwd: folder.path, flags: { config: 'other.json' } });
    expect(config.recordingsDirectory).toBe(join(folder.path, 'kept', 'recordings'));
  });

  it('reads lists, ranges, switches and objects from text', () => {
    const config = loadConfig({
      cwd: '/',
      env: {
        ROOMFLOW_ANNOUNCED_ADDRESSES: '203.0.113.7, 2001:db8::7',
        ROOMFLOW_UDP_PORT_RANGE: '40000-40100',
        ROOMFLOW_ICE_SERVERS: 'stun:one.test,stun:two.test',
        ROOMFLOW_TRUST_PROXY: '1',
      },
      flags: { 'bind-addresses': '["10.0.0.1"]', 'webhook-timeout-ms': '250' },
    });
    expect(config).toMatchObject({
      announcedAddresses: ['203.0.113.7', '2001:db8::7'],
      bindAddresses: ['10.0.0.1'],
      udpPortRange: { min: 40_000, max: 40_100 },
      iceServers: [{ urls: 'stun:one.test' }, { urls: 'stun:two.test' }],
      trustProxy: true,
      webhookTimeoutMs: 250,
    });
  });

  it('reports every error at once, with its pointer, the received value and where it came from', () => {
    const refusal = refusalOf(() =>
      loadConfig({
        cwd: '/',
        env: { ROOMFLOW_PORT: 'eighty', ROOMFLOW_NO_SUCH_KEY: '1' },
        flags: { 'log-level': 'loud', workers: '0' },
      }),
    );
    expect(refusal.code).toBe('invalid-config');
    expect(refusal.details?.map(({ pointer }) => pointer).sort()).toEqual([
      '/logLevel',
      '/noSuchKey',
      '/port',
      '/workers',
    ]);
    expect(refusal.message).toContain('"eighty", from environment variable ROOMFLOW_PORT');
    expect(refusal.message).toContain('must be one of trace, debug');
    expect(refusal.message).toContain('flag --log-level');
  });

  it.each([
    ['nothing', {}, {}, 'fast'],
    ['the environment', { ROOMFLOW_PACKET_PATH: 'werift' }, {}, 'werift'],
    ['a flag', { ROOMFLOW_PACKET_PATH: 'werift' }, { 'packet-path': 'fast' }, 'fast'],
  ])('lets %s choose the packet path', (_, env, flags, chosen) => {
    expect(loadConfig({ cwd: '/', env, flags }).packetPath).toBe(chosen);
  });

  it('refuses a packet path that there is none of', () => {
    const refusal = refusalOf(() => loadConfig({ cwd: '/', env: { ROOMFLOW_PACKET_PATH: 'faster' } }));
    expect(refusal.details).toMatchObject([{ pointer: '/packetPath' }]);
    expect(refusal.message).toContain('must be one of fast, native, werift');
  });

  it('leaves variables alone that mark a process under test', () => {
    expect(() => loadConfig({ cwd: '/', env: { ROOMFLOW_TEST_PROCESS: '1' } })).not.toThrow();
  });

  it('never shows a secret in an error', () => {
    const refusal = refusalOf(() => loadConfig({ cwd: '/', env: { ROOMFLOW_SECRET: 'hunter2' } }));
    expect(refusal.message).toContain('/secret');
    expect(refusal.message).not.toContain('hunter2');
  });

  it('does not take text for a number in a file', async () => {
    await using folder = await temporaryDirectory();
    writeFileSync(join(folder.path, 'roomflow.json'), '{"port": "7890"}');
    expect(refusalOf(() => loadConfig({ cwd: folder.path })).message).toContain('must be integer');
  });

  it('refuses a port range that ends before it begins', () => {
    const refusal = refusalOf(() => loadConfig({ cwd: '/', flags: { 'udp-port-range': '40100-40000' } }));
    expect(refusal.details).toMatchObject([{ pointer: '/udpPortRange' }]);
  });

  it('refuses one port for media beside a range, and one after which none is left for each worker', () => {
    const both = refusalOf(() =>
      loadConfig({
        cwd: '/',
        flags: { 'udp-port-range': '40000-40100' },
        env: { ROOMFLOW_UDP_PORT: '3478' },
      }),
    );
    expect(both.message).toContain('40000-40100, from flag --udp-port-range and 3478, from environment');
    const flags = { 'udp-port': '65534', workers: '3' };
    expect(refusalOf(() => loadConfig({ cwd: '/', flags })).message).toContain('take 65533 at most');
    expect(loadConfig({ cwd: '/', flags: { ...flags, workers: '2' } }).udpPort).toBe(65_534);
  });

  it.each([
    ['a file that is not there', undefined],
    ['a file that is not JSON', 'port = 1'],
    ['a file that holds no object', '[1]'],
  ])('refuses %s and names it', async (_, text) => {
    await using folder = await temporaryDirectory();
    const path = join(folder.path, 'mine.json');
    if (text !== undefined) {
      writeFileSync(path, text);
    }
    const refusal = refusalOf(() => loadConfig({ cwd: folder.path, flags: { config: 'mine.json' } }));
    expect(refusal.code).toBe('invalid-config');
    expect(refusal.message).toContain(path);
  });

  it('gives a URL that can be opened when the API listens on all addresses', () => {
    expect(loadConfig({ cwd: '/', flags: { host: '0.0.0.0' } }).publicUrl).toBe('http://127.0.0.1:7890');
    expect(loadConfig({ cwd: '/', flags: { host: '::1', port: '80' } }).publicUrl).toBe('http://[::1]:80');
    expect(loadConfig({ cwd: '/', flags: { 'public-url': 'https://meet.test/' } }).publicUrl).toBe(
      'https://meet.test',
    );
  });
});
