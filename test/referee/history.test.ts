import { describe, expect, test } from "vitest";
import type { Body } from "../../src/trace/events.ts";
import type { TransportKind } from "../../src/trace/head.ts";
import { ask, bt, exchange as btExchange, fetch, give, take } from "./bt-script.ts";
import { cases } from "./cases/all.ts";
import type { Case } from "./cases/case.ts";
import { exchange as called, looks, send } from "./opal-script.ts";
import { abort, bmc, exchange, host, named, refereeOf, type Script, swap, upTo } from "./script.ts";
import { smic, exchange as smicExchange } from "./smic-script.ts";
import { bus, transaction, write } from "./ssif-script.ts";

const WAITS = upTo(exchange("18 08", "00"), "r1=40");
const GIVES_UP = swap(abort(), "r1=00", "r1=40");
/** A response to Get System GUID. */
const GUID = `1c 37 00${" 11".repeat(16)}`;
const LIFE: Readonly<Record<string, Script>> = {
  "a panic": [host("panic"), host("panic-end"), host("start"), host("up")],
};

/** What went on before, in which nobody broke a rule that is looked at afterwards. */
const BEFORE: Readonly<Record<TransportKind, Readonly<Record<string, Script>>>> = {
  kcs: {
    ...LIFE,
    "another user's request": [exchange("18 37", GUID)],
    "an unanswered request": [WAITS, "+6s r1=40", GIVES_UP],
    "a recovery": [WAITS, GIVES_UP],
    "a reset": [bmc("reset"), "s=c0", bmc("up"), abort("00")],
  },
  smic: {
    ...LIFE,
    "another user's request": smic(smicExchange("18 37", GUID)),
    "a reset": [bmc("reset"), bmc("up")],
  },
  bt: {
    ...LIFE,
    "another user's request": bt(btExchange("18 37", GUID, "55")),
    "a request answered late": [
      ...bt(`${ask("18 04", "55")} ${take("18 04", "55")} +4s`),
      ...bt(`${give("1c 04 00 55 00", "55")} ${fetch("1c 04 00 55 00", "55")}`),
    ],
  },
  ssif: {
    ...LIFE,
    "another user's request": [...transaction("18 37", GUID), "+1s"],
    "an unanswered request": [
      ...bus(write(0x02, [0x18, 0x08])),
      ...Array.from({ length: 60 }, () => bus("+100ms S20 w03- P")).flat(),
      "+1s",
    ],
    "a reset": [bmc("reset"), bmc("up"), "+1s"],
  },
  opal: {
    ...LIFE,
    "another user's request": called("18 37", GUID),
    "a request given up": [send("18 08"), ...looks(10), ...called("18 37", GUID), "+1s"],
    "a reset": [bmc("reset"), bmc("up")],
  },
};

/** Cases that say what is so at the very beginning, or count what happened until then. */
const OF_THE_BEGINNING: ReadonlySet<string> = new Set([
  "KCS-03 before any look",
  "KCS-13 as many as may be",
  "MF-01 a warm reset",
  "GEN-14 not known",
  "GEN-14 not known, SMIC",
  "GEN-14 not known, BT",
  "SMIC-27 not known",
  "BT-01 without a look",
  "STACK-16 not up",
  "STACK-19 nobody there",
]);

/** What these say rests on a match in which nothing happened that could be a reason: they may miss. */
const IN_PEACE_ONLY: ReadonlySet<string> = new Set(["STACK-16", "GEN-16"]);
const PEACE: ReadonlySet<string> = new Set(["another user's request"]);

function found({ script, faces = "both", promises = {}, ...each }: Case): string[] {
  const seats = { host: each.host ?? "stack", interface: each.interface ?? "kcs" };
  return named(refereeOf(script, { faces, promises, seats }).verdict());
}

