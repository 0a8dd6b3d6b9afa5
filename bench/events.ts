import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type N8nHost, startN8n } from '../test/support/n8n-host/index.ts';
import { percentile } from '../test/support/oracle/index.ts';
import type { Bench, BenchContext, Figures } from './definition.ts';
import { EventSubscriber } from './events/event-subscriber.ts';
import { executionStarts, type ExecutionStarts } from './events/execution-starts.ts';
import { SignallingGuest } from './events/signalling-guest.ts';
import { readWallClock } from './events/wall-clock.ts';
import { triggerWorkflow, webhookWorkflow } from './events/workflows.ts';
import { wholeNumber } from './options.ts';
import { type BenchRuntime, projectDirectory, startRuntime } from './runtime-process.ts';

/** Pairs of joins before the measured ones: both sides load code and open connections at their first event. */
const WARM_UP = 10;

/** Joins do not queue behind each other, and do not fall into step with a timer of n8n or the runtime. */
const SPACING_MS = { least: 150, most: 250 };

/** A room in which joins are measured. */
type MeasuredRoom = { roomId: string; token: string };

/** One join: when the runtime took the participant in, and how long each side took from there. */
type MeasuredJoin = {
  participantId: string;
  /** The `at` of the event: when the runtime accepted the join, in whole milliseconds since 1970. */
  acceptedAtMs: number;
  subscriberMs: number;
  /** From the call leaving the guest. */
  answerFromCallMs: number;
  subscriberFromCallMs: number;
};

/** From an accepted join to a WebSocket subscriber, and to the start of an n8n execution. */
export const events: Bench = {
  summary: 'from an accepted join to a subscriber and to the start of an n8n execution',
  options: {
    joins: { default: '200', meaning: 'measured joins in each of the two rooms' },
  },
  async run(context) {
    const joins = wholeNumber('joins', context.option('joins'), 5000);
    await using stack = new AsyncDisposableStack();
    context.say('Starting the runtime and n8n');
    const runtime = stack.use(await startRuntime());
    const n8n = stack.adopt(await startN8n({ packageDirectory: projectDirectory }), (host) => host.stop());
    context.signal.throwIfAborted();
    const subscriber = stack.adopt(
      await EventSubscriber.connect(runtime.url, runtime.serverKey),
      (connected) => connected.close(),
    );

    const path = `bench-${randomUUID()}`;
    const endPoint = `${n8n.url}/webhook/${path}`;
    const watched = await openRoom(runtime);
    const hooked = await openRoom(runtime, { endPoint, events: ['participant-joined'] });
    const trigger = await publishTrigger(n8n, runtime, watched.roomId);
    const webhook = await n8n.importWorkflow(webhookWorkflow(path));
    await n8n.activate(webhook.id);
    // Somebody is there all the time, so that each join is a join and not also the start of a session. They
    // come only now: a webhook that nobody takes yet is tried again later, and holds up those behind it.
    for (const room of [watched, hooked]) {
      const host = stack.adopt(await connect(runtime, room), (guest) => guest.terminate());
      await host.join(`host-${room.roomId}`, context.signal);
    }

    context.say(`Joining: ${WARM_UP} pairs to warm up, then ${joins} pairs`);
    const measured = await joinInTurns(context, runtime, subscriber, { watched, hooked }, joins);
    context.say('Reading the executions');
    const expected = 1 + WARM_UP + joins;
    const triggerStarts = await executionStarts(n8n, trigger, expected, context.signal);
    const webhookStarts = await executionStarts(n8n, webhook.id, expected, context.signal);
    return figuresOf(measured, triggerStarts, webhookStarts);
  },
};

async function openRoom(
  { api }: BenchRuntime,
  webhook?: { endPoint: string; events: string[] },
): Promise<MeasuredRoom> {
  const roomId = await api.createRoom(webhook);
  return { roomId, token: await api.createToken(roomId) };
}

async function publishTrigger(n8n: N8nHost, runtime: BenchRuntime, roomId: string): Promise<string> {
  const credential = await n8n.createCredential({
    name: 'Roomflow (bench)',
    type: 'roomflowApi',
    data: { baseUrl: runtime.url, apiKey: runtime.serverKey },
  });
  const { id } = await n8n.importWorkflow(triggerWorkflow(roomId, credential));
  await n8n.activate(id);
  return id;
}

const connect = (runtime: BenchRuntime, { roomId, token }: MeasuredRoom): Promise<SignallingGuest> =>
  SignallingGuest.connect(runtime.url, roomId, token);

