import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { SpeechEngineView } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { matchesFilter } from './matches-filter';

/** What to expect of a recogniser stands beside its name, for that is where it is chosen. */
function nameOf({ name, isDefault, ready, note, message }: SpeechEngineView): string {
  const state = ready ? '' : `not ready: ${message ?? 'the runtime gives no reason'}`;
  const about = [isDefault ? 'default' : '', note, state].filter((part) => part !== '');
  return about.length === 0 ? name : `${name} (${about.join('; ')})`;
}

/** The recognisers of the runtime, those first that can be started. */
export async function searchEngines(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  try {
    const engines = await callRuntime<SpeechEngineView[]>(this, { path: '/v2/speech/engines' });
    return {
      results: engines
        .filter(({ name, type, note }) => matchesFilter(filter, name, type, note))
        .sort((a, b) => Number(b.ready) - Number(a.ready))
        .map((engine) => ({ name: nameOf(engine), value: engine.name })),
    };
  } catch (error) {
    throw toNodeError(this.getNode(), error);
  }
}
