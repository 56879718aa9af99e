import { type Check, type CheckId, reasonOf } from './checks.ts';
import { conditionalChecks, documentStageChecks, furtherChecks, isTolerated, type Policy } from './policy.ts';
import type { ReferralReason } from './reasons.ts';

export type Decision =
  | { readonly decision: 'admit' }
  | { readonly decision: 'refer'; readonly reasons: readonly [ReferralReason, ...ReferralReason[]] };

/** Admit only when every required check has passed. Whatever is missing, doubtful or doubled refers (I3, I11). */
export const decide = (checks: readonly Check[], policy: Policy): Decision => judge(checks, policy, () => true);

/** The same rule over what can be known before the entry door opens: `admit` here means "may enter the cabin". */
export const decideAtDocument = (checks: readonly Check[], policy: Policy): Decision =>
  judge(checks, policy, (id) => documentStageChecks.includes(id) || furtherChecks.includes(id));

function judge(checks: readonly Check[], policy: Policy, isDue: (id: CheckId) => boolean): Decision {
  const reasons = new Set<ReferralReason>();
  const required = policy.required.filter(isDue);
  for (const id of new Set([...required, ...conditionalChecks])) {
    const found = checks.filter((check) => check.id === id);
    if (found.length === 0) reasons.add('CHECK_MISSING');
    for (const check of found) {
      if (check.result !== 'passed' && !isTolerated(check, policy)) reasons.add(reasonOf(check));
    }
  }
  // A check that was made counts, also where nobody asked for it (BSI TR-03135-1 on optional checks).
  for (const check of checks) if (isDue(check.id) && check.result === 'failed') reasons.add(reasonOf(check));
  if (required.length === 0) reasons.add('CHECK_MISSING');
  // A check that was never made because an earlier one failed explains nothing: name the cause alone.
  if (reasons.size > 1) reasons.delete('CHECK_MISSING');
  const [first, ...others] = reasons;
  return first === undefined ? { decision: 'admit' } : { decision: 'refer', reasons: [first, ...others] };
}
