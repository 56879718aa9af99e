import type { Screen } from '../api/messages.ts';
import type { Words } from './texts.ts';

/** What is said besides to a traveller who was given more time: one short sentence, no hurry, no reason. */
export const longerTexts: Partial<Readonly<Record<Screen, Words>>> = {
  placeDocument: {
    en: 'Open it at the page with your photo. Lay it face down. Take your time',
    de: 'Seite mit Ihrem Foto aufschlagen, mit dem Foto nach unten. Lassen Sie sich Zeit',
    fr: 'Ouvrez-le à la page avec votre photo, photo vers le bas. Prenez votre temps',
    es: 'Ábralo por la página con su foto, boca abajo. Tómese su tiempo',
    ar: 'افتحه على صفحة صورتك وضعه والصورة إلى الأسفل. خذ وقتك',
  },
  tryAgain: {
    en: 'Press the page down gently with your hand. Take your time',
    de: 'Seite leicht mit der Hand andrücken. Lassen Sie sich Zeit',
    fr: 'Appuyez doucement sur la page avec la main. Prenez votre temps',
    es: 'Presione la página suavemente con la mano. Tómese su tiempo',
    ar: 'اضغط على الصفحة بلطف بيدك. خذ وقتك',
  },
  readingDocument: {
    en: 'This takes about ten seconds',
    de: 'Das dauert etwa zehn Sekunden',
    fr: 'Cela prend environ dix secondes',
    es: 'Tarda unos diez segundos',
    ar: 'يستغرق ذلك حوالي عشر ثوانٍ',
  },
  takeDocument: {
    en: 'Then the door opens',
    de: 'Danach öffnet die Tür',
    fr: 'Ensuite la porte s’ouvre',
    es: 'Después se abre la puerta',
    ar: 'بعدها يُفتح الباب',
  },
  goToGate: {
    en: 'The gate is a few steps ahead',
    de: 'Die Schleuse ist ein paar Schritte weiter',
    fr: 'La porte est à quelques pas',
    es: 'La puerta está a unos pasos',
    ar: 'البوابة على بعد خطوات قليلة',
  },
  waitForCabin: {
    en: 'The person in front of you is still inside',
    de: 'Vor Ihnen ist noch jemand in der Schleuse',
    fr: 'La personne devant vous est encore à l’intérieur',
    es: 'La persona anterior aún está dentro',
    ar: 'لا يزال الشخص الذي أمامك في الداخل',
  },
  enter: {
    en: 'The door stays open for you. Take your time',
    de: 'Die Tür bleibt für Sie offen. Lassen Sie sich Zeit',
    fr: 'La porte reste ouverte pour vous. Prenez votre temps',
    es: 'La puerta queda abierta para usted. Tómese su tiempo',
    ar: 'سيبقى الباب مفتوحًا لك. خذ وقتك',
  },
  stepIn: {
    en: 'The door stays open for you. Take your time',
    de: 'Die Tür bleibt für Sie offen. Lassen Sie sich Zeit',
    fr: 'La porte reste ouverte pour vous. Prenez votre temps',
    es: 'La puerta queda abierta para usted. Tómese su tiempo',
    ar: 'سيبقى الباب مفتوحًا لك. خذ وقتك',
  },
  standClear: {
    en: 'The door stops by itself when something is in its way',
    de: 'Die Tür hält von selbst, wenn etwas im Weg ist',
    fr: 'La porte s’arrête seule si quelque chose la gêne',
    es: 'La puerta se detiene sola si algo la obstruye',
    ar: 'يتوقف الباب تلقائيًا إذا اعترضه شيء',
  },
  lookAtCamera: {
    en: 'You may sit. Tell us with the help button if you cannot be seen',
    de: 'Sie dürfen sitzen. Hilfetaste, wenn die Kamera Sie nicht sieht',
    fr: 'Vous pouvez rester assis. Touche Aide si la caméra ne vous voit pas',
    es: 'Puede estar sentado. Botón de ayuda si la cámara no le ve',
    ar: 'يمكنك الجلوس. اضغط زر المساعدة إذا لم ترك الكاميرا',
  },
  leave: {
    en: 'The door stays open for you',
    de: 'Die Tür bleibt für Sie offen',
    fr: 'La porte reste ouverte pour vous',
    es: 'La puerta queda abierta para usted',
    ar: 'سيبقى الباب مفتوحًا لك',
  },
};
