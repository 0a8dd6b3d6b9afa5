import { Type } from 'typebox';
import { expectAnswer } from './answer.ts';
import type { RestSession } from './rest-session.ts';

/** The account that owns an n8n instance. n8n wants 8 to 64 characters, a digit and a capital. */
export type Owner = { email: string; password: string; firstName: string; lastName: string };

export const defaultOwner: Owner = {
  email: 'owner@roomflow.test',
  password: 'Roomflow-2026',
  firstName: 'Roomflow',
  lastName: 'Owner',
};

const Settings = Type.Object({
  data: Type.Object({ userManagement: Type.Object({ showSetupOnFirstLoad: Type.Boolean() }) }),
});

/** Creates the owner of a fresh instance, or signs in to one that has an owner. */
export async function signIn(session: RestSession, owner: Owner): Promise<void> {
  const settings = expectAnswer(Settings, await session.request('GET', 'rest/settings'), 'GET rest/settings');
  if (settings.data.userManagement.showSetupOnFirstLoad) {
    await session.request('POST', 'rest/owner/setup', owner);
  } else {
    await session.request('POST', 'rest/login', {
      emailOrLdapLoginId: owner.email,
      password: owner.password,
    });
  }
}
