import type { CaptureHint, Screen } from '../api/messages.ts';

/** Languages of the sign. English stands first and large; the others take turns beneath it. */
export const languages = ['de', 'fr', 'es', 'ar'] as const;
export type SecondLanguage = (typeof languages)[number];
export type Words = Readonly<Record<'en' | SecondLanguage, string>>;

export const direction: Readonly<Record<'en' | SecondLanguage, 'ltr' | 'rtl'>> = {
  en: 'ltr',
  de: 'ltr',
  fr: 'ltr',
  es: 'ltr',
  ar: 'rtl',
};

/**
 * One instruction a screen. What is said to a traveller who is referred is the same whatever the reason was, and names
 * none: an officer comes, go back, or go to the desk.
 */
export const screenTexts: Readonly<Record<Screen, Words>> = {
  starting: {
    en: 'Starting. Please use another lane',
    de: 'Wird gestartet. Bitte andere Spur benutzen',
    fr: 'Démarrage. Utilisez un autre couloir',
    es: 'Iniciando. Use otro carril',
    ar: 'جارٍ التشغيل. يرجى استخدام ممر آخر',
  },
  outOfService: {
    en: 'Out of service. Please use another lane',
    de: 'Außer Betrieb. Bitte andere Spur benutzen',
    fr: 'Hors service. Utilisez un autre couloir',
    es: 'Fuera de servicio. Use otro carril',
    ar: 'خارج الخدمة. يرجى استخدام ممر آخر',
  },
  closed: {
    en: 'Lane closed. Please use another lane',
    de: 'Spur geschlossen. Bitte andere Spur benutzen',
    fr: 'Couloir fermé. Utilisez un autre couloir',
    es: 'Carril cerrado. Use otro carril',
    ar: 'الممر مغلق. يرجى استخدام ممر آخر',
  },
  placeDocument: {
    en: 'Place your open passport on the reader',
    de: 'Legen Sie den geöffneten Pass auf das Lesegerät',
    fr: 'Posez votre passeport ouvert sur le lecteur',
    es: 'Coloque el pasaporte abierto en el lector',
    ar: 'ضع جواز سفرك مفتوحًا على القارئ',
  },
  tryAgain: {
    en: 'Remove the cover, lay the photo page flat, try again',
    de: 'Hülle entfernen, Fotoseite flach auflegen, noch einmal',
    fr: 'Retirez l’étui, posez la page photo à plat, réessayez',
    es: 'Quite la funda, apoye la página con la foto, inténtelo de nuevo',
    ar: 'أزل الغلاف، ضع صفحة الصورة بشكل مسطح، وحاول مجددًا',
  },
  readingDocument: {
    en: 'Reading. Leave the passport where it is',
    de: 'Wird gelesen. Pass bitte liegen lassen',
    fr: 'Lecture en cours. Laissez le passeport en place',
    es: 'Leyendo. Deje el pasaporte donde está',
    ar: 'جارٍ القراءة. اترك الجواز في مكانه',
  },
  takeDocument: {
    en: 'Take your passport',
    de: 'Nehmen Sie Ihren Pass',
    fr: 'Reprenez votre passeport',
    es: 'Recoja su pasaporte',
    ar: 'خذ جواز سفرك',
  },
  enter: {
    en: 'Please go in',
    de: 'Bitte eintreten',
    fr: 'Entrez, s’il vous plaît',
    es: 'Pase, por favor',
    ar: 'تفضل بالدخول',
  },
  standClear: {
    en: 'Step forward. The door is closing',
    de: 'Bitte vortreten. Die Tür schließt',
    fr: 'Avancez. La porte se ferme',
    es: 'Avance. La puerta se cierra',
    ar: 'تقدم إلى الأمام. الباب يُغلق',
  },
  onePersonOnly: {
    en: 'One person at a time, please',
    de: 'Bitte einzeln eintreten',
    fr: 'Une seule personne à la fois',
    es: 'De uno en uno, por favor',
    ar: 'شخص واحد في كل مرة من فضلك',
  },
  lookAtCamera: {
    en: 'Look at the camera',
    de: 'Schauen Sie in die Kamera',
    fr: 'Regardez la caméra',
    es: 'Mire a la cámara',
    ar: 'انظر إلى الكاميرا',
  },
  pleaseWait: {
    en: 'One moment, please',
    de: 'Einen Moment, bitte',
    fr: 'Un instant, s’il vous plaît',
    es: 'Un momento, por favor',
    ar: 'لحظة من فضلك',
  },
  leave: {
    en: 'Thank you. Please go out',
    de: 'Vielen Dank. Bitte hinausgehen',
    fr: 'Merci. Sortez, s’il vous plaît',
    es: 'Gracias. Salga, por favor',
    ar: 'شكرًا. تفضل بالخروج',
  },
  officerComing: {
    en: 'Please wait. An officer comes to you',
    de: 'Bitte warten. Wir kommen zu Ihnen',
    fr: 'Veuillez patienter. Un agent arrive',
    es: 'Espere, por favor. Viene un agente',
    ar: 'يرجى الانتظار. سيأتي موظف إليك',
  },
  goBack: {
    en: 'Please go back and to the desk',
    de: 'Bitte zurückgehen und zum Schalter',
    fr: 'Revenez en arrière et allez au guichet',
    es: 'Vuelva atrás y vaya al mostrador',
    ar: 'يرجى الرجوع والتوجه إلى المكتب',
  },
  goToDesk: {
    en: 'Please go to the desk',
    de: 'Bitte gehen Sie zum Schalter',
    fr: 'Veuillez vous rendre au guichet',
    es: 'Diríjase al mostrador, por favor',
    ar: 'يرجى التوجه إلى المكتب',
  },
  evacuate: {
    en: 'Leave now by the nearest exit',
    de: 'Sofort zum nächsten Ausgang gehen',
    fr: 'Sortez maintenant par l’issue la plus proche',
    es: 'Salga ahora por la salida más cercana',
    ar: 'غادر الآن من أقرب مخرج',
  },
  goToGate: {
    en: 'Go to the gate. Place your passport there again',
    de: 'Gehen Sie zur Schleuse. Pass dort noch einmal auflegen',
    fr: 'Allez à la porte. Posez‑y encore votre passeport',
    es: 'Vaya a la puerta. Coloque allí de nuevo el pasaporte',
    ar: 'توجه إلى البوابة وضع جوازك هناك مرة أخرى',
  },
  waitForCabin: {
    en: 'Thank you. Wait until the door opens',
    de: 'Danke. Warten Sie, bis die Tür öffnet',
    fr: 'Merci. Attendez que la porte s’ouvre',
    es: 'Gracias. Espere a que se abra la puerta',
    ar: 'شكرًا. انتظر حتى يُفتح الباب',
  },
  stepIn: {
    en: 'Please step in, one person only',
    de: 'Bitte eintreten, nur eine Person',
    fr: 'Entrez, une seule personne',
    es: 'Pase, una sola persona',
    ar: 'تفضل بالدخول، شخص واحد فقط',
  },
  officerConfirms: {
    en: 'Please wait. An officer completes the check',
    de: 'Bitte warten. Wir schließen die Kontrolle ab',
    fr: 'Veuillez patienter. Un agent termine le contrôle',
    es: 'Espere, por favor. Un agente termina el control',
    ar: 'يرجى الانتظار. سيكمل موظف الفحص',
  },
  helpComing: {
    en: 'We are coming to help you',
    de: 'Wir kommen und helfen Ihnen',
    fr: 'Nous arrivons pour vous aider',
    es: 'Vamos a ayudarle',
    ar: 'نحن قادمون لمساعدتك',
  },
  maintenance: {
    en: 'Maintenance. Please use another lane',
    de: 'Wartung. Bitte andere Spur benutzen',
    fr: 'Maintenance. Utilisez un autre couloir',
    es: 'Mantenimiento. Use otro carril',
    ar: 'صيانة. يرجى استخدام ممر آخر',
  },
};

