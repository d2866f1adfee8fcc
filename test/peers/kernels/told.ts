/** What a guest's program told of one thing that it did. */
export interface Told {
  /** What came of it; else the error. */
  readonly is?: unknown;
  readonly code?: string;
  readonly exit?: number;
  readonly line?: string;
}

/** What was told on a console, by name. */
export function toldIn(lines: readonly string[]): ReadonlyMap<string, Told> {
  const told = lines.flatMap((line): [string, Told][] => {
    const [, name, json] = /^= ([a-z0-9 ]+) (\{.*\})$/.exec(line) ?? [];
    return name === undefined || json === undefined ? [] : [[name, JSON.parse(json)]];
  });
  return new Map(told);
}
