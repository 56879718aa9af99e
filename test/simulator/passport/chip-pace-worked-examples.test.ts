/** The chip's half of PACE against the public worked examples of ICAO 9303-11 appendices G, H and I: its own values. */
import { expect, test } from 'vitest';
import { deriveKey } from '../../../drivers/emrtd/access/cipher-suite.ts';
import { bytesFrom, curveNamed, numberFrom, orderOf } from '../../../drivers/emrtd/access/domain-parameters.ts';
import { mapToCurve, mapIntegrated, pseudoRandomElement } from '../../../simulator/passport/chip-mapping.ts';
import { passwordOfMRZ } from '../../../simulator/passport/chip-passwords.ts';
import type { PACEOffer } from '../../../simulator/passport/document-profile.ts';
import { bytes, chipWith, groupOf, hex, publicKeyOfSecret } from './chip-under-test.ts';

const examples = {
  'G.1 elliptic curve, generic mapping': {
    offer: { mapping: 'generic', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 13 },
    mrz: 'T220001293UTO6408125F1010318<<<<<<<<<<<<<<00',
    random: [
      '3F00C4D39D153F2B2A214A078D899B22',
      '498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560',
      '107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A',
    ],
    dialogue: [
      ['0022C1A40F800A04007F00070202040202830101', '9000'],
      ['10860000027C0000', '7C12801095A3A016522EE98D01E76CB6B98B42C39000'],
      [
        `10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E
         544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00`,
        `7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57
         30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000`,
      ],
      [
        `10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C
         3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200`,
        `7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB
         7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000`,
      ],
      ['008600000C7C0A8508C2B0BD78D94BA86600', '7C0A86083ABB9674BCE93C089000'],
    ],
  },
  'G.2 finite field, generic mapping': {
    offer: { mapping: 'generic', keyAgreement: 'dh', suite: 'aes-128', parameterId: 0 },
    mrz: 'T220001293UTO6408125F1010318<<<<<<<<<<<<<<00',
    random: [
      'FA5B7E3E49753A0DB9178B7B9BD898C8',
      '66DDAFEAC1609CB5B963BB0CB3FF8B3E047F336C',
      'A5B780126B7C980E9FCEA1D4539DA1D27C342DFA',
    ],
    dialogue: [
      ['0022C1A40F800A04007F00070202040102830101', '9000'],
      ['10860000027C0000', '7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000'],
      [
        `10860000867C818381818023FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEBCE9A3666
         DBCFC920B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022D
         CB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C00`,
        `7C818382818078879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19E004706FACE7
         B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F2449400306
         254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE69000`,
      ],
      [
        `10860000867C8183838180907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A02626C86
         FBC6747CC7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236
         B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D400`,
        `7C8183848180075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC79AB5D0AEEC3
         AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064386CD456
         743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA19000`,
      ],
      ['008600000C7C0A8508B46DD9BD4D98381F00', '7C0A8608917F37B5C0E6D8D19000'],
    ],
  },
  // The appendix gives the key of the nonce and not the password, so that the encrypted nonce is not compared here.
  'H.1 elliptic curve, integrated mapping': {
    offer: { mapping: 'integrated', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 13 },
    mrz: 'T220001293UTO6408125F1010318<<<<<<<<<<<<<<00',
    random: ['2923BE84E16CD6AE529049F1F1BBE9EB', '107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A'],
    dialogue: [
      ['0022C1A40F800A04007F00070202040402830101', '9000'],
      ['10860000027C0000', null],
      ['10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200', '7C0282009000'],
      [
        `10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4
         6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700`,
        `7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8
         932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D227539000`,
      ],
      ['008600000C7C0A8508450F02B86F6A090900', '7C0A860875D4D96E8D5B03089000'],
    ],
  },
  'I.1 elliptic curve, chip authentication mapping': {
    offer: { mapping: 'chip-authentication', keyAgreement: 'ecdh', suite: 'aes-128', parameterId: 13 },
    mrz: 'C11T002JM4UTO9608122F2310314<<<<<<<<<<<<<<00',
    random: [
      '658B860BC94DF6F044FCE6D5C82CF8E5',
      '9E56A6B59C95D06ECE5CD10F983BB2F4F1943528E577F23881D89D8C3BBEE0AA',
      'CD626EF3C256E235FE8912CAC28279E626008EDA6B3A05C4CF862A3BDAB79E78',
    ],
    dialogue: [
      ['0022C1A40F800A04007F00070202040602830101', '9000'],
      ['10860000027C0000', '7C128010CB60E8E0D85B76A9BD304747C2AD42E29000'],
      [
        `10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE
         1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100`,
        `7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3
         04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E239000`,
      ],
      [
        `10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95
         5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00`,
        `7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331
         11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E19000`,
      ],
      [
        '008600000C7C0A8508E86BD06018A1CD3B00',
        `7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD10CBA372B42BE0
         B9B5F28AA8DE2F4F929000`,
      ],
    ],
  },
} as const;

