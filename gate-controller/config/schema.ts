import { type Static, Type } from 'typebox';
import { checkIds } from '../decision/checks.ts';
import { FaceSchema } from './face-schema.ts';
import { defaultFourEyes, indispensableChecks } from '../decision/policy.ts';
import { reasons, type ReferralReason } from '../decision/reasons.ts';
import { defaultTimings, timingRanges, type Timings } from '../transaction/timings.ts';
import { profiles, topologies } from '../transaction/topology.ts';

const closed = { additionalProperties: false } as const;

const serial = (description: string) =>
  Type.Object(
    {
      path: Type.String({ minLength: 1, description: `${description}; prefer /dev/serial/by-id/…` }),
      baudRate: Type.Integer({ minimum: 1_200, maximum: 3_000_000, default: 115_200, description: 'bit/s' }),
    },
    closed,
  );

const timing = (name: keyof Timings) =>
  Type.Integer({ minimum: timingRanges[name][0], maximum: timingRanges[name][1], default: defaultTimings[name] });

const TimingsSchema = Type.Object(
  Object.fromEntries((Object.keys(defaultTimings) as (keyof Timings)[]).map((name) => [name, timing(name)])) as {
    [K in keyof Timings]: ReturnType<typeof timing>;
  },
  { ...closed, default: {}, description: 'every wait of a transaction, ms' },
);

const PolicySchema = Type.Object(
  {
    version: Type.String({ minLength: 1, default: 'default-3' }),
    required: Type.Array(Type.Union(checkIds.map((id) => Type.Literal(id))), {
      uniqueItems: true,
      default: [...indispensableChecks],
      description: 'checks without whose proof nobody is admitted',
    }),
    eligibility: Type.Object(
      {
        documentCodes: Type.Array(Type.String({ pattern: '^[A-Z]{1,2}$' }), { minItems: 1, default: ['P'] }),
        nationalities: Type.Union([Type.Literal('any'), Type.Array(Type.String({ pattern: '^[A-Z]{1,3}$' }))], {
          default: 'any',
        }),
        age_min_years: Type.Integer({ minimum: 0, maximum: 120, default: 18, description: 'completed years' }),
        reuse_s: Type.Integer({
          minimum: 0,
          maximum: 86_400,
          default: 300,
          description:
            'a document that let somebody out of this lane is referred when it comes again within so long, s',
        }),
      },
      { ...closed, default: {} },
    ),
    chipAuthenticity: Type.Union([Type.Literal('when-offered'), Type.Literal('required')], {
      default: 'when-offered',
      description:
        'documents whose chip offers no proof that it is the original (all of some states): when-offered admits them, ' +
        'required refers them; a proof that is offered and not given refers always',
    }),
    revocation: Type.Union([Type.Literal('when-known'), Type.Literal('required')], {
      default: 'when-known',
      description:
        'signers of whom no current list says whether they were revoked: when-known admits their documents, required ' +
        'refers them; a revoked signer refers always',
    }),
    fourEyes: Type.Array(Type.Union((Object.keys(reasons) as ReferralReason[]).map((reason) => Type.Literal(reason))), {
      uniqueItems: true,
      default: [...defaultFourEyes],
      description: 'reasons after which two officers release a traveller together',
    }),
    operatingPoint: Type.String({ default: 'strict', description: 'a name of decision/operating-points.json' }),
  },
  { ...closed, default: {} },
);

const furtherDataGroups = [7, 11, 12, 13, 16] as const;

const InspectionSchema = Type.Object(
  {
    accessPolicy: Type.Union([Type.Literal('pace-required-when-offered'), Type.Literal('basic-when-pace-fails')], {
      default: 'pace-required-when-offered',
      description: 'what follows when a chip offers PACE and PACE fails; the weaker access is recorded in either case',
    }),
    dataGroups: Type.Array(Type.Union(furtherDataGroups.map((number) => Type.Literal(number))), {
      uniqueItems: true,
      default: [...furtherDataGroups],
      description: 'data groups read beside DG1, DG2, DG14 and DG15 when a document has them',
    }),
    further_ms: Type.Integer({
      minimum: 0,
      maximum: 30_000,
      default: 7_000,
      description: 'no data group that no check needs is read later than this after reading began, ms',
    }),
  },
  { ...closed, default: {}, description: 'how documents are read' },
);

