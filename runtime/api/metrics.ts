import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { EventLog } from '../events/index.ts';
import type { LiveRooms } from '../rooms/index.ts';
import type { WorkerPool } from '../worker/index.ts';

export type Metrics = { contentType: string; text(): Promise<string>; close(): void };

/** Prometheus metrics: rooms, participants, events, and what the media workers spend. */
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
      }
      return registry.metrics();
    },
    close() {
      subscription.unsubscribe();
      registry.clear();
    },
  };
}
