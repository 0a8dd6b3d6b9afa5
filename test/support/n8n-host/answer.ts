import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/**
 * Checks an answer of n8n against the part of it that is used here, so that a change in n8n shows as what it
 * is and not as `undefined` somewhere later.
 * @throws with the first difference and the start of the answer.
 */
export function expectAnswer<Schema extends TSchema>(
  schema: Schema,
  answer: unknown,
  call: string,
): Static<Schema> {
  if (Value.Check(schema, answer)) {
    return answer;
  }
  const [first] = Value.Errors(schema, answer);
  const shown = JSON.stringify(answer ?? null).slice(0, 400);
  throw new Error(
    `n8n answered ${call} unexpectedly at "${first?.instancePath}": ${first?.message}\n${shown}`,
  );
}
