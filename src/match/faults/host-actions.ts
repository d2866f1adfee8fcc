import type { HostAction } from "../../scenario/schema.ts";

/** What the lab may do to a host's life, between two of its tasks. */
export interface HostLifeline {
  /** The user goes away, requests in flight or not. */
  closeUser(user: string): void;
  removeDriver(): void;
  insertDriver(): void;
}

/** Does to the host what a scenario's `host:` asks for. Returns what ends it, if it can end. */
export function actOnHost(action: HostAction, host: HostLifeline, ended: () => void): () => void {
  if (action.driver !== undefined) {
    host.removeDriver();
    return () => host.insertDriver();
  }
  if (action.close !== undefined) host.closeUser(action.close);
  ended();
  return () => {};
}
