/** A scenario that is right, and how it can be written wrongly. */
export const GOOD = `
name: good
title: A good one
source: a test
story: Nothing.
until: 2s
workload:
  - user: a
    steps:
      - { request: Get Device ID, times: 3, every: 1ms }
faults:
  - when: { at: 1.5s }
    answer: { to: Get Device ID, code: d5 }
expect: { bmc: [], host: [] }
`;

/** One mistake, and what is said of it. */
export interface Mistake {
  readonly what: string;
  /** A part of the good one, and what stands in its place. */
  readonly right: string;
  readonly wrong: string;
  readonly message: RegExp;
}

const FAULT = "    answer: { to: Get Device ID, code: d5 }\n";
const STEP = "{ request: Get Device ID, times: 3, every: 1ms }";

function mistake(what: string, right: string, wrong: string, message: RegExp): Mistake {
  return { what, right, wrong, message };
}

function inPlaceOf(right: string) {
  return (what: string, wrong: string, message: RegExp) => mistake(what, right, wrong, message);
}

const until = inPlaceOf("until: 2s\n");
const fault = inPlaceOf(FAULT);
const step = inPlaceOf(STEP);
const cue = inPlaceOf("when: { at: 1.5s }");
const expected = inPlaceOf("bmc: [], host: []");

