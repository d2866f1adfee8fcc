/** A fault that was begun. */
export interface Active {
  /** Ends it; harmless when it has ended by itself. */
  end(): void;
  /** It changed something so far. */
  acted(): boolean;
}
