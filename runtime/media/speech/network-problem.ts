/**
 * Why a request to a service could not be made: by its code alone, for the messages of `fetch` may quote what was to be
 * sent, the key among it.
 */
export function networkProblem(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}
