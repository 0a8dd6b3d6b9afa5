import { createPublicKey, sign, verify } from 'node:crypto';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKeys } from '../../../runtime/config/index.ts';
import { temporaryDirectory } from '../../support/temporary/index.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('loadKeys', () => {
  it('makes the keys on the first start and gives the same ones later', async () => {
    await using folder = await temporaryDirectory();
    const data = join(folder.path, 'data');
    const made = loadKeys(data);
    expect(made.serverKey).toMatch(/^rf_[A-Za-z0-9_-]{43}$/);
    expect(made.webhookSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(loadKeys(data)).toEqual(made);
  });

  it('lets only the owner read them, and leaves nothing else behind', async () => {
    await using folder = await temporaryDirectory();
    loadKeys(folder.path);
    const files = readdirSync(folder.path).sort();
    expect(files).toEqual(['jwt.json', 'server.key', 'webhook.pem', 'webhook.secret']);
    expect(files.map((file) => modeOf(join(folder.path, file)))).toEqual(['600', '600', '600', '600']);
  });

  it('mends a mode that lets others read a key', async () => {
    await using folder = await temporaryDirectory();
    loadKeys(folder.path);
    chmodSync(join(folder.path, 'server.key'), 0o644);
    loadKeys(folder.path);
    expect(modeOf(join(folder.path, 'server.key'))).toBe('600');
  });

  it('gives a public key that verifies what the private key signed', async () => {
    await using folder = await temporaryDirectory();
    const keys = loadKeys(folder.path);
    const body = Buffer.from('{"webhookType":"session-started"}');
    const signature = sign('sha256', body, keys.webhookPrivateKey);
    expect(verify('sha256', body, createPublicKey(keys.webhookPublicKey), signature)).toBe(true);
  });

  it('prefers configured keys and does not write them down', async () => {
    await using folder = await temporaryDirectory();
    const given = { apiKey: 'mine', secret: 'a secret of my own', serverKey: 'a server key of my own' };
    expect(loadKeys(folder.path, given)).toMatchObject(given);
    expect(loadKeys(folder.path).apiKey).not.toBe('mine');
  });

  it.each([
    ['server.key', ''],
    ['jwt.json', '{"apiKey": "a"}'],
    ['webhook.secret', 'whsec_'],
    ['webhook.pem', 'not a key'],
  ])('refuses a damaged %s instead of running with a weak key', async (file, text) => {
    await using folder = await temporaryDirectory();
    writeFileSync(join(folder.path, file), text);
    expect(() => loadKeys(folder.path)).toThrow(expect.objectContaining({ code: 'data-folder-unusable' }));
  });
});
