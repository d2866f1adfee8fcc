import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failureAt } from "../environment.ts";

/** Nobody but this machine can ask. */
const LOOPBACK = "127.0.0.1";

/** Begins to listen on loopback; 0 is any port that is free. `option` named the port, for an error. */
export async function listen(server: Server, port: number, option: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(failureAt(`${option} ${port}`, error)));
    server.listen(port, LOOPBACK, resolve);
  });
}

/** Where a server that listens is, with a slash at its end. */
export function addressOf(server: Server): string {
  return `http://${LOOPBACK}:${portOf(server)}/`;
}

/** Whether it was asked for by its own name: another one for this machine is a stranger's page that asks. */
export function isAsked(server: Server, host: string | undefined): boolean {
  return [LOOPBACK, "localhost"].some((name) => host === `${name}:${portOf(server)}`);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
