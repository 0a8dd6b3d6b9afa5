import { defaultScopeOf } from '../../contract/index.ts';
import type { DraftEvent, DraftStep } from './draft.ts';
import { isGraphScope, isOverWith, scopesOf } from './event-facts.ts';
import { pointerTo, type Finding } from './problem.ts';

/** Whether an instance can stand for what its event node says: the event tells of it, and it goes on after. Pure. */
export function scopeFindings(event: DraftEvent, steps: readonly DraftStep[]): Finding[] {
  const { type, raw, pointer } = event;
  if (type === null) {
    return [];
  }
  const asked = raw['scope'];
  const at = pointerTo(pointer, 'scope');
  const possible = scopesOf(type);
  if (asked !== undefined && !isGraphScope(asked)) {
    return [];
  }
  if (asked !== undefined && !possible.includes(asked)) {
    return [
      {
        code: 'scope-mismatch',
        pointer: at,
        message: `is nothing that ${type} tells of. It tells of: ${possible.join(', ')}`,
        suggestion: possible.at(-1) ?? null,
      },
    ];
  }
  const starts = steps.some(({ source }) => source?.nodeId === event.id);
  const lasting = possible.filter((scope) => !isOverWith(type, scope));
  // After the end of a session nothing starts in any scope: that is told of what would.
  return starts &&
    lasting.length > 0 &&
    type !== 'session-ended' &&
    isOverWith(type, asked ?? defaultScopeOf(type))
    ? [
        {
          code: 'scope-mismatch',
          pointer: at,
          message: `must say for what the instance stands: with ${type} the ${asked ?? defaultScopeOf(type)} is over, and all that it starts would end at once`,
          suggestion: lasting.at(-1) ?? null,
        },
      ]
    : [];
}
