import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { CallError, type Api, type LoggedEvent } from './client/index.ts';
import { useSignedIn } from './console-context.ts';

export type Live<T> = {
  /** null until it is there for the first time. */
  value: T | null;
  error: CallError | null;
  /** Asks again now. */
  reload: () => void;
};

export type LiveOptions = {
  /** Whether what happened may have changed it. */
  when?: (event: LoggedEvent) => boolean;
  /** Asks again so often, for figures that no event tells of. */
  everyMs?: number;
};

/** Events come in bursts; one question answers them all. */
const SETTLE_MS = 150;

/**
 * What a call answers, asked again when an event says that it may have changed, at intervals, and when the runtime is
 * back. `key` names what is asked for: another key begins anew.
 */
export function useLive<T>(key: string, ask: (api: Api) => Promise<T>, options: LiveOptions = {}): Live<T> {
  const { api, feed } = useSignedIn();
  const [state, setState] = useState<{ key: string; value: T | null; error: CallError | null }>({
    key,
    value: null,
    error: null,
  });
  const latest = useRef({ ask, options });
  latest.current = { ask, options };
  const run = useRef(0);

  const reload = useCallback((): void => {
    const mine = ++run.current;
    latest.current.ask(api).then(
      (value) => {
        if (mine === run.current) {
          setState({ key, value, error: null });
        }
      },
      (error: unknown) => {
        if (mine === run.current) {
          setState((before) => ({
            key,
            value: before.key === key ? before.value : null,
            error: CallError.from(error),
          }));
        }
      },
    );
  }, [api, key]);

  const { everyMs } = options;
  useEffect(() => {
    let settling: ReturnType<typeof setTimeout> | undefined;
    reload();
    const endListening = feed.listen((event) => {
      if (settling === undefined && latest.current.options.when?.(event) === true) {
        settling = setTimeout(() => {
          settling = undefined;
          reload();
        }, SETTLE_MS);
      }
    });
    const endComebacks = feed.onComeback(reload);
    const polling = everyMs === undefined ? undefined : setInterval(reload, everyMs);
    return () => {
      run.current += 1;
      endListening();
      endComebacks();
      clearTimeout(settling);
      clearInterval(polling);
    };
  }, [feed, reload, everyMs]);

  return state.key === key ? { ...state, reload } : { value: null, error: null, reload };
}
