import type { Permission } from "../connector.ts";
import type { Transport } from "../connectors/host/transport.ts";

/** Told of each command that is run, without operands. */
export type OnCommand = (argv: readonly string[]) => void;

/**
 * A transport that runs only what the permissions list, to the letter: whatever else a kind runs is a mistake of the kind, and fails
 * loudly. @throws what the kind must add to its permissions
 */
export function declaredOnly(
  transport: Transport,
  permissions: readonly Permission[],
  onCommand: OnCommand = () => {},
): Transport {
  const listed = new Map(permissions.flatMap(({ argv, operands }) => (argv ? [[keyOf(argv), operands] as const] : [])));
  return new Proxy(transport, {
    get: (target, name) => {
      // A transport may keep what it is in fields of its own, which only it may reach.
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "run") return typeof value === "function" ? value.bind(target) : value;
      const run: Transport["run"] = async (argv, options) => {
        const key = keyOf(argv);
        if (!listed.has(key)) throw new Error(`Cannot run "${argv.join(" ")}": no permission of the kind lists it`);
        if (options?.operands !== undefined && listed.get(key) === undefined)
          throw new Error(`Cannot run "${argv.join(" ")}" with operands: its permission names none`);
        onCommand(argv);
        return await target.run(argv, options);
      };
      return run;
    },
  });
}

export function keyOf(argv: readonly string[]): string {
  return JSON.stringify(argv);
}
