import type { Gift, MessageView } from '../../../contract/index.ts';

export type ChatLine =
  | { kind: 'message'; id: string; message: MessageView; goesOn: boolean }
  | { kind: 'gift'; id: string; gift: Gift };

/** Messages and gifts in order of time. A message `goesOn` when the line before is the same person's message. */
export function chatLines(messages: readonly MessageView[], gifts: readonly Gift[]): ChatLine[] {
  const lines = [
    ...messages.map((message) => ({ at: Date.parse(message.at), message })),
    ...gifts.map((gift) => ({ at: Date.parse(gift.at), gift })),
  ].sort((a, b) => a.at - b.at);
  return lines.map((line, index) => {
    if ('gift' in line) {
      return { kind: 'gift', id: line.gift.giftId, gift: line.gift };
    }
    const previous = lines[index - 1];
    const goesOn =
      previous !== undefined && 'message' in previous && previous.message.senderId === line.message.senderId;
    return { kind: 'message', id: line.message.messageId, message: line.message, goesOn };
  });
}