// Goal: a rule does not depend on what came before: what breaks it is found, and nobody is accused.
// Method: each rule's traces once more, behind each kind of traffic; where that alone makes the rule
// speak, nothing can be told.
describe.each(
  Object.entries(BEFORE).flatMap(([kind, each]) => {
    return Object.entries(each).map(([name, before]) => ({ kind, name, before }));
  }),
)("on $kind behind $name", ({ kind, name, before }) => {
  test("each rule finds what it found, and keeps silent where it was silent", () => {
    const wrong: string[] = [];
    for (const [id, { fires, silent }] of Object.entries(cases)) {
      for (const each of [...fires, ...silent]) {
        const where = `${id} ${each.name}`;
        if ((each.interface ?? "kcs") !== kind || OF_THE_BEGINNING.has(where)) continue;
        const breaks = fires.includes(each);
        if (breaks && IN_PEACE_ONLY.has(id) && !PEACE.has(name)) continue;
        const word = breaks && each.wire ? `${id}~` : id;
        const speaks = (words: string[]) => words.includes(word) || words.includes(`${id}?`);
        if (speaks(found({ ...each, script: before }))) continue;
        const behind = found({ ...each, script: [...before, ...each.script] });
        if (speaks(behind) !== breaks) wrong.push(where);
      }
    }
    expect(wrong, name).toEqual([]);
  });
});

/** Where a transfer of KCS, as a case writes it whole, waits for its response. */
const TO_ANSWER = "r1=40 g=";

/** What may befall each request on its way, and is no breach of a rule about what was said. */
const ON_ITS_WAY: Readonly<Record<string, (script: Script) => readonly Script[]>> = {
  "answered after five seconds": (script) => {
    const slow = script.flatMap((item) => (isA("bmc.response", item) ? ["+5s", item] : [item]));
    return slow.length > script.length ? [slow] : [];
  },
  "given up": (script) => {
    return script.flatMap((item, at) => {
      if (!isA("bmc.response", item)) return [];
      return [[...script.slice(0, at), "+1ms", ...script.slice(at + 1)]];
    });
  },
  "given up, and asked again": (script) => {
    return script.flatMap((item, at) => {
      if (!isA("bmc.request", item)) return [];
      return [[...script.slice(0, at), { ...item, tag: 77 }, "+1ms", ...script.slice(at)]];
    });
  },
  "answered after four seconds on the wire": (script) => {
    const slow = script.map((item) => {
      return typeof item === "string" ? item.replaceAll(TO_ANSWER, `+4s ${TO_ANSWER}`) : item;
    });
    return slow.some((item, at) => item !== script[at]) ? [slow] : [];
  },
  "given up on the wire, and sent again": (script) => {
    return script.flatMap((item, at) => {
      const asked = typeof item === "string" ? item.split(TO_ANSWER, 1)[0] : undefined;
      if (asked === undefined || asked === item) return [];
      const givenUp = `${asked}r1=40 +6s r1=40 ${GIVES_UP}`;
      return [[...script.slice(0, at), givenUp, ...script.slice(at)]];
    });
  },
};

function isA(name: Body["e"], item: Script[number]): item is Body {
  return typeof item !== "string" && item.e === name;
}

/** They judge what is made of an answer, or of its absence: without one there is something to tell. */
const OF_ANSWERS: ReadonlySet<string> = new Set([
  "STACK-20",
  "STACK-22",
  "SMIC-31",
  "SSIF-20",
  "SSIF-21",
  "GEN-02",
  "GEN-03",
  "STACK-15",
  "CRASH-03",
  "CRASH-04",
]);

/** Cases whose numbers are those of the moment. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  "WD-03 past the pre-timeout, and it counts on",
]);

// Goal: nobody is accused for what a right BMC said and did, however slowly, and whoever waited.
test.each(Object.entries(ON_ITS_WAY))("no rule speaks where a request is %s", (what, varied) => {
  const wrong: string[] = [];
  let tried = 0;
  for (const [id, { silent }] of Object.entries(cases)) {
    if (what.startsWith("given up") && OF_ANSWERS.has(id)) continue;
    for (const each of silent) {
      if (OF_THE_MOMENT.has(`${id} ${each.name}`)) continue;
      for (const script of varied(each.script)) {
        tried++;
        const words = found({ ...each, script });
        if (words.includes(id) || words.includes(`${id}?`)) wrong.push(`${id} ${each.name}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(200);
});
