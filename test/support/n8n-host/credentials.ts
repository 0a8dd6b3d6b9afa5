import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';
import type { CredentialReference } from './workflow-document.ts';

/** A credential as n8n's editor saves it; `data` holds the fields of the credential type. */
export type Credential = { name: string; type: string; data: Record<string, unknown> };

const Saved = Type.Object({ data: Type.Object({ id: Type.String(), name: Type.String() }) });
const List = Type.Object({
  data: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), type: Type.String() })),
});
const TestResult = Type.Object({
  data: Type.Object({ status: Type.String(), message: Type.Optional(Type.String()) }),
});

/** Saves a credential; one of the same name and type is updated, so that its id stays. */
export async function saveCredential(
  session: RestSession,
  credential: Credential,
): Promise<CredentialReference> {
  const known = expectAnswer(List, await session.request('GET', 'rest/credentials'), 'GET rest/credentials');
  const same = known.data.find(({ name, type }) => name === credential.name && type === credential.type);
  const answer =
    same === undefined
      ? await session.request('POST', 'rest/credentials', credential)
      : await session.request('PATCH', `rest/credentials/${same.id}`, credential);
  const { data } = expectAnswer(Saved, answer, 'saving a credential');
  return { id: data.id, name: data.name };
}

/** Runs the credential type's own test, as the editor does when a credential is saved. */
export async function testCredential(
  session: RestSession,
  reference: CredentialReference,
  credential: Credential,
): Promise<{ ok: boolean; message: string }> {
  const answer = await session.request('POST', 'rest/credentials/test', {
    credentials: { ...credential, id: reference.id },
  });
  const { data } = expectAnswer(TestResult, answer, 'POST rest/credentials/test');
  return { ok: data.status === 'OK', message: data.message ?? '' };
}
