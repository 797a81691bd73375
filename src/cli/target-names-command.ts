/** The hidden command that prints the names of targets: what completion scripts ask. */
export const TARGET_NAMES = "__target-names";
