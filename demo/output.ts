/** Where the demo tells what it does. */
export type Output = {
  say(line: string): void;
  /** The outcome, as the last line of the standard output. */
  result(outcome: unknown): void;
};

/** With `json` the standard output holds the outcome and nothing else. */
export function openOutput({ json }: { json: boolean }): Output {
  const stream = json ? process.stderr : process.stdout;
  return {
    say: (line) => void stream.write(`${line}\n`),
    result: (outcome) => {
      if (json) {
        process.stdout.write(`${JSON.stringify(outcome)}\n`);
      }
    },
  };
}
