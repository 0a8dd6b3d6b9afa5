import { createSeal } from '../../../runtime/config/index.ts';
import { createEventLog, type EventLog } from '../../../runtime/events/index.ts';
import {
  createGraphService,
  createStepSupervisor,
  type GraphService,
  type StepSupervisor,
} from '../../../runtime/graph/index.ts';
import {
  LiveRooms,
  createRoomDirectory,
  createStoredJournal,
  readSessionSnapshots,
  silentConnection,
  type Participant,
  type RoomDirectory,
} from '../../../runtime/rooms/index.ts';
import { listLiveSteps, moveStep, openStore, type Store } from '../../../runtime/store/index.ts';
import { temporaryDirectory } from '../temporary/index.ts';
import { simulateMedia, type SimulatedMedia } from './simulated-media.ts';

/** A runtime without processes: everything is real but the media, which is only said to flow. */
export type SimulatedHouse = AsyncDisposable & {
  store: Store;
  events: EventLog;
  rooms: LiveRooms;
  directory: RoomDirectory;
  steps: StepSupervisor;
  graphs: GraphService;
  media: SimulatedMedia;
  /** Bodies that callbacks would be made with, by address. */
  callbacks: readonly { url: string; body: unknown }[];
  /** Comes in; leaves with `leave`. */
  join(roomId: string, participantId: string, more?: { name?: string; metaData?: unknown }): Participant;
  leave(roomId: string, participantId: string): void;
  /** Announces a track, and has its media arrive. */
  publish(roomId: string, participantId: string, kind?: 'audio' | 'video'): Promise<string>;
  /** Ends like a process that is killed: nothing is told and nothing finished. */
  crash(): Promise<void>;
};

/**
 * Opens a house on a store, in memory unless a file is named, and takes up what the one before it has left there.
 *
 * @param options.onError fails whoever runs it, unless the test expects errors
 * @param options.holding step types whose starts are not answered, those of taken up steps included
 */
export async function openHouse(
  options: {
    file?: string;
    onError?: (error: unknown) => void;
    holding?: readonly string[];
    limits?: { stepsPerRoom: number; encoders: number };
  } = {},
): Promise<SimulatedHouse> {
  const { onError = rethrow } = options;
  const folder = await temporaryDirectory('roomflow-house-');
  const store = await openStore({ file: options.file ?? ':memory:' });
  const events = createEventLog({ store, onError });
  const media = simulateMedia();
  media.hold(...(options.holding ?? []));
  const callbacks: { url: string; body: unknown }[] = [];
  const directory = createRoomDirectory({
    store,
    events,
    keys: { apiKey: 'key', secret: 'secret' },
    publicUrl: () => 'http://127.0.0.1',
    occupancy: {
      of: () => null,
      end: (roomId, reason) => rooms.sessionOf(roomId)?.end(reason),
    },
  });
  const rooms: LiveRooms = new LiveRooms({
    media: media.media,
    journal: createStoredJournal(store, events),
    findRoom: (roomId) => directory.get(roomId),
    deactivateRoom: (roomId) => directory.deactivate(roomId),
    iceServers: [],
    graceMs: 15_000,
    emptySessionMs: 600_000,
    maxParticipantsPerRoom: 10_000,
    maxViewersPerRoom: 10_000,
    maxForwardedSpeakers: 0,
    onError,
  });
  const seal = createSeal('a secret of the test');
  const steps = createStepSupervisor({
    store,
    events,
    rooms,
    plane: media.steps,
    images: (look) => Promise.resolve(look),
    seal,
    limits: options.limits ?? { stepsPerRoom: 10_000, encoders: 10_000 },
    recordingsDirectory: folder.entry('recordings'),
    onError,
  });
  const graphs = createGraphService({
    store,
    events,
    webhooks: {
      enqueueCallback: ({ url, body }) => {
        callbacks.push({ url, body });
      },
    },
    rooms,
    steps,
    seal,
    retentionDays: 30,
    findRoom: (roomId) => directory.get(roomId),
    onError,
  });
  const { sessions } = rooms.restore(
    readSessionSnapshots(store, { withinMs: 120_000, lastAliveMs: Date.now() }),
  );
  const left = listLiveSteps(store);
  const goingOn = sessions.flatMap((restored) =>
    steps.restore(
      restored,
      left.filter(({ sessionId }) => sessionId === restored.sessionId),
    ),
  );
  for (const { id, state } of left.filter((step) => !goingOn.includes(step.id))) {
    // What a real runtime completes then.
    const at = new Date().toISOString();
    moveStep(store, id, { from: state, to: 'failed', reason: 'runtime-restarted', at, ended: true });
  }
  await graphs.resume();

  const crash = async (): Promise<void> => {
    graphs.close();
    events.close();
    await store.close();
    await folder[Symbol.asyncDispose]();
  };
  const session = (roomId: string) => rooms.requireSession(roomId);
  return {
    ...{ store, events, rooms, directory, steps, graphs, media, callbacks, crash },
    join: (roomId, participantId, { name = participantId, metaData } = {}) =>
      rooms.join(roomId, { kind: 'server' }, { name, participantId, metaData }, silentConnection('simulated'))
        .participant,
    leave: (roomId, participantId) => {
      session(roomId).leave(session(roomId).require(participantId));
    },
    publish: async (roomId, participantId, kind = 'audio') => {
      const live = session(roomId);
      const { tracks } = await live.tracks.publish(live.require(participantId), '', [{ mid: '0', kind }]);
      const trackId = tracks[0]?.trackId ?? '';
      const codec = kind === 'audio' ? 'opus' : 'vp8';
      media.tell({
        type: 'track-added',
        ...{ sessionId: live.sessionId, participantId, trackId, kind, codec },
      });
      return trackId;
    },
    [Symbol.asyncDispose]: async () => {
      await rooms.stop();
      await crash();
    },
  };
}

const rethrow = (error: unknown): never => {
  throw error;
};