/** Pairs of joins, one in each room, the room that comes first changing from pair to pair. */
async function joinInTurns(
  context: BenchContext,
  runtime: BenchRuntime,
  subscriber: EventSubscriber,
  { watched, hooked }: { watched: MeasuredRoom; hooked: MeasuredRoom },
  joins: number,
): Promise<{ watched: MeasuredJoin[]; hooked: MeasuredJoin[] }> {
  const measured = { watched: [] as MeasuredJoin[], hooked: [] as MeasuredJoin[] };
  for (let pair = -WARM_UP; pair < joins; pair++) {
    const order = pair % 2 === 0 ? (['watched', 'hooked'] as const) : (['hooked', 'watched'] as const);
    for (const side of order) {
      const room = side === 'watched' ? watched : hooked;
      const join = await joinOnce(context, runtime, subscriber, room);
      if (pair >= 0) {
        measured[side].push(join);
      }
    }
    if (pair > 0 && pair % 25 === 0) {
      context.say(`  ${pair} of ${joins}`);
    }
  }
  return measured;
}

/** Somebody comes, stays for the spacing, and goes. */
async function joinOnce(
  { signal }: BenchContext,
  runtime: BenchRuntime,
  subscriber: EventSubscriber,
  room: MeasuredRoom,
): Promise<MeasuredJoin> {
  const participantId = `guest-${randomUUID()}`;
  const guest = await connect(runtime, room);
  try {
    const spacingMs = SPACING_MS.least + Math.random() * (SPACING_MS.most - SPACING_MS.least);
    const wallClock = readWallClock();
    const offsetMs = wallClock() - performance.now();
    const { calledAt, answeredAt } = await guest.join(participantId, signal);
    const { event, arrivedAt } = await subscriber.joinOf(participantId, signal);
    const acceptedAtMs = Math.min(Date.parse(event.at), answeredAt + offsetMs);
    await delay(Math.max(0, calledAt + spacingMs - performance.now()), undefined, { signal });
    await guest.leave(signal);
    return {
      participantId,
      acceptedAtMs,
      subscriberMs: arrivedAt + offsetMs - acceptedAtMs,
      answerFromCallMs: answeredAt - calledAt,
      subscriberFromCallMs: arrivedAt - calledAt,
    };
  } finally {
    guest.terminate();
  }
}

function figuresOf(
  { watched, hooked }: { watched: readonly MeasuredJoin[]; hooked: readonly MeasuredJoin[] },
  triggerStarts: ExecutionStarts,
  webhookStarts: ExecutionStarts,
): Figures {
  const trigger = delaysOf(watched, triggerStarts);
  const webhook = delaysOf(hooked, webhookStarts);
  return {
    ...percentiles(
      'subscriber',
      watched.map(({ subscriberMs }) => subscriberMs),
    ),
    ...percentiles('execution', trigger.delaysMs),
    ...percentiles('webhookExecution', webhook.delaysMs),
    ...percentiles(
      'subscriberFromCall',
      watched.map(({ subscriberFromCallMs }) => subscriberFromCallMs),
    ),
    ...percentiles(
      'answerFromCall',
      watched.map(({ answerFromCallMs }) => answerFromCallMs),
    ),
    joins: watched.length,
    executions: trigger.delaysMs.length,
    executionsMissing: trigger.missing,
    executionsDoubled: trigger.doubled,
    webhookExecutions: webhook.delaysMs.length,
    webhookExecutionsMissing: webhook.missing,
    webhookExecutionsDoubled: webhook.doubled,
  };
}

function delaysOf(
  joins: readonly MeasuredJoin[],
  starts: ExecutionStarts,
): { delaysMs: number[]; missing: number; doubled: number } {
  const delaysMs: number[] = [];
  let missing = 0;
  let doubled = 0;
  for (const { participantId, acceptedAtMs } of joins) {
    const [first, ...more] = (starts.get(participantId) ?? []).toSorted((a, b) => a - b);
    doubled += more.length;
    if (first === undefined) {
      missing++;
    } else {
      delaysMs.push(first - acceptedAtMs);
    }
  }
  return { delaysMs, missing, doubled };
}

function percentiles(name: string, valuesMs: readonly number[]): Figures {
  const rounded = (share: number): number => Number(percentile(valuesMs, share).toFixed(2));
  return { [`${name}P50Ms`]: rounded(0.5), [`${name}P99Ms`]: rounded(0.99) };
}
