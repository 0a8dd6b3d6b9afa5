import { join } from 'node:path';
import { loadConfig } from '../../../runtime/config/index.ts';
import type { Permission, SignallingParams, TokenClaims } from '../../../runtime/contract/index.ts';
import { signToken } from '../../../runtime/rooms/index.ts';
import { serve, type Served } from '../../../runtime/serve.ts';
import type { Static } from 'typebox';
import { temporaryDirectory } from '../temporary/index.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { openEventStream, type EventStream } from './event-stream.ts';
import {
  joinRoom,
  openWire,
  type SignallingParticipant,
  type SignallingWire,
} from './signalling-participant.ts';

/** What clients of a runtime under test need to know of it. */
export type RuntimeUnderTest = AsyncDisposable & {
  url: string;
  dataDirectory: string;
  serverKey: string;
  /** With the server key. */
  api: ApiClient;
  /** Every event from the first on. */
  events: EventStream;
  /** Signs a token as a server of the operator would. */
  token(
    claims?: Partial<Omit<TokenClaims, 'apikey' | 'iat' | 'exp'>>,
    expiresInSeconds?: number,
  ): Promise<string>;
  /** Joins without a browser and without media. */
  join(
    roomId: string,
    params?: Partial<SignallingParams<'join'>> & { permissions?: Static<typeof Permission>[] },
  ): Promise<SignallingParticipant>;
  /** A participant's socket that has not joined yet. */
  wire(roomId: string, permissions?: Static<typeof Permission>[]): Promise<SignallingWire>;
};

export type InProcessRuntime = RuntimeUnderTest & {
  served: Served;
  /** Ends it as Ctrl-C would. Idempotent. */
  stop(): Promise<void>;
};

/** Settings that every runtime under test has, unless a test says otherwise. */
export const testSettings = {
  host: '127.0.0.1',
  port: 0,
  bindAddresses: ['127.0.0.1'],
  minimumFreeDiskBytes: 0,
  workers: 1,
  // Else tests would fail on machines of few cores, which is not what most of them are about.
  maxEncoders: 100,
  logLevel: process.env['ROOMFLOW_TEST_LOG'] ?? 'silent',
};

/** Starts a runtime in this process, with media workers of its own, in a folder that is gone afterwards. */
export async function startRuntime(settings: Record<string, unknown> = {}): Promise<InProcessRuntime> {
  const directory = await temporaryDirectory('roomflow-runtime-');
  const dataDirectory = join(directory.path, 'data');
  const served = await serve(
    loadConfig({ flags: { dataDirectory, ...testSettings, ...settings }, cwd: directory.path }),
  );
  const { keys } = served.runtime;
  const clients = await clientsOf(served.url, keys);
  const stop = async (): Promise<void> => {
    await clients.events.close();
    await served.stop();
  };
  return {
    ...clients,
    dataDirectory,
    served,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Everything a test does to a runtime from outside. */
export async function clientsOf(
  url: string,
  keys: { serverKey: string; apiKey: string; secret: string },
): Promise<Omit<RuntimeUnderTest, 'dataDirectory' | typeof Symbol.asyncDispose>> {
  const token: RuntimeUnderTest['token'] = (claims = {}, expiresInSeconds = 600) =>
    signToken({ ...claims, permissions: claims.permissions ?? ['allow_join'] }, expiresInSeconds, keys);
  const tokenWith = (permissions: Static<typeof Permission>[] | undefined): Promise<string> =>
    token(permissions ? { permissions } : {});
  return {
    url,
    serverKey: keys.serverKey,
    api: createApiClient(url, keys.serverKey),
    events: await openEventStream(url, keys.serverKey),
    token,
    join: async (roomId, { permissions, name = 'Guest', ...params } = {}) =>
      joinRoom(url, roomId, await tokenWith(permissions), { name, ...params }),
    wire: async (roomId, permissions) => openWire(url, roomId, await tokenWith(permissions)),
  };
}
