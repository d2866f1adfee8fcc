import { type Acts, act } from "../../scenario/vocabulary/choice.ts";
import type { HostAction, HostValues } from "../../scenario/vocabulary/host.ts";

/** What the lab may do to a host's life, between two of its tasks. */
export interface HostLifeline {
  /** The user goes away, requests in flight or not. */
  closeUser(user: string): void;
  removeDriver(): void;
  insertDriver(): void;
}

/** Does to the host what a scenario's `host:` asks for. Returns what ends it, if it can end. */
export function actOnHost(action: HostAction, host: HostLifeline, ended: () => void): () => void {
  return act(ACTS, action, host, ended);
}

/** Each gives what ends it. */
const ACTS: Acts<HostValues, [HostLifeline, () => void], () => void> = {
  driver: (_removed, host) => {
    host.removeDriver();
    return () => host.insertDriver();
  },
  close: (user, host, ended) => {
    host.closeUser(user);
    ended();
    return nothing;
  },
  // A processor stops at once, wherever it is: whoever directs sees to that himself.
  panic: (_text, _host, ended) => {
    ended();
    return nothing;
  },
};

function nothing(): void {}
