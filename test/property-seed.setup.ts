/**
 * Property tests draw the same values in every run, so that a change is judged by what it changed. `PROPERTY_SEED=N` draws
 * others, `PROPERTY_SEED=fresh` others each time: for looking further, with the seed in the report of a failure.
 */
import fc from 'fast-check';

const asked = process.env.PROPERTY_SEED;
if (asked !== 'fresh') fc.configureGlobal({ seed: Number(asked ?? 20_261_123) });
