import type { Caption } from '../../contract/index.ts';

/** What one person says without somebody else in between. */
export type TranscriptTurn = { id: string; name: string; timestamp: number; texts: readonly Caption[] };

/** After such a silence a turn begins anew, with its own time. */
const SAME_TURN_MS = 30_000;

/** Finals, oldest first, as turns. */
export function turnsOf(transcript: readonly Caption[]): TranscriptTurn[] {
  const turns: TranscriptTurn[] = [];
  let previous: Caption | undefined;
  for (const caption of transcript) {
    const turn = turns.at(-1);
    const goesOn =
      previous?.participantId === caption.participantId && caption.startMs - previous.endMs < SAME_TURN_MS;
    if (goesOn && turn !== undefined) {
      turns[turns.length - 1] = { ...turn, texts: [...turn.texts, caption] };
    } else {
      const { segmentId, participantName, timestamp } = caption;
      turns.push({ id: segmentId, name: participantName, timestamp, texts: [caption] });
    }
    previous = caption;
  }
  return turns;
}

export const timeText = (timestamp: number): string =>
  new Date(timestamp).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** The transcript as plain text, one turn a line. */
export function transcriptText(transcript: readonly Caption[]): string {
  return turnsOf(transcript)
    .map(({ name, timestamp, texts }) => {
      const words = texts.map(({ text }) => text).join(' ');
      return `[${timeText(timestamp)}] ${name}: ${words}\n`;
    })
    .join('');
}
