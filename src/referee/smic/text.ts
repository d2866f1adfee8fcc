import {
  isStatusCode,
  operationOf,
  SmicOperation,
  SmicStream,
  streamOf,
} from "../../wire/smic/protocol.ts";
import { hex } from "../text.ts";
import { BmcState } from "./bmc-view.ts";

/** Pieces of sentences about SMIC. */

const OPERATIONS: Readonly<Record<number, string>> = {
  [SmicOperation.GetStatus]: "GET_STATUS",
  [SmicOperation.WriteStart]: "WR_START",
  [SmicOperation.WriteNext]: "WR_NEXT",
  [SmicOperation.WriteEnd]: "WR_END",
  [SmicOperation.ReadStart]: "RD_START",
  [SmicOperation.ReadNext]: "RD_NEXT",
  [SmicOperation.ReadEnd]: "RD_END",
};

/** A control or status code by name, and of the SMI handler's stream as such. */
export function codeText(code: number): string {
  const stream = streamOf(code);
  const operation = operationOf(code);
  const ready = isStatusCode(code) && operation === SmicOperation.GetStatus;
  const name = ready ? "READY" : OPERATIONS[operation];
  if (stream === undefined || name === undefined) return hex(code);
  return stream === SmicStream.Sms ? name : `${name} of the SMM stream`;
}

/** A status code with the error code beside it, where one is known. */
export function statusText(status: number, error: number): string {
  if (status === -1) return "no status code";
  return error === -1 ? codeText(status) : `${codeText(status)} and ${hex(error)}`;
}

const STATES: Record<BmcState, string> = {
  [BmcState.Unknown]: "in a state not known",
  [BmcState.Ready]: "with no transfer in progress",
  [BmcState.Writing]: "in the write phase",
  [BmcState.Executing]: "with a whole request",
  [BmcState.Reading]: "in the read phase",
  [BmcState.Last]: "after the last byte",
};

export function stateText(state: BmcState): string {
  return STATES[state];
}
