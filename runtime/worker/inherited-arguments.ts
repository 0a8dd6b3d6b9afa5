const scriptArguments = new Set(['-e', '--eval', '-p', '--print', '-pe']);

/**
 * What a child has of its parent's arguments of Node: all but a script on the command line, which would be run in the
 * child instead of its file.
 */
export function inheritedArguments(parents: readonly string[]): string[] {
  const at = parents.findIndex((argument) => scriptArguments.has(argument));
  return at < 0 ? [...parents] : parents.toSpliced(at, 2);
}
