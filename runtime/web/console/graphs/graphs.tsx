import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Graph, Page } from '../../../contract/index.ts';
import { Loaded, NothingHere, PageHead, Pages } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { whenText } from '../texts/index.ts';
import { useLive } from '../use-live.ts';
import { EnableSwitch } from './enable-switch.tsx';

const PER_PAGE = 50;

/** Stored graphs: which run, for which rooms, and how much of them runs now. */
export function Graphs(): VNode {
  const [page, setPage] = useState(1);
  const graphs = useLive(
    `graphs ${page}`,
    (api) => api.get<Page<Graph>>('/v2/graphs', { page, perPage: PER_PAGE }),
    // No event tells of a graph that was stored, enabled or deleted.
    { when: ({ type }) => type === 'graph-instance-changed', everyMs: 5_000 },
  );
  return (
    <div class="page">
      <PageHead title="Graphs" />
      <Loaded live={graphs}>
        {({ data, pageInfo }) =>
          data.length === 0 ? (
            <NothingHere title="No graph is stored">
              A graph is one document that records, streams and transcribes by itself. Start one with
              “roomflow run graph.json”, with the node Run Graph, or with POST /v2/graphs.
            </NothingHere>
          ) : (
            <>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">Graph</th>
                    <th scope="col">Runs in</th>
                    <th scope="col">Instances</th>
                    <th scope="col">Revision</th>
                    <th scope="col">Changed</th>
                    <th scope="col">Enabled</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((graph) => (
                    <tr key={graph.graphId}>
                      <td>
                        <a class="row-link" href={hashOf({ page: 'graph', graphId: graph.graphId })}>
                          {graph.name}
                        </a>
                        {graph.description !== '' && <span class="row-about">{graph.description}</span>}
                      </td>
                      <td>{graph.roomId ?? 'all rooms'}</td>
                      <td class="figure">{graph.runningInstances} running</td>
                      <td class="figure">{graph.revision}</td>
                      <td class="figure">{whenText(graph.updatedAt)}</td>
                      <td>
                        <EnableSwitch graph={graph} onChanged={graphs.reload} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <Pages info={pageInfo} onChoose={setPage} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}
