import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphValidation } from '../../../runtime/contract/index.ts';
import { startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

const example = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../../docs/examples/graphs/${name}.json`, import.meta.url), 'utf8'));
const validate = (document: unknown): Promise<GraphValidation> =>
  runtime.api.call('POST', '/v2/graphs/validate', { document });

describe('GET /v2/graphs/schema', () => {
  it('gives editors, who have no key, the schema that documents are written by', async () => {
    const { status, headers, body } = await runtime.api.as('').send('GET', '/v2/graphs/schema');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/schema\+json/);
    const ajv = new Ajv({ strict: true });
    addFormats(ajv);
    expect(ajv.validate(body as object, await example('whole-session'))).toBe(true);
  });
});

describe('POST /v2/graphs/validate', () => {
  it('finds nothing wrong with a document that can run', async () => {
    expect(await validate(await example('go-live-with-the-host'))).toEqual({ valid: true, problems: [] });
  });

  it('tells all that is wrong at once, with what was meant', async () => {
    expect(
      await validate({
        version: 1,
        name: 'Wrong',
        nodes: { joined: { on: 'participant-join' }, file: { do: 'recrod', from: 'joind' } },
      }),
    ).toMatchObject({
      valid: false,
      problems: [
        { pointer: '/nodes/file/do', code: 'unknown-step', received: 'recrod', suggestion: 'record' },
        { pointer: '/nodes/file/from', code: 'unknown-node', received: 'joind', suggestion: 'joined' },
        { pointer: '/nodes/joined/on', code: 'unknown-event', suggestion: 'participant-joined' },
      ],
    });
  });

  it.each([[null], ['text'], [[]], [{ version: 2 }]])('looks into %j too', async (document) => {
    const { valid, problems } = await validate(document);
    expect([valid, problems.length]).toEqual([false, 1]);
  });

  it('takes a key that every object has for one of the document', async () => {
    const { status, body } = await runtime.api.send(
      'POST',
      '/v2/graphs/validate',
      '{"document":{"version":1,"name":"x","nodes":{"constructor":{"on":"participant-joined"}}}}',
      { 'content-type': 'application/json' },
    );
    expect([status, body]).toMatchObject([
      200,
      { problems: [{ code: 'empty-graph' }, { pointer: '/nodes/constructor', code: 'invalid-node-id' }] },
    ]);
  });

  it('answers nobody without a key, and no token that only joins', async () => {
    const ask = async (authorization: string): Promise<number> =>
      (await runtime.api.as(authorization).send('POST', '/v2/graphs/validate', { document: {} })).status;
    expect(await ask('')).toBe(401);
    expect(await ask(await runtime.token({ roles: ['rtc'] }))).toBe(403);
    expect(await ask(await runtime.token({ roles: ['crawler'] }))).toBe(200);
  });
});
