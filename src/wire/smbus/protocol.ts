/** Address bytes have the 7-bit address in bits 7 to 1; this bit says that the master reads. */
export const READ_BIT = 0x01;

/** Where a master asks who pulls SMBALERT#, as a 7-bit address. @see SMBus 2.0 Appendix A */
export const ALERT_RESPONSE_ADDRESS = 0x0c;
