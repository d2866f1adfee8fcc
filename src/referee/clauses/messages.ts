/** The clauses on completion codes, messages, flags, bridged messages and the watchdog. */
import { type Clause, clausesOf } from "./clause.ts";

const SESSIONS = "the system interface has no sessions, and this wire shows no other channel";
const OTHER_CHANNELS = "it is about what comes from another channel, which this wire does not show";
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
  ...clausesOf("bmc", "IPMI 2.0 §22", [
    "MF-10",
    "A full receive queue takes no further message, and drops none.",
    {
      none: "what did not get into it is not seen",
    },
  ]),
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
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §27",
    [
      "WD-04",
      "Reset with a count of 0 is a time-out at once.",
      {
        none: "what a time-out does to the host's system is not on this wire",
      },
    ],
    [
      "WD-08",
      "An action or interrupt that there is not is refused, and changes nothing.",
      {
        rules: ["MSG-11"],
      },
    ],
    ["WD-12", "Use 0, and actions above 3, are refused.", { rules: ["MSG-11"] }],
    [
      "WD-14",
      "A pre-timeout by message sets its flag, and attention with it.",
      {
        rules: ["KCS-40", "BT-30"],
      },
    ],
  ),
];