/** The button that calls somebody, and what it says once it was pressed. */
export const helpTexts: Readonly<Record<'offered' | 'coming', Words>> = {
  offered: { en: 'Help', de: 'Hilfe', fr: 'Aide', es: 'Ayuda', ar: 'مساعدة' },
  coming: {
    en: 'Help is coming',
    de: 'Hilfe kommt',
    fr: 'L’aide arrive',
    es: 'La ayuda está en camino',
    ar: 'المساعدة قادمة',
  },
};

export const hintTexts: Readonly<Record<CaptureHint, Words>> = {
  lookAtCamera: screenTexts.lookAtCamera,
  stepCloser: {
    en: 'Step a little closer',
    de: 'Bitte etwas näher kommen',
    fr: 'Approchez-vous un peu',
    es: 'Acérquese un poco',
    ar: 'اقترب قليلًا',
  },
  stepBack: {
    en: 'Step back a little',
    de: 'Bitte etwas zurücktreten',
    fr: 'Reculez un peu',
    es: 'Retroceda un poco',
    ar: 'تراجع قليلًا',
  },
  moveIntoView: {
    en: 'Stand in front of the camera',
    de: 'Stellen Sie sich vor die Kamera',
    fr: 'Placez-vous devant la caméra',
    es: 'Colóquese delante de la cámara',
    ar: 'قف أمام الكاميرا',
  },
  onePersonOnly: screenTexts.onePersonOnly,
  holdStill: {
    en: 'Hold still',
    de: 'Bitte stillhalten',
    fr: 'Ne bougez plus',
    es: 'No se mueva',
    ar: 'لا تتحرك',
  },
  moreLight: {
    en: 'Lift your face to the light',
    de: 'Heben Sie das Gesicht zum Licht',
    fr: 'Levez le visage vers la lumière',
    es: 'Levante la cara hacia la luz',
    ar: 'ارفع وجهك نحو الضوء',
  },
  evenLight: {
    en: 'Turn your face out of the glare',
    de: 'Drehen Sie das Gesicht aus dem grellen Licht',
    fr: 'Évitez la lumière directe sur le visage',
    es: 'Aparte la cara de la luz directa',
    ar: 'أبعد وجهك عن الضوء المباشر',
  },
  removeCover: {
    en: 'Uncover your face',
    de: 'Bitte das Gesicht frei machen',
    fr: 'Découvrez votre visage',
    es: 'Descubra la cara',
    ar: 'اكشف وجهك',
  },
  openEyes: {
    en: 'Open your eyes',
    de: 'Bitte die Augen öffnen',
    fr: 'Ouvrez les yeux',
    es: 'Abra los ojos',
    ar: 'افتح عينيك',
  },
  turnHeadLeft: {
    en: 'Turn your head to your left',
    de: 'Drehen Sie den Kopf nach links',
    fr: 'Tournez la tête vers la gauche',
    es: 'Gire la cabeza a la izquierda',
    ar: 'أدر رأسك إلى اليسار',
  },
  turnHeadRight: {
    en: 'Turn your head to your right',
    de: 'Drehen Sie den Kopf nach rechts',
    fr: 'Tournez la tête vers la droite',
    es: 'Gire la cabeza a la derecha',
    ar: 'أدر رأسك إلى اليمين',
  },
};

/** Two of the other languages at a time; the pair changes with every turn. Whoever needs larger words gets one at a time. */
export function languagesAt(turn: number, isOneAtATime: boolean): readonly [SecondLanguage, ...SecondLanguage[]] {
  if (isOneAtATime) return [languages[turn % languages.length] ?? 'de'];
  return turn % 2 === 0 ? ['de', 'fr'] : ['es', 'ar'];
}
