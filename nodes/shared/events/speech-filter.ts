import type { RoomflowEvent } from '../../../runtime/contract/index.ts';

export type SpeechFilters = {
  /** Participants whose speech is left out, by name or ID. */
  notSaidBy?: string;
  speakerContains?: string;
  textContains?: string;
};

/** Words, phrases and names as people type them: `refund, cancel my contract`. */
const partsOf = (text: string | undefined): string[] =>
  (text ?? '')
    .toLowerCase()
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Tells which `transcription-text` events start the workflow; other events pass. Filters left out or empty let
 * everything through, several keywords what holds any of them.
 *
 * @param options.finalOnly leaves out what is still being said and may change
 */
export function speechFilter(
  options: SpeechFilters & { finalOnly: boolean },
): (event: RoomflowEvent) => boolean {
  const keywords = partsOf(options.textContains);
  const leftOut = partsOf(options.notSaidBy);
  const speaker = (options.speakerContains ?? '').trim().toLowerCase();
  return (event) => {
    if (event.type !== 'transcription-text') {
      return true;
    }
    const { isFinal, participantId, participantName, text } = event.data;
    const name = participantName.toLowerCase();
    const id = participantId.toLowerCase();
    const said = text.toLowerCase();
    return (
      (isFinal || !options.finalOnly) &&
      (name.includes(speaker) || id === speaker) &&
      !leftOut.some((who) => who === name || who === id) &&
      (keywords.length === 0 || keywords.some((keyword) => said.includes(keyword)))
    );
  };
}
