import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';

const Created = Type.Object({ data: Type.Object({ rawApiKey: Type.String() }) });

/** A key for n8n's public API that may read executions. */
export async function createApiKey(session: RestSession): Promise<string> {
  const answer = await session.request('POST', 'rest/api-keys', {
    label: `roomflow-${randomUUID()}`,
    expiresAt: null,
    scopes: ['workflow:read', 'execution:read', 'execution:list'],
  });
  return expectAnswer(Created, answer, 'POST rest/api-keys').data.rawApiKey;
}
