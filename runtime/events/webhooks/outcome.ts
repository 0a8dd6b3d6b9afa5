import type { DeliveryKind } from '../../store/index.ts';

/** What one attempt met with. */
export type Answer =
  | { status: number; text: string; retryAfterMs: number }
  /** No answer: refused, timed out, no such host. */
  | { failure: string };

/** `refused`: trying again is of no use. `gone`: the receiver wants nothing any more (410). */
export type Outcome = 'delivered' | 'retry' | 'refused' | 'gone';

/** Decides by the answer alone. Redirects are not followed and count as any other refusal to take it now. */
export function outcomeOf(kind: DeliveryKind, answer: Answer): Outcome {
  if ('failure' in answer) {
    return 'retry';
  }
  if (answer.status >= 200 && answer.status < 300) {
    return 'delivered';
  }
  if (answer.status === 410) {
    return 'gone';
  }
  // n8n: "The execution "7" has finished already." An execution is resumed once; while it still runs, the
  // text is another one and the answer comes right later.
  if (kind === 'callback' && answer.status === 409 && /\bfinished\b/i.test(answer.text)) {
    return 'refused';
  }
  return 'retry';
}

/** The answer in words, for the delivery's history. */
export function describeAnswer(answer: Answer): string {
  if ('failure' in answer) {
    return answer.failure;
  }
  return `HTTP ${answer.status}${answer.text === '' ? '' : `: ${answer.text}`}`;
}
