import { NetFn } from "../../ipmi/command-table.ts";
import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import { readFruData } from "../../ipmi/commands/storage/fru.ts";
import { Cc } from "../../ipmi/completion.ts";
import { REQUEST_BYTES_MIN, REQUEST_BYTES_SUPPORTED } from "../../ipmi/message.ts";
import { answerText, ask, did, pause, raw, send } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";
import { claimOf } from "./devices.ts";

const GET_DEVICE_ID = { netFn: getDeviceId.netFn, cmd: getDeviceId.cmd };

/** Not assigned by any table of the specification. @see IPMI 2.0 Appendix G, Table G-1 */
const UNASSIGNED_APP = 0x7f;
/** A network function that is reserved. @see IPMI 2.0 §5.1, Table 5-1 */
const RESERVED_NETFN = 0x12;

/** More than one part of SSIF takes, and its first two. @see IPMI 2.0 §12.5 */
const LONG_BYTES = 120;
const LONG_TIMES = 8;
const LONG_EVERY_US = 100_000;
/** Codes by which a BMC says that so much cannot be read at once. @see IPMI 2.0 §5.2, Table 5-2 */
const TOO_MUCH: readonly number[] = [
  ...[Cc.CannotReturnBytes, Cc.RequestLengthExceeded, Cc.ParameterOutOfRange],
  ...[Cc.InvalidField, Cc.RequestLengthInvalid],
];

const REPEATS = 20;
const QUIET_US = 1_000_000;

/** Refused by the BMC itself, whatever the code; a success or a silence is told. */
function* refused(look: Look, course: Course<Awaited>, section: string, what: string): Course {
  const answer = yield* course;
  if (answer.maker !== "bmc") look.inconclusive(answerText(answer));
  else if (answer.cc === Cc.Ok) look.violates(section, `${what} is carried out (00h)`);
}
type Awaited = ReturnType<typeof send> extends Course<infer T> ? T : never;

/** What the driver does before the first case. */
export const bringUp: Case = {
  id: "wire/bring-up",
  section: "IPMI 2.0 §9 to §12, §20.1, §22.1 to §22.4",
  title: "A driver finds the BMC, asks who it is, and sets the message channel up.",
  atTheWire: true,
  *run() {},
};

/** What holds of any request and any response. */
export const messageCases: readonly Case[] = [
  bringUp,
  {
    id: "wire/device-id",
    section: "IPMI 2.0 §5.1, §9.3, §20.1",
    title: "A request is answered, with its own NetFn, LUN and command.",
    *run(look) {
      const { answer } = yield* ask(getDeviceId, {});
      did(look, answer, "every BMC has it");
    },
  },
  {
    id: "wire/again-and-again",
    section: "IPMI 2.0 §5.2, §20.1",
    title: `The same request is answered ${REPEATS} times in a row, alike.`,
    *run(look) {
      for (let i = 0; i < REPEATS; i++) {
        const { answer } = yield* ask(getDeviceId, {});
        if (!did(look, answer, "every BMC has it")) return;
      }
    },
  },
  {
    id: "wire/longest-request",
    section: "IPMI 2.0 §6.13",
    title: `A request of ${REQUEST_BYTES_SUPPORTED} bytes gets through, and its data are too long.`,
    *run(look) {
      const data = new Uint8Array(REQUEST_BYTES_SUPPORTED - REQUEST_BYTES_MIN);
      const answer = yield* send({ ...GET_DEVICE_ID, data });
      if (answer.maker !== "bmc") look.inconclusive(answerText(answer));
    },
  },
  {
    id: "wire/long-response",
    section: "IPMI 2.0 §12.4, §34.2",
    title: "A response of many bytes comes whole, again and again.",
    *run(look) {
      const claim = yield* claimOf("fruInventoryDevice");
      for (let i = 0; i < LONG_TIMES; i++) {
        const request = { fruId: 0, offset: 0, count: LONG_BYTES };
        const { answer, value } = yield* ask(readFruData, request);
        // So much at once need not be possible.
        if (TOO_MUCH.includes(answer.cc)) return;
        if (!did(look, answer, claim)) return;
        if (value !== undefined && value.data.length < value.count) {
          const text = `a read counts ${value.count} bytes, and ${value.data.length} come`;
          return look.violates("IPMI 2.0 §34.2", text);
        }
        yield* pause(LONG_EVERY_US);
      }
    },
  },
  {
    id: "wire/unassigned-command",
    section: "IPMI 2.0 §5.2, §5.3",
    title: "A command that is not assigned gets C1h.",
    *run(look) {
      const course = send({ netFn: NetFn.App, cmd: UNASSIGNED_APP });
      yield* refused(look, course, "IPMI 2.0 §5.3", "a command that is not assigned");
    },
  },
  {
    id: "wire/reserved-netfn",
    section: "IPMI 2.0 §5.1, §5.3",
    title: "A network function that is reserved is refused.",
    *run(look) {
      const course = send({ netFn: RESERVED_NETFN, cmd: 0x01 });
      yield* refused(look, course, "IPMI 2.0 §5.1", "a command of a reserved network function");
    },
  },
  {
    id: "wire/other-luns",
    section: "IPMI 2.0 §5.2, §9.1",
    title: "A request to another LUN is answered by that LUN.",
    *run(look) {
      for (const lun of [1, 2, 3]) {
        const answer = yield* raw("Get Device ID", [], lun);
        if (answer.maker !== "bmc") look.inconclusive(`LUN ${lun}: ${answerText(answer)}`);
      }
    },
  },
  {
    id: "wire/quiet",
    section: "IPMI 2.0 §9.14, §22.4",
    title: "When nobody asks anything, the BMC is quiet, and answers again afterwards.",
    atTheWire: true,
    *run(look) {
      yield* pause(QUIET_US);
      const { answer } = yield* ask(getDeviceId, {});
      did(look, answer, "every BMC has it");
    },
  },
];
