import type { Input, MetadataTags } from 'mediabunny';

const TAG = 'ROOMFLOW_START_MS';

/** What a working file is told of its place in the session, so that a file left open by a crash still knows it. */
export const sessionStartTags = (startMs: number): MetadataTags => ({ raw: { [TAG]: String(startMs) } });

/** Session time at which a file begins, in milliseconds, as the file itself says; undefined when it does not. */
export const readSessionStart = async (input: Input): Promise<number | undefined> => {
  const value = (await input.getMetadataTags()).raw?.[TAG];
  if (typeof value !== 'string' || value === '') return undefined;
  const startMs = Number(value);
  return Number.isFinite(startMs) ? startMs : undefined;
};
