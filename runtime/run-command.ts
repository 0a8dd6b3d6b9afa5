import { setTimeout as delay } from 'node:timers/promises';
import { loadKeys, type RuntimeConfig } from './config/index.ts';
import {
  RoomflowError,
  finalStepStates,
  type Graph,
  type GraphInstance,
  type GraphInstanceNode,
  type Page,
  type RoomflowEvent,
} from './contract/index.ts';
import { problemLines, type Terminal } from './graph-command.ts';
import { validateDocument } from './graph/index.ts';
import { readJsonSource } from './json-source.ts';
import { assetLine, assetsOf, instanceLine, stepLine } from './run-lines.ts';
import { connectRuntime, type RuntimeConnection } from './runtime-connection.ts';
import { serve } from './serve.ts';

export const runHelp = `  roomflow run FILE [--room ID]         Run a graph document until Ctrl-C: in the runtime on the data folder, or in one of
                                        its own when none runs there`;

/** What is still written after a step has ended (a transcript's files) is waited for this long. */
const LATE_ASSETS_MS = 30_000;
const POLL_MS = 250;

/**
 * `roomflow run`: stores a graph, tells what becomes of it line by line, and takes it down when `stop` is aborted.
 *
 * @returns false when the document is not valid, or an instance of it has failed
 * @throws RoomflowError `invalid-request`, `room-not-found`; `runtime-stopping` when the runtime has gone away
 */
export async function runCommand(
  file: string,
  options: { room: string | undefined; config: RuntimeConfig; stop: AbortSignal },
  terminal: Terminal,
): Promise<boolean> {
  const { name, value } = await readJsonSource(file, terminal.in);
  const problems = validateDocument(value);
  if (problems.length > 0) {
    terminal.out.write(problemLines(problems, name));
    return false;
  }
  await using runtime = await reachRuntime(options.config);
  const say = (line: string): void => {
    terminal.out.write(`${line}\n`);
  };
  const { connection } = runtime;
  const lost = new AbortController();
  const report = createReport(connection, say);
  const events = await connection.follow(report.take, () => {
    lost.abort();
  });
  try {
    const graph = await connection.call<Graph>('POST', '/v2/graphs', {
      document: value,
      ...(options.room === undefined ? {} : { roomId: options.room }),
    });
    report.watch(graph.graphId);
    const where = graph.roomId === null ? 'every room' : `room ${graph.roomId}`;
    say(`"${graph.name}" runs in ${where} at ${connection.url}; Ctrl-C ends it`);
    await aborted(options.stop, lost.signal);
    if (lost.signal.aborted) {
      throw new RoomflowError(
        'runtime-stopping',
        `The runtime at ${connection.url} has gone away. Once it is back it goes on with "${graph.name}"; the console, or DELETE /v2/graphs/${graph.graphId}, ends it.`,
      );
    }
    const failed = await takeDown(connection, graph.graphId, report);
    return !failed;
  } finally {
    events.close();
  }
}

