/** A fault that was begun. */
export interface Active {
  /** Ends it; harmless when it has ended by itself. */
  end(): void;
  /** It changed something so far; always so for what lasts and is not counted. */
  readonly acted: boolean;
}
