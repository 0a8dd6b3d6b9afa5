import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { ChevronRight, Pause, Play, Search } from 'lucide-preact';
import { keptEvents, type LoggedEvent } from '../client/index.ts';
import { useSignedIn } from '../console-context.ts';
import { JsonView, NothingHere, PageHead } from '../parts/index.ts';
import { hashOf } from '../route.ts';
import { countText, logTimeText, whenText } from '../texts/index.ts';
import { isWanted, summaryOf, type EventFilter } from './event-filter.ts';

/** So many rows are drawn at first, and with each press on “more”. */
const ROWS = 200;

/** The event log as it is written, newest first. */
export function Events(): VNode {
  const { feed } = useSignedIn();
  const [filter, setFilter] = useState<EventFilter>({ type: '', roomId: '' });
  const [paused, setPaused] = useState<readonly LoggedEvent[] | null>(null);
  const [rows, setRows] = useState(ROWS);
  const [open, setOpen] = useState<string | null>(null);
  const all = feed.events.value;
  const shown = paused ?? all;
  const wanted = useMemo(
    () => shown.filter((event) => isWanted(event, filter)).toReversed(),
    [shown, filter],
  );
  const rooms = useMemo(() => [...new Set(all.map(({ roomId }) => roomId))].sort(), [all]);
  const types = useMemo(() => [...new Set(all.map(({ type }) => type))].sort(), [all]);
  const lastShown = paused?.at(-1)?.seq ?? 0;
  const missed = paused === null ? 0 : all.filter(({ seq }) => seq > lastShown).length;
  return (
    <div class="page">
      <PageHead
        title="Events"
        mark={<span class="quiet">{`The last ${keptEvents.toLocaleString('en')} are kept here`}</span>}
      >
        <label class="search-field">
          <Search size={16} aria-hidden="true" />
          <input
            type="search"
            list="event-types"
            value={filter.type}
            aria-label="Type of event"
            placeholder="Type, such as recording"
            onInput={({ currentTarget }) => setFilter({ ...filter, type: currentTarget.value })}
          />
          <datalist id="event-types">
            {types.map((type) => (
              <option key={type} value={type} />
            ))}
          </datalist>
        </label>
        <select
          aria-label="Room"
          value={filter.roomId}
          onChange={({ currentTarget }) => setFilter({ ...filter, roomId: currentTarget.value })}
        >
          <option value="">All rooms</option>
          {rooms.map((roomId) => (
            <option key={roomId} value={roomId}>
              {roomId}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="small-button has-icon"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? all : null)}
        >
          {paused === null ? <Pause size={15} aria-hidden="true" /> : <Play size={15} aria-hidden="true" />}
          {paused === null ? 'Pause' : goOnText(missed)}
        </button>
      </PageHead>
      {wanted.length === 0 ? (
        <NothingHere title={shown.length === 0 ? 'Nothing has happened yet' : 'No event fits'}>
          {shown.length === 0
            ? 'What happens in rooms is written here as it happens.'
            : `${countText(shown.length, 'event')} of other types or rooms`}
        </NothingHere>
      ) : (
        <ol class="event-log">
          {wanted.slice(0, rows).map((event) => (
            <EventRow
              key={event.id}
              event={event}
              isOpen={open === event.id}
              onToggle={() => setOpen(open === event.id ? null : event.id)}
            />
          ))}
        </ol>
      )}
      {wanted.length > rows && (
        <button type="button" class="small-button" onClick={() => setRows(rows + ROWS)}>
          Show more
        </button>
      )}
    </div>
  );
}

const goOnText = (missed: number): string => (missed === 0 ? 'Go on' : `Go on (${missed} new)`);

function EventRow(props: { event: LoggedEvent; isOpen: boolean; onToggle: () => void }): VNode {
  const { event, isOpen, onToggle } = props;
  const { at, type, roomId, sessionId, seq } = event;
  return (
    <li class="event" data-type={type}>
      <button type="button" class="event-line" aria-expanded={isOpen} onClick={onToggle}>
        <ChevronRight size={14} class="event-mark" aria-hidden="true" />
        <time dateTime={at} title={whenText(at)}>
          {logTimeText(at)}
        </time>
        <span class="event-type" data-tone={toneOfType(type)}>
          {type}
        </span>
        <span class="event-room">{roomId}</span>
        <span class="event-summary">{summaryOf(event)}</span>
      </button>
      {isOpen && (
        <div class="event-details">
          <p class="fine-print">
            Number {seq} · {whenText(at)}
            {sessionId !== null && (
              <>
                {' · '}
                <a href={hashOf({ page: 'session', sessionId })}>Open the session</a>
              </>
            )}
          </p>
          <JsonView value={event.data} label="Data of the event" />
        </div>
      )}
    </li>
  );
}

/** Failures stand out. */
const toneOfType = (type: string): string | undefined => (type.endsWith('-failed') ? 'failed' : undefined);
