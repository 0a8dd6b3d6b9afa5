import type { VNode } from 'preact';
import type { ProcessHealth } from '../../../contract/index.ts';
import { Lasting, Loaded, PageHead, StateBadge } from '../parts/index.ts';
import { bytesText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { samplesOf, sumOf, type Sample } from './prometheus.ts';

const EVERY_MS = 2_000;

/** How the processes of the runtime fare, and what they have done. */
export function Health(): VNode {
  const processes = useLive('workers', (api) => api.get<{ data: ProcessHealth[] }>('/v2/workers'), {
    everyMs: EVERY_MS,
  });
  const metrics = useLive('metrics', async (api) => samplesOf(await api.text('/metrics')), {
    everyMs: 2 * EVERY_MS,
  });
  const version = useLive('version', (api) => api.get<{ version: string }>('/health'));
  return (
    <div class="page">
      <PageHead
        title="Health"
        mark={version.value !== null && <span class="quiet">Roomflow {version.value.version}</span>}
      />
      <Loaded live={processes}>
        {({ data }) => (
          <ul class="process-cards">
            {data.map((process) => (
              <li key={process.name}>
                <ProcessCard process={process} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <h2 class="section-title">Since the start</h2>
      <Loaded live={metrics}>{(samples) => <Numbers samples={samples} />}</Loaded>
    </div>
  );
}

const stateWords = { ready: 'running', starting: 'starting', lost: 'failed' } as const satisfies Record<
  ProcessHealth['state'],
  string
>;

function ProcessCard({ process }: { process: ProcessHealth }): VNode {
  const { name, pid, state, startedAt, restarts, cpuShare, rssBytes, eventLoopDelayMs } = process;
  return (
    <article class="process-card" aria-label={name}>
      <header>
        <h2>{name}</h2>
        <StateBadge state={stateWords[state]} />
      </header>
      <p class="fine-print">
        {pid === null ? 'no process' : `pid ${pid}`}
        {startedAt !== null && (
          <>
            {' · up '}
            <Lasting start={startedAt} end={null} />
          </>
        )}
        {restarts > 0 && ` · restarted ${restarts} ×`}
      </p>
      <div class="meter">
        <span>CPU</span>
        <span class="meter-bar" aria-hidden="true">
          <span style={{ width: `${Math.min(100, Math.round((cpuShare ?? 0) * 100))}%` }} />
        </span>
        <span class="figure">{cpuShare === null ? '–' : `${Math.round(cpuShare * 100)} %`}</span>
      </div>
      <dl class="figures">
        <Figure name="Memory" value={rssBytes === null ? '–' : bytesText(rssBytes)} />
        <Figure
          name="Loop delay"
          value={eventLoopDelayMs === null ? '–' : `${eventLoopDelayMs.toFixed(1)} ms`}
        />
        <Figure name="Sessions" value={String(process.sessions)} />
        <Figure name="People" value={String(process.participants)} />
        <Figure name="Compositions" value={String(process.compositions)} />
      </dl>
    </article>
  );
}

function Numbers({ samples }: { samples: readonly Sample[] }): VNode {
  const count = (name: string, labels: Record<string, string> = {}): string =>
    (sumOf(samples, name, labels) ?? 0).toLocaleString('en');
  const bytes = (direction: string): string =>
    bytesText(sumOf(samples, 'roomflow_worker_bytes', { direction }) ?? 0);
  return (
    <dl class="figures is-wide">
      <Figure name="Events written" value={count('roomflow_events_total')} />
      <Figure name="Packets in" value={count('roomflow_worker_packets', { direction: 'in' })} />
      <Figure name="Packets out" value={count('roomflow_worker_packets', { direction: 'out' })} />
      <Figure name="Received" value={bytes('in')} />
      <Figure name="Sent" value={bytes('out')} />
      <Figure name="Pictures composed" value={count('roomflow_composition_pictures', { state: 'made' })} />
      <Figure name="Pictures late" value={count('roomflow_composition_pictures', { state: 'late' })} />
      <Figure name="Compositors restarted" value={count('roomflow_composition_restarts')} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="figure">{value}</dd>
    </div>
  );
}
