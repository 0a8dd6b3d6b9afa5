/** What a bench measured: numbers by name, some of them by participants or rates. */
export type Figures = Record<string, unknown>;

/** What a bench is given to run. */
export type BenchContext = {
  /** The value of an option as it was given, or its default. */
  option: (name: string) => string;
  /** Tells how far the bench is. */
  say: (line: string) => void;
  /** Aborted when the run is to end early: the bench stops waiting and takes down what it started. */
  signal: AbortSignal;
};

/** One bench: `npm run bench -- <name>`. */
export type Bench = {
  summary: string;
  /** Options that change the run; the defaults are the run whose figures count. */
  options: Readonly<Record<string, { default: string; meaning: string }>>;
  /** Leaves no process and no folder behind, whether it ends well or not. */
  run: (context: BenchContext) => Promise<Figures>;
};
