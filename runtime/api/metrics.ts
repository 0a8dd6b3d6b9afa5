import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { EventLog } from '../events/index.ts';
import type { LiveRooms } from '../rooms/index.ts';
import type { WorkerPool } from '../worker/index.ts';

export type Metrics = { contentType: string; text(): Promise<string>; close(): void };

/** Prometheus metrics: rooms, participants, events, what the media workers spend, and how compositions fare. */
export function createMetrics(sources: { rooms: LiveRooms; pool: WorkerPool; events: EventLog }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'roomflow_control_' });
  const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const sessions = gauge('roomflow_sessions', 'Sessions that are live');
  const participants = gauge('roomflow_participants', 'Participants in a room now');
  const cpu = gauge('roomflow_worker_cpu_seconds', 'CPU time of a media worker since its start', ['worker']);
  const memory = gauge('roomflow_worker_resident_bytes', 'Resident memory of a media worker', ['worker']);
  const packets = gauge('roomflow_worker_packets', 'RTP packets of a media worker since its start', [
    'worker',
    'direction',
  ]);
  const bytes = gauge('roomflow_worker_bytes', 'RTP bytes of a media worker since its start', [
    'worker',
    'direction',
  ]);
  const refused = gauge(
    'roomflow_worker_datagrams_refused',
    'Datagrams to the udpPort of a media worker that belonged to nobody',
    ['worker'],
  );
  const heldBack = gauge(
    'roomflow_tracks_held_back',
    'Microphones that a media worker does not forward now, because others in their room are louder',
    ['worker'],
  );
  const compositions = gauge('roomflow_compositions', 'Compositions that a media worker runs now', [
    'worker',
  ]);
  const pictures = gauge('roomflow_composition_pictures', 'Pictures of the compositions that run now', [
    'worker',
    'state',
  ]);
  const restarts = gauge('roomflow_composition_restarts', 'Compositor children started anew', ['worker']);
  const dropped = gauge(
    'roomflow_composition_source_frames_dropped',
    'Frames that compositors of a worker could not take in time',
    ['worker'],
  );
  const counted = new Counter({
    name: 'roomflow_events_total',
    help: 'Events appended to the log',
    labelNames: ['type'],
    registers: [registry],
  });
  const subscription = sources.events.subscribe(
    { cursor: 'latest', types: [] },
    {
      onEvent(event) {
        counted.inc({ type: event.type });
      },
    },
  );

  return {
    contentType: registry.contentType,
    async text() {
      const live = sources.rooms.sessions();
      sessions.set(live.length);
      participants.set(live.reduce((count, session) => count + session.present().length, 0));
      for (const { worker, statistics } of await sources.pool.statistics()) {
        const label = String(worker);
        cpu.set({ worker: label }, statistics.cpuMicros / 1e6);
        memory.set({ worker: label }, statistics.rssBytes);
        packets.set({ worker: label, direction: 'in' }, statistics.packetsReceived);
        packets.set({ worker: label, direction: 'out' }, statistics.packetsSent);
        bytes.set({ worker: label, direction: 'in' }, statistics.bytesReceived);
        bytes.set({ worker: label, direction: 'out' }, statistics.bytesSent);
        refused.set({ worker: label }, statistics.refusedDatagrams);
        heldBack.set({ worker: label }, statistics.heldBackTracks);
        const { compositions: composed } = statistics;
        compositions.set({ worker: label }, composed.count);
        pictures.set({ worker: label, state: 'made' }, composed.picturesMade);
        pictures.set({ worker: label, state: 'late' }, composed.picturesLate);
        pictures.set({ worker: label, state: 'repeated' }, composed.picturesRepeated);
        pictures.set({ worker: label, state: 'left-out' }, composed.picturesLeftOut);
        restarts.set({ worker: label }, composed.restarts);
        dropped.set({ worker: label }, composed.sourceFramesDropped);
      }
      return registry.metrics();
    },
    close() {
      subscription.unsubscribe();
      registry.clear();
    },
  };
}
