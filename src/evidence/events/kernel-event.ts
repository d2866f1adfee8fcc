/** One event of a kernel's tracing, whoever printed it. */
export interface KernelEvent {
  /** The process; 0 is the idle one of each CPU. */
  readonly pid: number;
  readonly cpu: number;
  readonly atUs: number;
  /** The event's name, without its group. */
  readonly name: string;
  /** What stands behind the name, as the event's own format prints it. */
  readonly body: string;
}

/** Reads the events of one kind, in the order of their lines. */
export interface EventReader {
  /** Takes an event; false when it is none of this kind. */
  event(event: KernelEvent): boolean;
  /** Lines were lost: what was begun cannot be completed. */
  lost(): void;
}
