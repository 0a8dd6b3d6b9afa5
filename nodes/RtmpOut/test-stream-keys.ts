import type {
  ICredentialsDecrypted,
  ICredentialTestFunctions,
  INodeCredentialTestResult,
} from 'n8n-workflow';

/**
 * Platforms offer no call that tells whether a key is right, short of going live: this tells what can be told,
 * that there is a key at all and that the own server's address is one of an RTMP server.
 */
export async function testStreamKeys(
  this: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  const data = credential.data ?? {};
  const text = (name: string): string => {
    const value = data[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const keys = ['youtubeSecret', 'twitchSecret', 'facebookSecret', 'customUrl'].filter(
    (name) => text(name) !== '',
  );
  if (keys.length === 0) {
    return { status: 'Error', message: 'Fill in at least one stream key, or the address of an own server.' };
  }
  const url = text('customUrl');
  if (url !== '' && !/^rtmps?:\/\/[^/]+\/./.test(url)) {
    return {
      status: 'Error',
      message: `The own server's URL must look like rtmps://host/app; received “${url.slice(0, 60)}”.`,
    };
  }
  return await Promise.resolve({
    status: 'OK',
    message: 'The keys are kept. A platform tells only at the start whether its key is right.',
  });
}
