import { Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  MOST_LEVELS,
  RoomId,
  RoomflowError,
  SignallingRequestSchema,
  closeCodes,
  describeRejected,
  isDeeperThan,
  rejectedValues,
  signallingMethods,
  type SignallingMethod,
  type SignallingNotification,
  type SignallingReply,
} from '../../contract/index.ts';
import { createSignallingClient, verifyToken, type Connection, type Principal } from '../../rooms/index.ts';
import { keepAlive } from '../../steps/index.ts';
import type { Runtime } from '../runtime.ts';

const Envelope = Compile(SignallingRequestSchema);
const validators = new Map<string, Validator>(
  Object.entries(signallingMethods).map(([method, schema]) => [method, Compile(schema)]),
);

/** A client may burst (candidates, layers) and then this many calls a second; beyond, it is put out. */
const BURST = 400;
const CALLS_PER_SECOND = 50;
/** A client that does not read is cut off here instead of filling memory; it may resume. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

export function signalRoutes(runtime: Runtime): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.get(
      '/v2/rooms/:roomId/signal',
      {
        websocket: true,
        schema: {
          tags: ['signalling'],
          summary: 'WebSocket of a participant',
          params: Type.Object({ roomId: RoomId }),
          querystring: Type.Object({ token: Type.Optional(Type.String()) }),
        },
        preValidation: async (request) => {
          // Checked before the upgrade, so that a bad link is an HTTP status and not a socket that closes.
          request.principal = await verifyToken(
            request.headers.authorization ?? request.query.token,
            runtime.keys,
          );
        },
      },
      (socket, request) => {
        const log = request.log.child({ roomId: request.params.roomId });
        keepAlive(socket);
        const send = (text: string): void => {
          if (socket.readyState !== socket.OPEN) {
            return;
          }
          if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
            log.warn('a client does not read its signalling; closing');
            socket.terminate();
            return;
          }
          socket.send(text);
        };
        const connection: Connection = {
          userAgent: request.headers['user-agent'] ?? '',
          notify(message) {
            send(textOf(message));
          },
          close(code, reason) {
            socket.close(code, reason);
          },
        };
        const client = createSignallingClient({
          roomId: request.params.roomId,
          // preValidation has set it, or the upgrade was refused.
          principal: request.principal as Principal,
          connection,
          rooms: runtime.rooms,
          media: runtime.media,
        });
        let allowance = BURST;
        let lastCallAt = Date.now();

        socket.on('message', (raw: Buffer, isBinary) => {
          const now = Date.now();
          allowance = Math.min(BURST, allowance + ((now - lastCallAt) / 1000) * CALLS_PER_SECOND) - 1;
          lastCallAt = now;
          if (allowance < 0) {
            log.warn('a client floods the signalling; closing');
            socket.close(closeCodes.flooding, 'too many calls');
            return;
          }
          void answer(raw, isBinary).then((reply) => {
            send(JSON.stringify(reply));
          });
        });
        socket.on('close', () => {
          client.closed();
        });
        socket.on('error', (error) => {
          log.debug({ err: error }, 'signalling socket');
        });

        async function answer(raw: Buffer, isBinary: boolean): Promise<SignallingReply> {
          let id = -1;
          try {
            const envelope = parseEnvelope(raw, isBinary);
            id = envelope.id;
            const { method, data } = parseCall(envelope.method, envelope.data);
            return { id, data: await client.handle(method, data) };
          } catch (error) {
            const failure = RoomflowError.from(error);
            if (failure.status >= 500) {
              log.error({ err: failure, cause: failure.cause }, 'signalling call failed');
            }
            return { id, error: failure.toBody() };
          }
        }
      },
    );
    await Promise.resolve();
  };
}

/** What goes to a thousand viewers is the same object for each of them, and is written as JSON once. */
const texts = new WeakMap<SignallingNotification, string>();
function textOf(message: SignallingNotification): string {
  const known = texts.get(message);
  if (known !== undefined) {
    return known;
  }
  const text = JSON.stringify(message);
  texts.set(message, text);
  return text;
}

function parseEnvelope(raw: Buffer, isBinary: boolean): { id: number; method: string; data?: unknown } {
  if (isBinary) {
    throw new RoomflowError('invalid-signalling', 'Signalling is JSON text; a binary message came.');
  }
  let message: unknown;
  try {
    message = JSON.parse(raw.toString('utf8'));
  } catch (cause) {
    throw new RoomflowError('invalid-signalling', `The message is not JSON: ${preview(raw)}`, { cause });
  }
  if (isDeeperThan(message, MOST_LEVELS)) {
    throw new RoomflowError(
      'invalid-signalling',
      `The message lies deeper than ${MOST_LEVELS} levels: ${preview(raw)}`,
    );
  }
  if (!Envelope.Check(message)) {
    throw new RoomflowError('invalid-signalling', `Expected {id, method, data}; got ${preview(raw)}`);
  }
  return message;
}

function parseCall(method: string, data: unknown): { method: SignallingMethod; data: never } {
  const validator = validators.get(method);
  if (!validator) {
    throw new RoomflowError(
      'invalid-signalling',
      `Unknown method "${method.slice(0, 40)}". Known: ${Object.keys(signallingMethods).join(', ')}.`,
    );
  }
  const params = data ?? {};
  if (!validator.Check(params)) {
    const details = rejectedValues(validator.Errors(params), '/data');
    throw new RoomflowError(
      'invalid-signalling',
      `"${method}" was called with bad data: ${describeRejected(details)}.`,
      { details },
    );
  }
  // The validator of this very method has just checked it.
  return { method: method as SignallingMethod, data: params as never };
}

const preview = (raw: Buffer): string => JSON.stringify(raw.toString('utf8').slice(0, 80));