/** The runtime on this data folder, where one answers; else one of our own, which ends with the command. */
async function reachRuntime(
  config: RuntimeConfig,
): Promise<AsyncDisposable & { connection: RuntimeConnection }> {
  const { serverKey } = loadKeys(config.dataDirectory, config);
  const local = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`;
  for (const url of new Set(config.port === 0 ? [] : [local, config.publicUrl])) {
    const connection = connectRuntime(url, serverKey);
    try {
      await connection.call('GET', '/v2/graphs?perPage=1');
      return { connection, [Symbol.asyncDispose]: () => Promise.resolve() };
    } catch (error) {
      if (RoomflowError.from(error).code !== 'runtime-stopping') {
        throw error;
      }
      // Nobody answers there.
    }
  }
  const served = await serve(config);
  return { connection: connectRuntime(served.url, serverKey), [Symbol.asyncDispose]: () => served.stop() };
}

type Report = {
  take: (event: RoomflowEvent) => void;
  /** From now on what happens to this graph is said. */
  watch(graphId: string): void;
  /** Resolves when everything that came has been said. */
  said(): Promise<void>;
  /** Transcripts that have been begun and are not complete. */
  unfinished(): number;
};

type Found = { instance: GraphInstance; node: GraphInstanceNode };

/** Says what happens to a graph's instances and steps, in the order of the events. */
function createReport(connection: RuntimeConnection, say: (line: string) => void): Report {
  const instances = new Map<string, GraphInstance>();
  const foreign = new Set<string>();
  const transcripts = new Set<string>();
  const waiting: RoomflowEvent[] = [];
  let graphId: string | null = null;
  let work = Promise.resolve();

  const nodeOf = (stepId: string): Found | null => {
    for (const instance of instances.values()) {
      const node = instance.nodes.find((candidate) => candidate.stepId === stepId);
      if (node) {
        return { instance, node };
      }
    }
    return null;
  };

  /** The node of a step, asked for where it is not known yet. */
  async function find(stepId: string): Promise<Found | null> {
    if (!nodeOf(stepId) && !foreign.has(stepId)) {
      for (const { instanceId, endedAt } of [...instances.values()]) {
        if (endedAt === null) {
          instances.set(instanceId, await connection.call('GET', `/v2/graph-instances/${instanceId}`));
        }
      }
    }
    const found = nodeOf(stepId);
    if (!found) {
      // A step's first event comes after its node knows of it: this one is of no graph, or of another.
      foreign.add(stepId);
    }
    return found;
  }

  async function tell(event: RoomflowEvent): Promise<void> {
    if (event.type === 'graph-instance-changed') {
      const { instanceId } = event.data;
      if (event.data.graphId === graphId) {
        const instance = await connection.call<GraphInstance>('GET', `/v2/graph-instances/${instanceId}`);
        instances.set(instanceId, instance);
        say(instanceLine(instance, event));
      }
      return;
    }
    const { stepId } = event.data as { stepId?: string | null };
    if (stepId === undefined || stepId === null || instances.size === 0) {
      return;
    }
    const found = await find(stepId);
    if (!found) {
      return;
    }
    const { instance, node } = found;
    if (event.type === 'step-changed') {
      say(stepLine(instance, node, event));
    } else if (event.type === 'transcription-started') {
      transcripts.add(event.data.id);
    } else if (event.type === 'transcription-completed' || event.type === 'transcription-failed') {
      transcripts.delete(event.data.id);
    }
    for (const asset of assetsOf(event)) {
      say(assetLine(instance, node, event, asset));
    }
  }

  const enqueue = (event: RoomflowEvent): void => {
    work = work
      .then(() => tell(event))
      .catch((error: unknown) => {
        say(`what happened (${event.type}) cannot be told: ${RoomflowError.from(error).message}`);
      });
  };
  return {
    take(event) {
      if (graphId === null) {
        waiting.push(event);
      } else {
        enqueue(event);
      }
    },
    watch(id) {
      graphId = id;
      waiting.splice(0).forEach(enqueue);
    },
    said: () => work,
    unfinished: () => transcripts.size,
  };
}

/** Ends all that runs of a graph, waits for what it leaves behind, and forgets it. @returns whether any has failed */
async function takeDown(connection: RuntimeConnection, graphId: string, report: Report): Promise<boolean> {
  await connection.call('POST', `/v2/graphs/${graphId}/disable`);
  const instances = async (): Promise<GraphInstance[]> => {
    const all: GraphInstance[] = [];
    for (let page = 1, lastPage = 1; page <= lastPage; page += 1) {
      const answer = await connection.call<Page<GraphInstance>>(
        'GET',
        `/v2/graphs/${graphId}/instances?perPage=200&page=${page}`,
      );
      all.push(...answer.data);
      ({ lastPage } = answer.pageInfo);
    }
    return all;
  };
  const hasEnded = ({ state }: GraphInstance): boolean => finalStepStates.some((final) => final === state);
  await Promise.all(
    (await instances())
      .filter((instance) => !hasEnded(instance))
      .map(({ instanceId }) => stopInstance(connection, instanceId)),
  );
  let all = await instances();
  while (!all.every(hasEnded)) {
    await delay(POLL_MS);
    all = await instances();
  }
  const untilMs = Date.now() + LATE_ASSETS_MS;
  await report.said();
  while (report.unfinished() > 0 && Date.now() < untilMs) {
    await delay(POLL_MS);
    await report.said();
  }
  await connection.call('DELETE', `/v2/graphs/${graphId}`);
  return all.some(({ state }) => state === 'failed');
}

async function stopInstance(connection: RuntimeConnection, instanceId: string): Promise<void> {
  try {
    await connection.call('POST', `/v2/graph-instances/${instanceId}/stop`);
  } catch (error) {
    if (RoomflowError.from(error).code !== 'graph-instance-ended') {
      throw error;
    }
  }
}

/** Resolves when one of the signals is aborted. */
async function aborted(...signals: AbortSignal[]): Promise<void> {
  const any = AbortSignal.any(signals);
  if (!any.aborted) {
    await new Promise<void>((resolve) => {
      any.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
