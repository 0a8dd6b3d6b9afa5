import type { Question } from '../../../contract/index.ts';

/**
 * Open questions by upvotes, the older first among equals; then the answered ones, the latest first. What was
 * dismissed is shown to nobody but its author and hosts, last.
 */
export function inOrder(
  questions: readonly Question[],
  reader: { selfId: string; isModerator: boolean },
): Question[] {
  const rank = { open: 0, answered: 1, dismissed: 2 } as const;
  const at = (text: string | null): number => (text === null ? 0 : Date.parse(text));
  return questions
    .filter(
      ({ status, participantId }) =>
        status !== 'dismissed' || reader.isModerator || participantId === reader.selfId,
    )
    .toSorted((a, b) => {
      if (a.status !== b.status) {
        return rank[a.status] - rank[b.status];
      }
      return a.status === 'open'
        ? b.upvotes - a.upvotes || at(a.createdAt) - at(b.createdAt)
        : at(b.answeredAt) - at(a.answeredAt);
    });
}
