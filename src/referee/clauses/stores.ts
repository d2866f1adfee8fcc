/** The clauses on chassis, events, logs, records, inventory and sensors. */
import { type Clause, clausesOf } from "./clause.ts";

const WORLD = "what a sensor measures is not on this wire";

export const onStores: readonly Clause[] = [
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §29",
    [
      "EVT-01",
      "Event data that were left out are FFh in the log.",
      {
        none: "it takes a request that leaves them out, and the log read behind it: none here does",
      },
    ],
    [
      "EVT-02",
      "An event of revision 03h is logged as one of 04h.",
      {
        none: "no user of the catalogue sends one of that age",
      },
    ],
    ["EVT-05", "An event that comes twice gets 00h each time.", { rules: ["MSG-03"] }],
  ),
  ...clausesOf("host", "IPMI 2.0 §29", [
    "EVT-04",
    "On the system interface an event begins with a software id.",
    {
      rules: ["MSG-07", "STACK-11"],
    },
  ]),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §31, §32",
    ["SEL-04", "An empty log has no entry to give, and says so.", { rules: ["MSG-01"] }],
    [
      "SEL-05",
      "A log has room for 16 entries.",
      {
        none: "how much room there is the BMC alone says, and a full log is no breach",
      },
    ],
  ),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §33",
    [
      "SDR-03",
      "What is too long for the interface gets CAh.",
      { none: "which lengths an interface takes beyond the least, it need not say" },
    ],
    [
      "SDR-04",
      "In update mode only the commands of an update are carried out.",
      {
        none: "no user of the catalogue enters that mode",
      },
    ],
    [
      "SDR-07",
      "Records of 64 bytes have room.",
      {
        none: "how much room there is the BMC alone says",
      },
    ],
  ),
  ...clausesOf("host", "IPMI 2.0 §33", [
    "SDR-06",
    "Who reads a record again looks whether it is still the one he meant.",
    {
      none: "what a program compares is not on the wire",
    },
  ]),
  ...clausesOf("bmc", "IPMI 2.0 §34", [
    "FRU-02",
    "FRU device 0 is there, at LUN 00b.",
    { rules: ["GEN-11"] },
  ]),
  ...clausesOf(
    "both",
    "IPMI 2.0 §35",
    [
      "SEN-01",
      "Event enables of 2 to 6 bytes are taken, and what is left out is 00h.",
      {
        rules: ["MSG-10", "MSG-07"],
      },
    ],
    ["SEN-02", "An event comes at its threshold, and goes behind its hysteresis.", { none: WORLD }],
    ["SEN-03", "While a reading is not available its event bits say nothing.", { none: WORLD }],
    [
      "SEN-04",
      "One transition is one event, and an event arms itself again when it has gone.",
      {
        none: WORLD,
      },
    ],
  ),
];