/** What the reader and the JSON Schema both refuse. */
export const MISTAKES: readonly Mistake[] = [
  until("an unknown field", "untill: 2s\n", /good\.yaml:6: unknown field "untill"; known are name/),
  mistake(
    "an unknown field inside",
    "code: d5",
    "cod: d5",
    /good\.yaml:13: faults\[0\]\.answer: unknown field "cod"; known are to, code/,
  ),
  until("a wrong unit", "until: 2h\n", /:6: until: "2h" is not a duration: write a number and us/),
  until("a duration without a unit", "until: 2\n", /:6: until: "2" is not a duration/),
  until("a negative duration", "until: -5s\n", /:6: until: "-5s" is not a duration/),
  until("a part of a microsecond", "until: 0.5us\n", /:6: until: "0.5us" is not a duration/),
  until("no time at all", "until: 0s\n", /:6: until: a match of no time: 1us is the least/),
  until(
    "more than a year",
    "until: 525600.1min\n",
    /:6: until: "525600.1min" is too long: a year, 525600min, is the most/,
  ),
  until("more than all numbers", "until: 99999999999999999999s\n", /:6: until: .* is too long/),
  mistake("an impossible byte", "code: d5", "code: 1d5", /:13: .*\.code: "1d5" is not a byte/),
  mistake(
    "a command that is none",
    "to: Get Device ID",
    "to: Get Devise ID",
    /:13: .*"Get Devise ID" is no command: write its name/,
  ),
  mistake("a count that is none", "times: 3", "times: many", /:10: .*"many" is not a whole number/),
  mistake("a negative count", "times: 3", "times: -1", /:10: .*"-1" is not a whole number from 1/),
  mistake("a part of a count", "times: 3", "times: 1.5", /:10: .*"1.5" is not a whole number/),
  mistake("no times at all", "times: 3", "times: 0", /:10: .*"0" is not a whole number from 1 to/),
  mistake("too many", "times: 3", "times: 1000001", /:10: .*"1000001" is not a whole number/),
  mistake("a field of another word", "times: 3", "lun: 4", /:10: .*"4" is not a whole number/),
  mistake(
    "two actions in one fault",
    "code: d5 }",
    "code: d5 }\n    attention: high",
    /:12: faults\[0\]: give one of answer, .*, host; answer and attention are given/,
  ),
  mistake("no action", FAULT, "", /faults\[0\]: give one of answer, .*; none is given/),
  mistake("a missing field", "title: A good one\n", "", /:\d+: title: missing: string is needed/),
  mistake(
    "a bad name",
    "name: good",
    "name: Not Good",
    /:2: name: a scenario's name is lower-case/,
  ),
  until("no seat at all", "until: 2s\nseats: []\n", /:7: seats: /),
  until("another interface", "until: 2s\ninterface: warp\n", /:7: interface: expected one of kcs/),
  mistake(
    "bytes that are none",
    "code: d5",
    "data: 18 0g",
    /good\.yaml:13: .*write bytes as 18 01/,
  ),
  mistake("bytes of three digits", "code: d5", "data: 18 1ff", /:13: .*odd number of digits/),
  step("a request of one byte", "{ raw: 18 }", /:10: .*\.raw: "18" is too short: a request has/),
  step("two things in one step", "{ sleep: 1s, read: guid }", /:10: .*sleep and read are given/),
  step(
    "a pause twice",
    "{ sleep: 1s, times: 2 }",
    /:10: .*times: goes with request or raw or read/,
  ),
  step("no heartbeat", "{ keepalive: false }", /:10: .*"false" says nothing: write "true"/),
  step("no watchdog", "{ watchdog: {} }", /:10: .*give one of open, write, close, or settings/),
  fault(
    "a wire that is not dumb",
    "    wire: { all-ones: false }\n",
    /:13: .*"false" says nothing/,
  ),
  fault("IBF that falls", "    wire: { ibf-never: false }\n", /:13: .*"false" says nothing/),
  fault(
    "an interrupt that is there",
    "    wire: { missing-interrupt: false }\n",
    /:13: faults\[0\]\.wire\.missing-interrupt: "false" says nothing: write "true", or leave it out/,
  ),
  fault(
    "an answer that is there",
    "    answer: { to: any, silence: false }\n",
    /"false" says noth/,
  ),
  fault("one answer", "    answer: { to: any, duplicate: false }\n", /"false" says nothing/),
  fault(
    "a power that is reset three times",
    "    bmc: { power: reset, times: 3 }\n",
    /:13: faults\[0\]\.bmc\.times: goes with event or message, not with power/,
  ),
  fault(
    "two ends",
    `    for: 1s\n    until: 2s\n${FAULT}`,
    /:12: .*ends by `for` or by `until`, not/,
  ),
  fault("a wire fault of no kind", "    wire: {}\n", /:13: .*give one of stuck, .*none is given/),
  cue("two cues at once", "when: { at: 1s, start: true }", /:12: .*start and at are given/),
  cue("a cue that is not", "when: { start: false }", /:12: .*start: "false" says nothing/),
  cue("an event that is none", "when: { event: bmc.cod }", /:12: .*event: expected one of /),
  cue(
    "the third of one time",
    "when: { at: 1s, count: 3 }",
    /count: goes with command or event or part, not/,
  ),
  expected(
    "a rule that is none",
    "bmc: [NOPE-99]",
    /:14: expect\.bmc\[0\]: "NOPE-99" is no rule; the/,
  ),
  expected(
    "a rule's slip",
    "bmc: [KCS-O1]",
    /"KCS-O1" is no rule; the nearest is KCS-01, `baseboard/,
  ),
];

/** What only the reader can see: how a text is written, and what goes together. */
export const READERS_OWN: readonly Mistake[] = [
  fault(
    "nobody goes away",
    "    host: { close: nobody }\n",
    /:13: faults\[0\]\.host\.close: the workload has no user "nobody", but a$/,
  ),
  expected(
    "nobody is answered",
    "answers: [{ user: nobody, pick: all }]",
    /:14: expect\.answers\[0\]\.user: the workload has no user "nobody", but a$/,
  ),
  expected(
    "nobody is answered on one interface, at one seat",
    "on: { bt: { linux: { answers: [{ user: nobody, pick: all }] } } }",
    /:14: expect\.on\.bt\.linux\.answers\[0\]\.user: the workload has no user "nobody"/,
  ),
  mistake(
    "a user at an interface that is not there",
    "  - user: a\n",
    "  - user: a\n    at: second\n",
    /:9: workload\[0\]\.at: the scenario has no second interface: add `second/,
  ),
  until("not YAML", "until: [2s\n", /good\.yaml:\d+: not YAML/),
  until("a key twice", "until: 2s\nuntil: 3s\n", /good\.yaml:7: "until" stands there twice/),
  until("a list for a key", "until: 2s\n[a, b]: c\n", /good\.yaml:7: a key is a word, not a list/),
  until("an alias of nothing", "until: *nobody\n", /good\.yaml:6: .*nobody/),
  until("two documents", "until: 2s\n---\na: b\n", /good\.yaml:7: a second document begins here/),
  fault(
    "a fault of another interface",
    "    wire: { smi: {} }\n",
    /:13: faults\[0\]\.wire: "smi" is no fault of kcs; known there are stuck, ibf-late, /,
  ),
  fault(
    "bits of a write on KCS",
    '    wire: { lost-write: { reg: data, bits: "01", count: 1 } }\n',
    /:13: faults\[0\]\.wire: "bits" is a thing of bt's; kcs does not know it/,
  ),
  fault(
    "bits of a write on SMIC",
    '    wire: { lost-write: { reg: flags, bits: "01", count: 1 } }\ninterface: smic\n',
    /:13: faults\[0\]\.wire: "bits" is a thing of bt's; smic does not know it/,
  ),
  fault(
    "a register of another interface",
    "    wire: { lost-write: { reg: flags, count: 1 } }\n",
    /:13: faults\[0\]\.wire: "flags" is none of kcs's: data, command, any/,
  ),
];
