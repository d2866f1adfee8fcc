import { assert } from "../assert.ts";
import type { Answer, RequestSpec } from "../host/index.ts";
import type { CommandLayout } from "../ipmi/command-layout.ts";
import { commandByName, commandInfo, commandName } from "../ipmi/command-table.ts";
import { Cc, completionText } from "../ipmi/completion.ts";
import { Malformed } from "../ipmi/message.ts";
import type { Layout } from "../ipmi/record.ts";
import type { Course } from "./case.ts";
import type { Look } from "./look.ts";

/** An answer, with its data taken apart where it is a success. */
export interface Reply<T> {
  readonly answer: Answer;
  /** Undefined for any code but 00h from the BMC itself, and for data that are not the command's. */
  readonly value: T | undefined;
}

/** Asks a command of the specification. */
export function* ask<Q extends object, R extends object>(
  { netFn, cmd, request, response }: CommandLayout<Layout<Q>, Layout<R>>,
  value: Q,
): Course<Reply<R>> {
  const answer = yield* send({ netFn, cmd, data: request.encode(value) });
  return { answer, value: succeeded(answer) ? decoded(response, answer.data) : undefined };
}

/** Asks a command by its name, with bytes as they are. */
export function* raw(name: string, data: readonly number[] = [], lun = 0): Course<Answer> {
  const info = commandByName(name);
  assert(info !== undefined, `${name} is a command of the specification`);
  return yield* send({ netFn: info.netFn, cmd: info.cmd, lun, data: Uint8Array.from(data) });
}

/** Sends any request, and has its answer. */
export function* send(request: RequestSpec): Course<Answer> {
  const answer = yield { kind: "ask", request };
  assert(answer !== undefined, "a question is answered");
  return answer;
}

/** Lets time pass. */
export function* pause(us: number): Course {
  yield { kind: "pause", us };
}

/** The BMC itself said that it was done. */
export function succeeded({ maker, cc }: Answer): boolean {
  return maker === "bmc" && cc === Cc.Ok;
}

/** The answer as a reader has it: the command, the code, what that says. */
export function answerText({ netFn, cmd, cc, maker }: Answer): string {
  const code = `${hex(cc)} (${completionText(cc, netFn, cmd)})`;
  return `${commandName(netFn, cmd)} ${saidBy(maker)} ${code}`;
}

function saidBy(maker: Answer["maker"]): string {
  if (maker === "bmc") return "is answered with";
  if (maker === "unknown") return "is answered, by the BMC or by the kernel's driver, with";
  return `gets no answer; the host's ${maker} says`;
}

/** `C1h` */
export function hex(value: number, digits = 2): string {
  return `${value.toString(16).toUpperCase().padStart(digits, "0")}h`;
}

/** Codes of a BMC that cannot say just now. @see IPMI 2.0 §5.2, Table 5-2 */
const NOT_NOW: readonly number[] = [
  ...[Cc.NodeBusy, Cc.ResponseUnavailable, Cc.SdrRepositoryInUpdate, Cc.FirmwareUpdate],
  ...[Cc.InitializationInProgress, Cc.NotSupportedInState, Cc.Unspecified],
];

/**
 * Whether the BMC did what was asked; what else it said becomes the case's remark. `claimed`: by what the
 * BMC says that it has the command; without, one that is not mandatory may be missing.
 */
export function did(look: Look, answer: Answer, claimed?: string): boolean {
  if (succeeded(answer)) return true;
  const { netFn, cmd, cc, maker } = answer;
  const text = answerText(answer);
  if (maker !== "bmc") look.inconclusive(text);
  else if (cc === Cc.InvalidCommand) missing(look, answer, claimed);
  else if (NOT_NOW.includes(cc)) look.inconclusive(`${text}: it cannot say now`);
  else look.tolerable(sectionOf(netFn, cmd), text);
  return false;
}

function missing(look: Look, { netFn, cmd }: Answer, claimed: string | undefined): void {
  const name = commandName(netFn, cmd);
  if (claimed === undefined) return look.notClaimed(`there is no ${name} (C1h)`);
  look.violates(sectionOf(netFn, cmd), `${claimed}, and there is no ${name} (C1h)`);
}

/** Where the specification has a command. */
export function sectionOf(netFn: number, cmd: number): string {
  return `IPMI 2.0 §${commandInfo(netFn, cmd)?.section ?? "5"}`;
}

function decoded<R>(layout: Layout<R>, data: Uint8Array): R | undefined {
  try {
    return layout.decode(data);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
