import type { VNode } from 'preact';
import { Pause, Play, Square } from 'lucide-preact';
import type { PictureNode, SessionPicture, Step, StepLog } from '../../../../contract/index.ts';
import { useConsole } from '../../console-context.ts';
import { CopyButton, Facts, type Fact, JsonView, Lasting, Loaded, ToneSign } from '../../parts/index.ts';
import { logTimeText, whenText } from '../../texts/index.ts';
import { useLive } from '../../use-live.ts';
import { Connections } from './connections.tsx';
import { GraphLink } from './graph-link.tsx';
import { isOver, progressFacts } from './step-progress.ts';

const EVERY_MS = 2_000;

/** A step: what it was asked for, how it fares, what has become of it, and how to stop it. */
export function StepDetails(props: {
  picture: SessionPicture;
  node: PictureNode;
  onSelect: (id: string) => void;
}): VNode {
  const { picture, node, onSelect } = props;
  const stepId = node.stepId ?? '';
  const path = `/v2/steps/${encodeURIComponent(stepId)}`;
  const concerns = ({ data }: { data: Readonly<Record<string, unknown>> }): boolean =>
    data['stepId'] === stepId;
  const over = isOver(node.state);
  const polling = over ? {} : { everyMs: EVERY_MS };
  const step = useLive(path, (api) => api.get<Step>(path), { when: concerns, ...polling });
  const log = useLive(`${path}/log`, (api) => api.get<StepLog>(`${path}/log`), {
    when: concerns,
    ...polling,
  });
  const { instanceId, graphName = '', nodeId = '' } = node;
  const runner =
    instanceId === undefined ? (
      ''
    ) : (
      <GraphLink instanceId={instanceId} graphName={graphName} nodeId={nodeId} />
    );
  return (
    <>
      {!over && <StepActions stepId={stepId} type={node.type ?? ''} isPaused={node.state === 'paused'} />}
      <Loaded live={step}>
        {({ state, reason, startedAt, endedAt, progress, with: params }) => (
          <>
            {reason !== '' && (
              <p class="step-reason" data-state={state}>
                {reason}
              </p>
            )}
            <Facts
              facts={[
                [
                  'Step',
                  <span key="id" class="with-copy">
                    <code>{stepId}</code>
                    <CopyButton text={stepId} label="Copy the step’s id" />
                  </span>,
                ],
                [
                  'Began',
                  <span key="began" class="figure">
                    {whenText(startedAt)}
                  </span>,
                ],
                ['Lasts', <Lasting key="lasts" start={startedAt} end={endedAt} />],
                ['Run by', runner],
              ]}
            />
            <Connections picture={picture} nodeId={node.id} onSelect={onSelect} />
            <Progress figures={progressFacts(progress)} />
            <section aria-label="Params">
              <h3 class="inspector-subtitle">Params</h3>
              <JsonView value={params} label="Params of the step" />
            </section>
          </>
        )}
      </Loaded>
      <section aria-label="Log">
        <h3 class="inspector-subtitle">Log</h3>
        <Loaded live={log}>{(said) => <StepLogView log={said} />}</Loaded>
      </section>
    </>
  );
}

function Progress({ figures }: { figures: readonly Fact[] }): VNode | null {
  return figures.length === 0 ? null : (
    <section aria-label="Progress">
      <h3 class="inspector-subtitle">Progress</h3>
      <Facts facts={figures} />
    </section>
  );
}

function StepActions(props: { stepId: string; type: string; isPaused: boolean }): VNode {
  const { stepId, type, isPaused } = props;
  const console = useConsole();
  const act = (verb: 'stop' | 'pause' | 'resume'): void => {
    void console.attempt((api) => api.post(`/v2/steps/${encodeURIComponent(stepId)}/${verb}`));
  };
  return (
    <div class="inspector-actions">
      <button type="button" class="small-button is-danger has-icon" onClick={() => act('stop')}>
        <Square size={14} aria-hidden="true" />
        Stop
      </button>
      {type === 'record' && !isPaused && (
        <button type="button" class="small-button has-icon" onClick={() => act('pause')}>
          <Pause size={15} aria-hidden="true" />
          Pause
        </button>
      )}
      {type === 'record' && isPaused && (
        <button type="button" class="small-button has-icon" onClick={() => act('resume')}>
          <Play size={15} aria-hidden="true" />
          Resume
        </button>
      )}
    </div>
  );
}

/** Changes of state and lines of the log in one order, the newest first. */
function StepLogView({ log }: { log: StepLog }): VNode {
  const entries = [
    ...log.transitions.map(({ from, to, reason, at }) => ({
      at,
      state: to,
      level: 'info',
      text: `${from} → ${to}${reason === '' ? '' : `: ${reason}`}`,
    })),
    ...log.lines.map(({ at, level, message }) => ({ at, state: '', level, text: message })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return entries.length === 0 ? (
    <p class="quiet">Nothing was logged.</p>
  ) : (
    <ol class="step-log" tabIndex={0} aria-label="Log of the step, newest first">
      {entries.map(({ at, state, level, text }, index) => (
        <li key={`${at} ${index}`} data-level={level}>
          <time dateTime={at}>{logTimeText(at)}</time>
          {state !== '' && <ToneSign state={state} size={13} />}
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
