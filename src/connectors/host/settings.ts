import { z } from "zod";

/** The place that is the machine Leeway runs on. */
const LOCAL = "local";

const HostName = z
  .string()
  .refine((host) => host === LOCAL, { error: ({ input }) => `"${String(input)}" is not supported yet: only ${LOCAL}` });

export const HostSettings = z.strictObject({
  hosts: z
    .array(HostName)
    .min(1)
    .refine((hosts) => new Set(hosts).size === hosts.length, { error: "The same host stands there twice" })
    .default([LOCAL])
    .describe("The hosts to observe; only `local`, the machine that Leeway runs on, is supported yet"),
});
export type HostSettings = z.infer<typeof HostSettings>;
