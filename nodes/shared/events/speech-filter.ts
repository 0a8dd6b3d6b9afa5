import type { RoomflowEvent } from '../../../runtime/contract/index.ts';

export type SpeechFilters = { speakerContains?: string; textContains?: string };

/** Words and phrases as people type them: `refund, cancel my contract`. */
const keywordsOf = (text: string | undefined): string[] =>
  (text ?? '')
    .toLowerCase()
    .split(/[,\n]/)
    .map((keyword) => keyword.trim())
    .filter((keyword) => keyword !== '');

/**
 * Tells which `transcription-text` events start the workflow; other events pass. Filters left out or empty let
 * everything through, several keywords what holds any of them.
 *
 * @param options.finalOnly leaves out what is still being said and may change
 */
export function speechFilter(
  options: SpeechFilters & { finalOnly: boolean },
): (event: RoomflowEvent) => boolean {
  const keywords = keywordsOf(options.textContains);
  const speaker = (options.speakerContains ?? '').trim().toLowerCase();
  return (event) => {
    if (event.type !== 'transcription-text') {
      return true;
    }
    const { isFinal, participantId, participantName, text } = event.data;
    const said = text.toLowerCase();
    return (
      (isFinal || !options.finalOnly) &&
      (participantName.toLowerCase().includes(speaker) || participantId.toLowerCase() === speaker) &&
      (keywords.length === 0 || keywords.some((keyword) => said.includes(keyword)))
    );
  };
}
