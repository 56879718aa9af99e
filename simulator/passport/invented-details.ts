/** Invented content for the data groups that say more of a holder than the MRZ: places and numbers that nobody has. */
import type { Holder } from './mrz-writer.ts';
import type { Contact, IssueDetails, PersonalDetails } from './optional-data-groups.ts';

export type HolderDetails = {
  readonly personal: PersonalDetails;
  readonly issue: IssueDetails;
  readonly contacts: readonly Contact[];
  /** DG7: JPEG or JPEG 2000. */
  readonly signature: Uint8Array;
  /** DG13. */
  readonly national: Uint8Array;
};

/** `signedAt_ms`: when the document was issued. */
export function inventedDetails(holder: Holder, signedAt_ms: number): HolderDetails {
  const issued = new Date(signedAt_ms).toISOString();
  return {
    personal: {
      fullName: { primary: holder.surname, secondary: holder.givenNames },
      otherNames: ['Künstlername Ñandú'],
      personalNumber: `UTO${holder.birthDate.replaceAll('-', '')}`,
      birthDate: holder.birthDate,
      birthPlace: ['Niemandsstadt am Łąkowa', 'Nordprovinz', 'Utopia'],
      address: ['Erfundene Straße 0', '00000 Nirgendwo', 'Utopia'],
      telephone: '+000 000 000',
      profession: 'Märchenerzählerin und Θεωρητικός',
      title: 'Dr.',
      summary: 'Диктор вымышленных новостей',
      otherDocumentNumbers: ['UTO000001', 'UTO000002'],
      custody: 'None',
    },
    issue: {
      authority: 'Paßbehörde Utopia – Управление',
      issueDate: issued.slice(0, 10),
      otherPersons: ['Niemand Jemand'],
      observations: 'Specimen',
      exitRequirements: 'None',
      personalisedAt: issued.slice(0, 19).replace(/[-:T]/g, ''),
      personalisationSystem: 'SIM-1',
    },
    contacts: [
      {
        recordedOn: issued.slice(0, 10),
        name: 'Jemand Niemand',
        telephone: '+000 000 001',
        address: ['Erfundene Straße 1', 'Nirgendwo', 'Utopia'],
      },
    ],
    signature: SCRIBBLE,
    national: Buffer.from('opaque to everybody but the issuing state', 'ascii'),
  };
}

/** A drawn line, 280 × 90 pixels: JPEG, nobody's signature. */
const SCRIBBLE = Buffer.from(
  [
    '/9j/2wBDABsbGxscGx4hIR4qLSgtKj04MzM4PV1CR0JHQl2NWGdYWGdYjX2Xe3N7l33gsJycsOD/2c7Z////////////////2wBDARsb',
    'GxscGx4hIR4qLSgtKj04MzM4PV1CR0JHQl2NWGdYWGdYjX2Xe3N7l33gsJycsOD/2c7Z////////////////wgARCABaARgDASIAAhEB',
    'AxEB/8QAGgABAQADAQEAAAAAAAAAAAAAAAUBAwQCBv/EABQBAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhADEAAAAPpgAAAAAAAAAAAA',
    'AAAAAADyZRPRaAAAAAA5dXIWmjeAAAAAAAAINXwdkexHLBoNfVG6CkDHiULLTuBLOetnmNvTjIOA7wGJZVRxYR/RT98fYAARbUmsI1iO',
    'WYWr6EzDuBw8HcZ7ghXMxDqb+oSqvCdqL6NdfcIVXo5CXfxkAAAAAAx859IAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP//EADgQAAIC',
    'AQICBQgJBQEAAAAAAAEDAgQFABEQFBIhIjEzBhMgIzBBQlEVJTJAUmBxcoEkNmFic5H/2gAIAQEAAT8A/JTHJSN2MjAfOR21GUZxEoyB',
    'B7iPbRymPDfN8xHpfc7ttdJEmz/gaqYyd883fJJn9iGsZvTyVqj8H24e1zVooq+bh4juwNPxVdGJmCsFsIbmesUwtx9aR/B9yn9a5Xbv',
    'r1uB/uIf8eLsvSRYCJz9AkAEnSMjTtMktTgZD0U/WeXk7vRW1lDtj7X7NYgbY2t7OU4QG8pAfqdHIURMQ5le59HIv5Sk1nv7oaw9XlqU',
    'Pxs7cuCPWZ+0fdBXDJ3RSrGfxnqhqtiAce0P8d3b1hLRYiVdvio45Wyyy2OOrd8/EOruICEKbT6nI1jrsLtcTHVIdUxxy16Q2p1ut7dU',
    'KkKVaKv5kdZye2NdqjDoU60fkqHCxZTVWWOmIjSM5QewQ3lD9/oOzkA2S6yJv1z2bb4WPENea8oW97lK19EX2+Pk56j5PVO9jWz1DE45',
    'BBigGXo5T+syNOl7h258cR62/kn/AO+mtWlcmMltGI3J1TWzK3OdcNkL8KPDIA46+q/Dw59luoyEoiUTuCNwdZTI8rEJT2nz7hrGUOTW',
    'WN63z65nhahPE3RbUN0N8WOoTgyEZwIMZDcHWSyfmCK9ft2Jax2O5Xdzj03z4eUR2oR/y4agNoRHyA1atJqKLWy2GqtZ2VeLlsbJHhL1',
    'cx1a2roSgB8pDSLz8XPlrwJX8DdTy2OhDp8zA6LLuaPQUCmrqrUTTUFqj7LGqY3IXrbIEdfQhwZILXOfujEnWDlBGPa9stgWE69dmXe+',
    'FSB1CEVxjCAAiBsAOD0LsJmpg3jIagjOU4lCOhNfunqhixWmXvn5154sXBq5LnHeMhsRoYrJI3VUugJOqGMTS3lv02nvmeObRN9CYgNz',
    'Aiehn4FK4JROb9Ixlm20WMif0VoAAbDgxa2xMGQEo/IjX0XjoHcVoaAAGw9rYWWocsHYzXKP/o1VxF1wWm2eghfwahCC4RhCIEQNgB7Y',
    'QjEkiIBP54//xAAUEQEAAAAAAAAAAAAAAAAAAABg/9oACAECAQE/AFn/xAAUEQEAAAAAAAAAAAAAAAAAAABg/9oACAEDAQE/AFn/2Q==',
  ].join(''),
  'base64',
);
