import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import type { VoiceView } from '../../../runtime/contract/index.ts';
import { callRuntime, toNodeError } from '../transport';
import { matchesFilter } from './matches-filter';

function nameOf({ name, isDefault, ready, message }: VoiceView): string {
  if (!ready) {
    return `${name} (not ready: ${message ?? 'the runtime gives no reason'})`;
  }
  return isDefault ? `${name} (default)` : name;
}

/** The voices of the runtime, those first that can speak. */
export async function searchVoices(
  this: ILoadOptionsFunctions,
  filter?: string,
): Promise<INodeListSearchResult> {
  try {
    const voices = await callRuntime<VoiceView[]>(this, { path: '/v2/speech/voices' });
    return {
      results: voices
        .filter(({ name, type }) => matchesFilter(filter, name, type))
        .sort((a, b) => Number(b.ready) - Number(a.ready))
        .map((voice) => ({ name: nameOf(voice), value: voice.name })),
    };
  } catch (error) {
    throw toNodeError(this.getNode(), error);
  }
}
