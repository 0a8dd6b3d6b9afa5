import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Square } from 'lucide-preact';
import type { DocumentDiagram, Graph, GraphInstance, Page } from '../../../contract/index.ts';
import { useConsole } from '../console-context.ts';
import { Facts, JsonView, Loaded, NothingHere, PageHead, StateBadge, ToneSign } from '../parts/index.ts';
import { LivingLayout, PictureView } from '../picture/index.ts';
import { hashOf } from '../route.ts';
import { whenText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { EnableSwitch } from './enable-switch.tsx';
import { runningDiagram } from './running-diagram.ts';

const INSTANCES = 50;

/** One graph: its drawing, and how each of its instances fares. */
export function GraphPage({ graphId }: { graphId: string }): VNode {
  const path = `/v2/graphs/${encodeURIComponent(graphId)}`;
  const concerns = ({ data }: { data: Readonly<Record<string, unknown>> }): boolean =>
    data['graphId'] === graphId;
  const graph = useLive(path, (api) => api.get<Graph>(path), { when: concerns });
  const revision = graph.value?.revision ?? 0;
  const diagram = useLive(`${path} ${revision}`, (api) => api.get<DocumentDiagram>(`${path}/diagram`));
  const instances = useLive(
    `${path}/instances`,
    (api) => api.get<Page<GraphInstance>>(`${path}/instances`, { perPage: INSTANCES }),
    { when: ({ type, data }) => type === 'step-changed' || data['graphId'] === graphId },
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const instance =
    instances.value?.data.find(({ instanceId }) => instanceId === chosen) ??
    instances.value?.data.find(({ state }) => state === 'running') ??
    null;
  return (
    <div class="page is-full">
      <PageHead
        title={graph.value?.name ?? 'Graph'}
        up={{ href: hashOf({ page: 'graphs' }), label: 'Graphs' }}
        mark={graph.value !== null && <span class="quiet">{graph.value.description}</span>}
      >
        {graph.value !== null && <EnableSwitch graph={graph.value} onChanged={graph.reload} />}
      </PageHead>
      <div class="session">
        <Loaded live={diagram}>
          {(drawn) => (
            <Drawing diagram={runningDiagram(drawn, instance)} name={graph.value?.name ?? 'graph'} />
          )}
        </Loaded>
        <aside class="inspector" aria-label="Details">
          <Loaded live={instances}>
            {({ data, pageInfo }) => (
              <section aria-label="Instances">
                <h2 class="inspector-title">
                  Instances <span class="count">{pageInfo.total}</span>
                </h2>
                {data.length === 0 && (
                  <p class="quiet">Nothing has run yet. An instance begins with each event that matches.</p>
                )}
                <ul class="pick-list">
                  {data.map((each) => (
                    <li key={each.instanceId}>
                      <button
                        type="button"
                        aria-pressed={each.instanceId === instance?.instanceId}
                        onClick={() => setChosen(each.instanceId)}
                      >
                        <span class="pick-text">
                          <strong>{aboutOf(each)}</strong>
                          <small>
                            {each.roomId} · {whenText(each.startedAt)}
                          </small>
                        </span>
                        <ToneSign state={each.state} />
                      </button>
                    </li>
                  ))}
                </ul>
                {pageInfo.total > data.length && <p class="quiet">The newest {data.length} are listed.</p>}
              </section>
            )}
          </Loaded>
          {instance !== null && <InstanceDetails instance={instance} />}
          {graph.value !== null && (
            <section aria-label="Document">
              <h3 class="inspector-subtitle">Document, revision {revision}</h3>
              <JsonView value={graph.value.document} label="The graph’s document" />
            </section>
          )}
        </aside>
      </div>
    </div>
  );
}

function Drawing({ diagram, name }: { diagram: DocumentDiagram; name: string }): VNode {
  const layout = useMemo(() => new LivingLayout(), []);
  const [selected, setSelected] = useState<string | null>(null);
  return diagram.nodes.length === 0 ? (
    <NothingHere title="The document is empty" />
  ) : (
    <PictureView
      placed={layout.place(diagram)}
      selected={selected}
      onSelect={setSelected}
      label={`Drawing of ${name}. Arrow keys lead from one node to the next.`}
    />
  );
}

/** Whom an instance is for: the person where there is one. */
function aboutOf({ event, scopeId }: GraphInstance): string {
  const name = event.data['participantName'];
  return typeof name === 'string' && name !== '' ? name : scopeId;
}

function InstanceDetails({ instance }: { instance: GraphInstance }): VNode {
  const console = useConsole();
  const { instanceId, state, reason, nodeId, scope, sessionId, nodes, event } = instance;
  return (
    <section aria-label="Instance">
      <h3 class="inspector-subtitle">Instance</h3>
      {(state === 'running' || state === 'stopping') && (
        <div class="inspector-actions">
          <button
            type="button"
            class="small-button is-danger has-icon"
            onClick={() =>
              void console.attempt((api) =>
                api.post(`/v2/graph-instances/${encodeURIComponent(instanceId)}/stop`),
              )
            }
          >
            <Square size={14} aria-hidden="true" />
            Stop
          </button>
        </div>
      )}
      <Facts
        facts={[
          ['State', <StateBadge key="state" state={state} />],
          ['Why', reason],
          ['Began with', `${nodeId}: ${event.type}`],
          ['For the', scope],
          [
            'Session',
            sessionId === null ? null : (
              <a key="session" href={hashOf({ page: 'session', sessionId })}>
                Open its picture
              </a>
            ),
          ],
        ]}
      />
      <ul class="pick-list is-tight">
        {nodes.map((node) => (
          <li key={node.nodeId} class="pick-line">
            <span class="pick-text">
              <strong>{node.nodeId}</strong>
              <small>
                {[node.step, node.state, node.reason, node.attempts > 1 ? `attempt ${node.attempts}` : '']
                  .filter((text) => text !== '')
                  .join(' · ')}
              </small>
            </span>
            <ToneSign state={node.state} />
          </li>
        ))}
      </ul>
    </section>
  );
}
