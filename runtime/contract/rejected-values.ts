/** What JSON schema validators say of one value, as TypeBox and Fastify hand it over. */
export type SchemaComplaint = {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message?: string | undefined;
};

/** A value that was not taken: where it stands, as a JSON pointer, and what is wrong with it. */
export type RejectedValue = { pointer: string; message: string };

/**
 * One complaint a value, in words for the person who sent it. Validators tell of every branch of a union and
 * of every schema around an unknown key; of those only what helps is kept.
 *
 * @param at JSON pointer (or name) of the validated document itself
 */
export function rejectedValues(complaints: Iterable<SchemaComplaint>, at = ''): RejectedValue[] {
  const byPlace = new Map<string, SchemaComplaint[]>();
  for (const complaint of complaints) {
    const place = byPlace.get(complaint.instancePath) ?? [];
    byPlace.set(complaint.instancePath, [...place, complaint]);
  }
  const rejected = [...byPlace].flatMap(([path, all]) => {
    const message = messageFor(all);
    return message === undefined ? [] : [{ pointer: `${at}${path}`, message }];
  });
  return rejected.length > 0 ? rejected : [{ pointer: at, message: 'is not valid' }];
}

/** Undefined when the complaint only sums up what is told of a value within. */
function messageFor(complaints: readonly SchemaComplaint[]): string | undefined {
  if (complaints.some(({ keyword }) => keyword === 'boolean')) {
    return 'is not a known name here';
  }
  const choices = complaints.flatMap(({ keyword, params }) =>
    keyword === 'const' ? [String(params['allowedValue'])] : [],
  );
  const others = complaints.filter(
    ({ keyword, params }) =>
      !['const', 'anyOf', 'additionalProperties'].includes(keyword) &&
      !(keyword === 'type' && params['type'] === 'null'),
  );
  const messages = [
    ...(choices.length > 0 ? [`must be one of ${choices.join(', ')}`] : []),
    ...new Set(others.map(({ message }) => message ?? 'is not valid')),
  ];
  return messages.length > 0 ? messages.join(' or ') : undefined;
}

/** The rejected values in one sentence part: `/kind must be one of audio, video; /x is not a known name here`. */
export const describeRejected = (values: readonly RejectedValue[]): string =>
  values.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ');