export const ConfigurationSchema = Type.Object(
  {
    lane: Type.Object(
      {
        id: Type.String({ pattern: '^[a-z0-9-]{1,32}$', default: 'lane-1' }),
        name: Type.String({ minLength: 1, maxLength: 40, default: 'Lane 1' }),
        opensByItself: Type.Boolean({
          default: false,
          description: 'open without an officer’s word: demonstration only',
        }),
        topology: Type.Union(
          topologies.map((name) => Type.Literal(name)),
          {
            default: 'integrated-two-step',
            description: 'where the document is looked at: before the entry, in the cabin, at a kiosk',
          },
        ),
        isOverlapping: Type.Boolean({
          default: false,
          description: 'integrated two-step: read the next document while the traveller before walks out',
        }),
        attendance: Type.Union([Type.Literal('required'), Type.Literal('notRequired')], {
          default: 'required',
          description:
            'required: without an officer at the page the lane closes itself; notRequired: demonstration only',
        }),
        usualProfile: Type.Union(
          profiles.map((name) => Type.Literal(name)),
          { default: 'standard', description: 'accessible: every wait for a person is twice as long' },
        ),
      },
      { ...closed, default: {} },
    ),
    http: Type.Object(
      {
        host: Type.String({ default: '127.0.0.1', description: 'loopback only, until sign-in exists' }),
        port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080, description: '0 = any free port' }),
      },
      { ...closed, default: {} },
    ),
    folder: Type.String({ default: '.cache/lane', description: 'journal; on a partition of its own' }),
    trustFolder: Type.String({
      default: '.cache/lane/trust',
      description: 'certificates and lists; layout: drivers/emrtd/pki',
    }),
    devices: Type.Object(
      {
        mrzReader: serial('MRZ reader'),
        chipReader: Type.Object(
          {
            ...serial('chip reader').properties,
            fastBaudRate: Type.Optional(
              Type.Union([Type.Literal(230_400), Type.Literal(460_800), Type.Literal(921_600)], {
                description: 'rate of the serial line to change to after the start, bit/s; left out: stay',
              }),
            ),
            radioRate_kbps: Type.Union([Type.Literal(106), Type.Literal(212), Type.Literal(424)], {
              default: 106,
              description: 'fastest rate on the air to ask a chip for, kbit/s; not tried on real readers yet',
            }),
          },
          closed,
        ),
        gateIO: Type.Object(
          {
            ...serial('gate I/O').properties,
            // 200 ms is what a 40 ms cycle allows; a processor busy with a face can hold the loop up for longer than that.
            stale_ms: Type.Integer({ minimum: 200, maximum: 1_000, default: 400, description: 'age of a reading' }),
          },
          closed,
        ),
        camera: Type.Object({ url: Type.String({ pattern: '^https?://', description: 'MJPEG over HTTP' }) }, closed),
      },
      closed,
    ),
    risk: Type.Object(
      {
        url: Type.String({ pattern: '^https?://', description: 'base address of the yente service' }),
        dataset: Type.String({ pattern: '^[a-z0-9_-]+$', default: 'default' }),
        threshold: Type.Number({ minimum: 0.3, maximum: 0.99, default: 0.7, description: 'score of a match, 0…1' }),
      },
      closed,
    ),
    face: FaceSchema,
    inspection: InspectionSchema,
    policy: PolicySchema,
    timings: TimingsSchema,
    logLevel: Type.Union(
      (['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const).map((level) => Type.Literal(level)),
      { default: 'info' },
    ),
  },
  closed,
);

export type Configuration = Static<typeof ConfigurationSchema>;
