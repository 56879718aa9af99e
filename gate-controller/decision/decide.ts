import { type Check, type CheckId, reasonOf } from './checks.ts';
import { documentStageChecks, type Policy } from './policy.ts';
import type { ReferralReason } from './reasons.ts';

export type Decision =
  | { readonly decision: 'admit' }
  | { readonly decision: 'refer'; readonly reasons: readonly [ReferralReason, ...ReferralReason[]] };

/** Admit only when every required check has passed. Whatever is missing, doubtful or doubled refers (I3, I11). */
export const decide = (checks: readonly Check[], policy: Policy): Decision => judge(checks, policy.required);

/** The same rule over what can be known before the entry door opens: `admit` here means "may enter the cabin". */
export const decideAtDocument = (checks: readonly Check[], policy: Policy): Decision =>
  judge(
    checks,
    policy.required.filter((id) => documentStageChecks.includes(id)),
  );

function judge(checks: readonly Check[], required: readonly CheckId[]): Decision {
  const reasons = new Set<ReferralReason>();
  for (const id of required) {
    const found = checks.filter((check) => check.id === id);
    if (found.length === 0) reasons.add('CHECK_MISSING');
    for (const check of found) if (check.result !== 'passed') reasons.add(reasonOf(check));
  }
  if (required.length === 0) reasons.add('CHECK_MISSING');
  // A check that was never made because an earlier one failed explains nothing: name the cause alone.
  if (reasons.size > 1) reasons.delete('CHECK_MISSING');
  const [first, ...others] = reasons;
  return first === undefined ? { decision: 'admit' } : { decision: 'refer', reasons: [first, ...others] };
}
