import { encodeId } from "./ids.ts";
import type { SurveyEntry, WalkEntry } from "./transport.ts";

/** What a walk says of one path, as a survey that reads no content says it. */
export function asSurveyed({ path, stat, unlisted }: WalkEntry): readonly SurveyEntry[] {
  const id = encodeId(path);
  if (unlisted === undefined) return [{ id, stat }];
  return stat.ok
    ? [
        { id, stat },
        { id, unlisted },
      ]
    : [{ id, unlisted: stat, itself: true }];
}