/** The appendix gives the public key and the proof; mapping secret = static secret x proof. */
function staticSecretOfExampleI(): bigint {
  const { Fn } = curveNamed('brainpoolP256r1').point;
  const proof = numberFrom(bytes('85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3'));
  return Fn.mul(
    numberFrom(bytes(examples['I.1 elliptic curve, chip authentication mapping'].random[1])),
    Fn.inv(proof),
  );
}

test.each(Object.entries(examples))('the chip says in example %s what the standard says', async (_name, example) => {
  const offer: PACEOffer = example.offer;
  const [nonce, ...secrets] = example.random;
  // The last secret of appendix I is larger than the order: only its remainder counts.
  const order = orderOf(groupOf(offer.parameterId));
  const reduced = secrets.map((secret) => bytesFrom(numberFrom(bytes(secret)) % order, bytes(secret).length));
  const random = [new Uint8Array(4), bytes(nonce), ...reduced];
  const chip = chipWith({
    pace: [offer],
    keys: { chipAuthenticationMapping: { group: 'brainpoolP256r1', secret: staticSecretOfExampleI() } },
    chip: { entropy: (length) => random.shift() ?? new Uint8Array(length) },
    mrzLines: ['P<UTOEXAMPLE<<OF<THE<STANDARD<<<<<<<<<<<<<<<', example.mrz],
  });
  for (const [command, answer] of example.dialogue) {
    const said = await chip.transceive(bytes(command));
    if (answer !== null) expect(hex(said)).toBe(hex(bytes(answer)));
  }
  expect(random).toEqual([]);
});

test('the static key of example I has the public key of the standard', () => {
  expect(hex(publicKeyOfSecret(13, staticSecretOfExampleI()))).toBe(
    hex(
      bytes(`041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8
             84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F`),
    ),
  );
});

test('the nonces of examples H map to the numbers and generators of the standard', () => {
  const curve = curveNamed('brainpoolP256r1');
  const t = pseudoRandomElement(
    'aes-128',
    bytes('2923BE84E16CD6AE529049F1F1BBE9EB'),
    bytes('5DD4CBFC96F5453B130D890A1CDBAE32'),
    curve.point.CURVE().p,
  );
  expect(t).toBe(0xa2f8ff2df50e52c6599f386adcb595d229f6a167ade2be5f2c3296add5b7430en);
  const { x, y } = mapToCurve(curve, t)?.generator.toAffine() ?? {};
  expect(x).toBe(0x8e82d31559ed0fde92a4d0498add3c23baba94fb77691e31e90aea77fb17d427n);
  expect(y).toBe(0x4c1ae14bd0c3dbac0c871b7f3608169364437ca30ac243a089d3f266c1e60fadn);
  const mapped = mapIntegrated(
    groupOf(0),
    'aes-128',
    bytes('FA5B7E3E49753A0DB9178B7B9BD898C8'),
    bytes('B3A6DB3C870C3E99245E0D1C06B747DE'),
  );
  expect(mapped?.kind === 'dh' && mapped.g.toString(16)).toBe(
    [
      '1d7d767f11e333bcd6dbaef40e799e7a926b96973550656ff3c830726d118d61c276cdcc61d475cf03a98e0c0e79caeb',
      'a5be25578bd4551d0b10903236f0b0f976852fa78eea14ea0aca87d1e91f688fe0dff897bbe35a472621d343564b262f',
      '34223ae8fc59b664bfedfa2bfe7516ca5510a6bbb633d517ec25d4e0bbaa16c2',
    ].join(''),
  );
});

test('the password of a document follows from its printed zone in every format', () => {
  const nonceKey = (password: Uint8Array): string => hex(deriveKey('aes-128', password, 3));
  const td3 = passwordOfMRZ([
    'P<UTOEXAMPLE<<OF<THE<STANDARD<<<<<<<<<<<<<<<',
    'T220001293UTO6408125F1010318<<<<<<<<<<<<<<00',
  ]);
  expect(hex(td3)).toBe('7e2d2a41c74ea0b38cd36f863939bfa8e9032aad');
  expect(nonceKey(td3)).toBe('89ded1b26624ec1e634c1989302849dd');
  // Appendix D.2: a number of twelve characters goes on in the optional data.
  const long = 'b366ad857ddca2b08c0e299811714730';
  const td1 = ['I<UTOD23145890<7349<<<<<<<<<<<', '3407127M9507122UTO<<<<<<<<<<<2', 'STEVENSON<<PETER<JOHN<<<<<<<<<'];
  expect(hex(passwordOfMRZ(td1)).slice(0, 32)).toBe(long);
  const td2 = ['I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<', 'D23145890<UTO3407127M95071227349<<<8'];
  expect(hex(passwordOfMRZ(td2)).slice(0, 32)).toBe(long);
  expect(() => passwordOfMRZ(['not an MRZ'])).toThrow(RangeError);
});
