/**
 * The clauses on the four interfaces that no rule of the same id states: where one does, its own
 * sentence is the clause.
 */
import { type Clause, clausesOf } from "./clause.ts";

/** A party's inner state, of which nothing is on the wire. */
const INSIDE = "it is about a state inside the party, of which the wire shows nothing";

export const onInterfaces: readonly Clause[] = [
  ...clausesOf("bmc", "IPMI 2.0 §6.13", [
    "GEN-09-OUT",
    "A response of up to 38 bytes can be given, or is refused with CAh or C8h.",
    {
      rules: ["KCS-32", "BT-28", "SSIF-21", "GEN-15"],
    },
  ]),
  ...clausesOf("both", "IPMI 2.0 §9, §10, §11", [
    "GEN-10-BOTH",
    "Neither party needs the interrupt: polling is always possible.",
    {
      rules: ["GEN-10", "KCS-48"],
    },
  ]),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §9.15, figures 9-6 to 9-8",
    [
      "KCS-B0",
      "Power-on and hard reset drop the message in progress and show ERROR.",
      {
        rules: ["KCS-20", "KCS-27"],
      },
    ],
    [
      "KCS-B1",
      "WRITE_START clears what was collected, and the error code.",
      {
        rules: ["KCS-22", "GEN-14", "KCS-30"],
      },
    ],
    [
      "KCS-B2",
      "Each byte of a request is taken with WRITE shown, and answered with a dummy byte.",
      {
        rules: ["KCS-21", "KCS-31", "KCS-35", "KCS-50"],
      },
    ],
    [
      "KCS-B4",
      "After the last byte READ is shown, and the request is carried out.",
      {
        rules: ["KCS-24", "GEN-02"],
      },
    ],
    ["KCS-B6", "Each READ brings the next byte, with READ shown.", { rules: ["KCS-31", "GEN-15"] }],
    [
      "KCS-B7",
      "The READ behind the last byte brings IDLE and a dummy byte.",
      { rules: ["KCS-25"] },
    ],
    [
      "KCS-B8",
      "Anything but READ in the read phase is met with ERROR and 02h.",
      {
        rules: ["KCS-26", "KCS-30", "KCS-36", "KCS-37"],
      },
    ],
    [
      "KCS-B9",
      "GET_STATUS/ABORT stops what runs, gives the error code, and ends in IDLE.",
      {
        rules: ["KCS-23", "KCS-28", "KCS-30", "KCS-38", "KCS-39"],
      },
    ],
    [
      "KCS-B12",
      "A reserved control code is met with ERROR and 02h.",
      {
        rules: ["KCS-26", "KCS-30", "KCS-36"],
      },
    ],
    [
      "KCS-B13",
      "More bytes than the buffer takes are met with ERROR and 06h.",
      {
        rules: ["KCS-26", "KCS-30"],
      },
    ],
    [
      "KCS-B14",
      "A data byte that belongs to no transfer is met with ERROR and 02h.",
      {
        rules: ["KCS-26", "KCS-30"],
      },
    ],
    [
      "KCS-B16",
      "A response that comes after its request was aborted is thrown away.",
      {
        rules: ["KCS-28"],
      },
    ],
  ),
  ...clausesOf(
    "host",
    "IPMI 2.0 §9.15, figures 9-6 to 9-8",
    [
      "KCS-H1",
      "A transfer begins when IBF is 0 and Data_Out was read.",
      {
        rules: ["KCS-01", "KCS-09"],
      },
    ],
    [
      "KCS-H2",
      "A state other than WRITE in the write phase leads to the error exit.",
      {
        rules: ["KCS-08", "KCS-12"],
      },
    ],
    [
      "KCS-H5",
      "In the read phase each byte is fetched with OBF at 1 and acknowledged by READ.",
      {
        rules: ["KCS-03", "KCS-05", "KCS-10", "KCS-14"],
      },
    ],
    [
      "KCS-E1",
      "The error exit is 60h, a byte of 00h, the status code read, READ, and IDLE.",
      {
        rules: ["KCS-12", "KCS-13"],
      },
    ],
  ),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §10.4, §10.8",
    [
      "SMIC-T1",
      "Each control code is answered with its own status code, or with READY.",
      {
        rules: ["SMIC-20", "SMIC-27", "SMIC-32", "SMIC-33"],
      },
    ],
    [
      "SMIC-T2",
      "WR_START aborts whatever runs, and leaves the data register alone.",
      {
        rules: ["SMIC-22"],
      },
    ],
    ["SMIC-T3", "RD_END is answered with READY and 00h.", { rules: ["SMIC-23", "SMIC-27"] }],
    [
      "SMIC-T4",
      "GET_STATUS is answered with READY and the last error code.",
      {
        rules: ["SMIC-23", "SMIC-27"],
      },
    ],
  ),
  ...clausesOf("host", "IPMI 2.0 §10.4, §10.10", [
    "SMIC-H1",
    "RX_DATA_RDY and TX_DATA_RDY are looked at before the code is handed over.",
    {
      rules: ["SMIC-03", "SMIC-04"],
    },
  ]),
  ...clausesOf(
    "host",
    "IPMI 2.0 §11.7, tables 11-4 and 11-5",
    [
      "BT-W",
      "A request: wait, clear the pointer, the frame, H2B_ATN, in that order.",
      {
        rules: ["BT-01", "BT-02", "BT-03", "BT-04"],
      },
    ],
    [
      "BT-R",
      "A response: H_BUSY, B2H_ATN, the pointer, the frame, H_BUSY, in that order.",
      {
        rules: ["BT-05"],
      },
    ],
    ["BT-A2", "SMS_ATN is cleared, and then the flags are fetched.", { rules: ["BT-11", "BT-14"] }],
  ),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §11.4, §11.7",
    [
      "BT-W5",
      "A request is taken under B_BUSY, and B_BUSY falls when it was taken.",
      {
        rules: ["BT-21", "BT-22", "BT-32"],
      },
    ],
    ["BT-R1", "A response waits for H_BUSY and for B2H_ATN to fall.", { rules: ["BT-23"] }],
    [
      "BT-EXP",
      "The BMC's own expiry of a request is shorter than the time that it states.",
      {
        rules: ["BT-26"],
      },
    ],
    [
      "BT-IRQ",
      "A rising B2H_ATN or SMS_ATN sets B2H_IRQ, if that is enabled.",
      {
        rules: ["BT-29", "BT-31"],
      },
    ],
  ),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §12, SMBus 2.0",
    [
      "SSIF-B1",
      "A new start aborts the message before it, or its response.",
      {
        rules: ["SSIF-23", "SSIF-25", "SSIF-30", "GEN-14"],
      },
    ],
    [
      "SSIF-B2",
      "A request with a wrong packet error code is not carried out.",
      {
        rules: ["SSIF-23", "GEN-14"],
      },
    ],
    [
      "SSIF-B3",
      "A request longer than the input size is dropped, with all its parts.",
      {
        rules: ["SSIF-23"],
      },
    ],
    [
      "SSIF-T2",
      "The clock is stretched by no more than the message's time allows.",
      {
        rules: ["SSIF-24"],
      },
    ],
  ),
  ...clausesOf(
    "host",
    "IPMI 2.0 §12.17",
    [
      "SSIF-T3",
      "T3 lies between two tries of a read, T6 between two of a write.",
      {
        rules: ["SSIF-07"],
      },
    ],
    [
      "SSIF-MATCH",
      "A response to another request is dropped, and the read tried again.",
      {
        rules: ["SSIF-01", "STACK-04"],
      },
    ],
  ),
  ...clausesOf(
    "bmc",
    "IPMI 2.0 §22.1, §27.6",
    [
      "RESET-1",
      "A warm reset leaves the configuration as it is.",
      {
        none: "a BMC may forget more than it must, and says so by Get BMC Global Enables only when asked",
      },
    ],
    [
      "RESET-2",
      "A reset of the system leaves the interface's own state as it is.",
      { none: INSIDE },
    ],
  ),
];
