export type Sample = { name: string; labels: Readonly<Record<string, string>>; value: number };

/** The samples of a Prometheus text exposition (format 0.0.4); lines that are none are left out. Pure. */
export function samplesOf(text: string): Sample[] {
  return text.split('\n').flatMap((line): Sample[] => {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    const value = Number(match?.[3]);
    if (match?.[1] === undefined || Number.isNaN(value)) {
      return [];
    }
    const labels = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, name = '', text = '']) => [name, text] as const,
    );
    return [{ name: match[1], labels: Object.fromEntries(labels), value }];
  });
}

/** The sum of a metric over all samples that have these labels; null where there is none. Pure. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const fitting = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return fitting.length === 0 ? null : fitting.reduce((sum, { value }) => sum + value, 0);
}
