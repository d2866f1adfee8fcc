/** The clauses on completion codes, messages, flags, bridged messages and the watchdog. */
import { type Clause, clausesOf } from "./clause.ts";

const SESSIONS = "the system interface has no sessions, and this wire shows no other channel";
const OTHER_CHANNELS = "it is about what comes from another channel, which this wire does not show";
const TIMER = "no rule follows the timer yet";
const UNSEEN = "what it forbids is no more than a state inside the party, of which nothing is seen";

export const onMessages: readonly Clause[] = [
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §5.2",
    [
      "MSG-M01",
      "Success is 00h, and any error or deviation is another code.",
      {
        rules: ["MSG-01", "MSG-11"],
      },
    ],
    [
      "MSG-M02",
      "Where a completion code is named for a condition, it is that one.",
      {
        rules: ["GEN-04", "MSG-10", "MF-03", "MF-08"],
      },
    ],
    [
      "MSG-M03",
      "No completion code stands for a condition that does not exist.",
      {
        rules: ["MSG-03", "MSG-04"],
      },
    ],
    ["MSG-M04", "A command that is not supported gets C1h.", { rules: ["GEN-04", "MSG-04"] }],
    ["MSG-M09", "The commands FEh and FFh are reserved in every NetFn.", { rules: ["GEN-04"] }],
  ),
  ...clausesOf("host", "IPMI 2.0 §5.2", [
    "MSG-M06",
    "Nothing depends on a non-zero code that is not mandatory.",
    { none: UNSEEN },
  ]),
  ...clausesOf(
    "both",
    "IPMI 2.0 §5.2, §19.2",
    [
      "MSG-M07",
      "Optional fields at the end come all or none, in order, and none is cut.",
      {
        rules: ["MSG-07", "MSG-10"],
      },
    ],
    [
      "MSG-M08",
      "Reserved bits are sent as 0, and ignored by who reads them.",
      { rules: ["GEN-05"] },
    ],
  ),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §6.8, §21",
    ["PRV-01", "A session below a command's privilege gets D4h.", { none: SESSIONS }],
    [
      "PRV-02",
      "A command that the firmware firewall has switched off gets D4h, a part of one D6h.",
      {
        none: "what is switched off on the system interface itself no command of this wire has told",
      },
    ],
    [
      "PRV-03",
      "The privilege is the least of what was asked, the user's and the channel's.",
      {
        none: SESSIONS,
      },
    ],
  ),
  ...clausesOf("bmc", "IPMI 2.0 §20.1", [
    "DEV-02",
    "The revision that is shown is that of the code that runs.",
    { none: UNSEEN },
  ]),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §22",
    [
      "MF-07",
      "An event message buffer that is full is not overwritten.",
      {
        none: "what did not get into it is not seen",
      },
    ],
    [
      "MF-10",
      "A full receive queue takes no further message, and drops none.",
      {
        none: "what did not get into it is not seen",
      },
    ],
    [
      "MF-11",
      "Only the channel of the system's software receives by default.",
      {
        none: OTHER_CHANNELS,
      },
    ],
  ),
  ...clausesOf("host", "IPMI 2.0 §22", [
    "MF-13",
    "An event buffer that belongs to an SMI handler is left alone.",
    {
      none: "to whom the event buffer's interrupt goes the wire does not say",
    },
  ]),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §6.13, §7.3, §22.7",
    [
      "SND-01",
      "Send Message is answered at once; what it brings comes through the receive queue.",
      {
        rules: ["GEN-02"],
      },
    ],
    [
      "SND-03",
      "What is sent for another channel is tracked under a sequence number of the BMC's.",
      {
        none: OTHER_CHANNELS,
      },
    ],
    [
      "SND-05",
      "A message to LUN 10b lies in the queue, with its channel, and is not tracked.",
      { none: "no rule follows what is bridged yet" },
    ],
    [
      "SND-06",
      "Who cannot send raw says so by another code than 00h.",
      {
        none: "no workload sends raw: no bus behind our controller takes it",
      },
    ],
    [
      "SND-08",
      "A message for a session channel begins with a session's handle, or gets 80h.",
      {
        none: SESSIONS,
      },
    ],
  ),
  ...clausesOf("host", "IPMI 2.0 §6.13, §7.3", [
    "SND-02",
    "What is bridged asks for no tracking, at LUN 10b, with a sequence number and checksums.",
    {
      none: "no rule follows what is bridged yet",
    },
  ]),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §27",
    ["WD-01", "Set stops a timer that runs, unless it asks not to.", { none: TIMER }],
    ["WD-02", "Set clears the pre-timeout flag.", { none: TIMER }],
    ["WD-03", "Reset begins anew, and does not after the pre-timeout.", { none: TIMER }],
    [
      "WD-04",
      "Reset with a count of 0 is a time-out at once.",
      {
        none: "what a time-out does to the host's system is not on this wire",
      },
    ],
    [
      "WD-05",
      "On expiry the action is taken, the use's flag set, and an event logged.",
      {
        none: "the action is taken on the host's system, which is not on this wire",
      },
    ],
    [
      "WD-06",
      "A pre-timeout interval of 0 interrupts together with the time-out.",
      {
        none: "the two come at one moment, and a flag of either says nothing of the other",
      },
    ],
    [
      "WD-07",
      "The timer stops at a reset or power-down, and the flags outlast these.",
      { none: TIMER },
    ],
    [
      "WD-08",
      "An action or interrupt that there is not is refused, and changes nothing.",
      {
        rules: ["MSG-11"],
      },
    ],
    ["WD-09", "The present count is the initial count right after Set and Reset.", { none: TIMER }],
    ["WD-12", "Use 0, and actions above 3, are refused.", { rules: ["MSG-11"] }],
    [
      "WD-14",
      "A pre-timeout by message sets its flag, and attention with it.",
      {
        rules: ["KCS-40", "BT-30"],
      },
    ],
  ),
  ...clausesOf("host", "IPMI 2.0 §27.2", [
    "WD-10",
    "Only the software that set a use clears its flag.",
    {
      none: "which software wrote a request the wire does not say",
    },
  ]),
];
