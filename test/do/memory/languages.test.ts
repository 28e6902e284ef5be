import { describe, expect, it } from "vitest";
import { search, sessionWith } from "../../support/memory";

/** Facts with the questions that ask for them, and small talk in the same language. */
interface Language {
  talk: string[];
  pairs: [fact: string, question: string][];
}

const LANGUAGES: Record<string, Language> = {
  Korean: {
    talk: [
      "오늘 날씨가 참 좋네요.",
      "네, 알겠습니다. 감사합니다.",
      "주말에는 집에서 쉬었어요.",
      "그 영화 정말 재미있었어요.",
      "내일 다시 이야기해요.",
    ],
    pairs: [
      ["제 생일은 5월 3일이에요.", "내 생일이 언제야?"],
      ["우리 집 고양이 이름은 나비예요.", "고양이 이름이 뭐야?"],
      ["저는 부산에서 태어났어요.", "내가 태어난 곳이 어디야?"],
      ["저는 땅콩 알레르기가 있어요.", "나한테 무슨 알레르기가 있지?"],
      ["여동생은 간호사로 일해요.", "여동생은 무슨 일을 해?"],
      ["자동차를 빨간색으로 샀어요.", "내 자동차는 무슨 색이야?"],
      ["다음 달에 제주도로 여행을 가요.", "제주도 여행은 언제 가?"],
      ["비밀번호 힌트는 할머니의 고향이에요.", "비밀번호의 힌트가 뭐였지?"],
    ],
  },
  Turkish: {
    talk: [
      "Bugün hava çok güzel.",
      "Tamam, teşekkür ederim.",
      "Hafta sonu evde dinlendik.",
      "Film gerçekten çok eğlenceliydi.",
      "Yarın yine konuşuruz.",
    ],
    pairs: [
      ["Kedimin adı Pamuk.", "Kedinin adı neydi?"],
      ["Doğum günüm 3 Mayıs'ta.", "Benim doğum günüm ne zaman?"],
      ["İzmir'de yaşıyorum.", "Hangi şehirde yaşamaktayım?"],
      ["Fıstığa alerjim var.", "Neye alerjik olduğumu hatırlıyor musun?"],
      ["Kız kardeşim hastanede hemşire olarak çalışıyor.", "Kardeşimin mesleği nedir, nerede çalışır?"],
      ["Geçen yıl kırmızı bir araba aldım.", "Arabamın rengi ne?"],
      ["Köpeğimi parkta gezdirmeyi seviyorum.", "Köpek nerede gezdirilir?"],
      ["Gelecek ay Kapadokya'ya gideceğiz.", "Kapadokya'da ne zaman olacağız?"],
    ],
  },
  Finnish: {
    talk: [
      "Tänään on kaunis sää.",
      "Selvä, kiitos paljon.",
      "Viikonloppuna lepäsimme kotona.",
      "Elokuva oli todella hauska.",
      "Puhutaan huomenna lisää.",
    ],
    pairs: [
      ["Kissani nimi on Misu.", "Mikä minun kissan nimi on?"],
      ["Syntymäpäiväni on toukokuun kolmas.", "Milloin on syntymäpäivä?"],
      ["Asun Tampereella.", "Asunko Tampereen keskustassa?"],
      ["Olen allerginen pähkinöille.", "Mille pähkinälle olen allerginen?"],
      ["Siskoni työskentelee sairaanhoitajana.", "Missä sisko on työssä, onko hän sairaanhoitaja?"],
      ["Ostin punaisen auton.", "Minkä värinen autoni on?"],
      ["Lempiruokani on lohikeitto.", "Mikä on lempiruoka?"],
      ["Lennämme kesäkuussa Kreetalle.", "Milloin lento Kreetaan on?"],
    ],
  },
  Hebrew: {
    talk: [
      "היום מזג האוויר יפה מאוד.",
      "בסדר, תודה רבה.",
      "בסוף השבוע נחנו בבית.",
      "הסרט היה ממש מצחיק.",
      "נדבר שוב מחר.",
    ],
    pairs: [
      ["לחתול שלי קוראים מיצי.", "איך קוראים לחתול?"],
      ["יום ההולדת שלי הוא בשלושה במאי.", "מתי יום הולדת שלי?"],
      ["אני גר בחיפה ליד הים.", "באיזו עיר אני גר?"],
      ["אני אלרגי לבוטנים.", "לאיזה אוכל יש לי אלרגיה?"],
      ["אחותי עובדת כאחות בבית חולים.", "במה עובדת האחות שלי?"],
      ["קניתי מכונית אדומה.", "באיזה צבע המכונית שלי?"],
      ["בחודש הבא נטוס ליוון.", "מתי הטיסה ליוון?"],
      ["הספר האהוב עליי הוא הנסיך הקטן.", "איזה ספר אני אוהב?"],
    ],
  },
  Arabic: {
    talk: [
      "الطقس جميل جدا اليوم.",
      "حسنا، شكرا جزيلا.",
      "استرحنا في البيت نهاية الأسبوع.",
      "كان الفيلم مضحكا حقا.",
      "سنتحدث مرة أخرى غدا.",
    ],
    pairs: [
      ["اسم قطتي لولو.", "ما اسم القطة؟"],
      ["عيد ميلادي في الثالث من مايو.", "متى عيد الميلاد الخاص بي؟"],
      ["أعيش في عمان مع عائلتي.", "في أي مدينة تعيش عائلتي؟"],
      ["عندي حساسية من الفول السوداني.", "من أي شيء لدي حساسية؟"],
      ["أختي تعمل ممرضة في المستشفى.", "ماذا يعمل أخوات؟ أقصد ما عمل أختي؟"],
      ["اشتريت سيارة حمراء.", "ما لون سيارتي؟"],
      ["سنسافر إلى تونس الشهر القادم.", "متى السفر لتونس؟"],
      ["كتابي المفضل هو الأمير الصغير.", "ما هو الكتاب المفضل لدي؟"],
    ],
  },
  Russian: {
    talk: [
      "Сегодня очень хорошая погода.",
      "Хорошо, большое спасибо.",
      "На выходных мы отдыхали дома.",
      "Фильм был действительно смешным.",
      "Поговорим завтра.",
    ],
    pairs: [
      ["Мою кошку зовут Мурка.", "Как зовут кошку?"],
      ["Мой день рождения третьего мая.", "Когда у меня день рождения?"],
      ["Я живу в Казани.", "В каком городе я живу?"],
      ["У меня аллергия на арахис.", "На что у меня аллергия?"],
      ["Моя сестра работает медсестрой.", "Кем работает сестра?"],
      ["Я купил красную машину.", "Какого цвета моя машина?"],
      ["В следующем месяце мы летим в Грузию.", "Когда мы полетим в Грузию?"],
      ["Моя любимая книга — «Идиот».", "Какую книгу я люблю?"],
    ],
  },
  English: {
    talk: [
      "The weather is lovely today.",
      "All right, many thanks.",
      "We rested at the weekend.",
      "The film was really funny.",
      "We will talk again tomorrow.",
    ],
    pairs: [
      ["My cat is called Misty.", "What is the name of my cat?"],
      ["My birthday is on the third of May.", "When is my birthday?"],
      ["I live in Bristol.", "Which city do I live in?"],
      ["I am allergic to peanuts.", "What allergies do I have?"],
      ["My sister works as a nurse.", "What is my sister's job?"],
      ["I bought a red car.", "What colour is my car?"],
      ["Next month we are flying to Crete.", "When do we fly to Crete?"],
      ["My favourite book is Momo.", "Which book do I like best?"],
    ],
  },
  German: {
    talk: [
      "Heute ist das Wetter sehr schön.",
      "Gut, vielen Dank.",
      "Am Wochenende haben wir uns ausgeruht.",
      "Der Film war wirklich lustig.",
      "Wir reden morgen weiter.",
    ],
    pairs: [
      ["Meine Katze heißt Minka.", "Wie heißt die Katze?"],
      ["Mein Geburtstag ist am dritten Mai.", "Wann habe ich Geburtstag?"],
      ["Ich wohne in Bremen.", "In welcher Stadt wohne ich?"],
      ["Ich bin gegen Erdnüsse allergisch.", "Gegen welche Nuss bin ich allergisch?"],
      ["Meine Schwester arbeitet als Krankenpflegerin.", "Was arbeitet meine Schwester?"],
      ["Ich habe ein rotes Auto gekauft.", "Welche Farbe hat mein Auto?"],
      ["Nächsten Monat fliegen wir nach Kreta.", "Wann geht der Flug nach Kreta?"],
      ["Mein Lieblingsbuch ist Momo.", "Wie heißt das Lieblingsbuch?"],
    ],
  },
  Spanish: {
    talk: [
      "Hoy hace muy buen tiempo.",
      "Vale, muchas gracias.",
      "El fin de semana descansamos en casa.",
      "La película fue muy divertida.",
      "Hablamos mañana.",
    ],
    pairs: [
      ["Mi gata se llama Luna.", "¿Cómo se llaman mis gatos?"],
      ["Mi cumpleaños es el tres de mayo.", "¿Cuándo es mi cumpleaños?"],
      ["Vivo en Sevilla.", "¿En qué ciudad vivo?"],
      ["Soy alérgica a los cacahuetes.", "¿A qué tengo alergia?"],
      ["Mi hermana trabaja de enfermera.", "¿En qué trabajan mis hermanas?"],
      ["Compré un coche rojo.", "¿De qué color es el coche?"],
      ["El mes próximo volamos a Creta.", "¿Cuándo es el vuelo a Creta?"],
      ["Mi libro favorito es Momo.", "¿Cuál es mi libro favorito?"],
    ],
  },
  Japanese: {
    talk: [
      "今日はとてもいい天気ですね。",
      "はい、ありがとうございます。",
      "週末は家で休みました。",
      "その映画は本当に面白かったです。",
      "また明日話しましょう。",
    ],
    pairs: [
      ["私の猫の名前はタマです。", "猫の名前は何ですか？"],
      ["誕生日は五月三日です。", "私の誕生日はいつですか？"],
      ["私は札幌に住んでいます。", "私はどこに住んでいますか？"],
      ["ピーナッツアレルギーがあります。", "何のアレルギーがありますか？"],
      ["妹は看護師として働いています。", "妹の仕事は何ですか？"],
      ["赤い車を買いました。", "車は何色ですか？"],
      ["来月、沖縄へ旅行します。", "沖縄旅行はいつですか？"],
      ["好きな本は星の王子さまです。", "好きな本は何ですか？"],
    ],
  },
  Chinese: {
    talk: ["今天天气很好。", "好的，非常感谢。", "周末我们在家休息。", "那部电影真的很有意思。", "我们明天再聊。"],
    pairs: [
      ["我的猫叫小黑。", "我家的猫叫什么名字？"],
      ["我的生日是五月三日。", "我的生日是什么时候？"],
      ["我住在成都。", "我住在哪里？"],
      ["我对花生过敏。", "我对什么东西过敏？"],
      ["我妹妹是护士。", "妹妹做什么工作？"],
      ["我买了一辆红色的车。", "我的车是什么颜色的？"],
      ["下个月我们去海南旅游。", "我们什么时候去海南？"],
      ["我最喜欢的书是小王子。", "我最喜欢哪本书？"],
    ],
  },
};

const MINUTE = 60_000;
/** The least number of facts that a search must find, of eight. */
const LEAST = 7;
const ALL = ["English", "German", "Japanese"];

async function foundIn({ talk, pairs }: Language): Promise<string[]> {
  const start = Date.UTC(2022, 0, 1);
  const lines = pairs.flatMap(([fact]) => [...talk, ...talk, fact, ...talk]);
  const messages = lines.map((content, at) => ({
    role: at % 2 ? "assistant" : "user",
    content,
    createdAt: new Date(start + at * 90 * MINUTE).toISOString(),
  }));
  const session = await sessionWith(messages);
  const missed: string[] = [];
  for (const [fact, question] of pairs) {
    const found = await search(session, question);
    if (!found.some(({ content }) => content === fact)) missed.push(question);
  }
  return missed;
}

describe("a natural question", () => {
  it.each(Object.entries(LANGUAGES))("finds what was said, by words alone: %s", async (name, language) => {
    const missed = await foundIn(language);
    expect(language.pairs.length - missed.length, missed.join(" ")).toBeGreaterThanOrEqual(
      ALL.includes(name) ? language.pairs.length : LEAST,
    );
  });
});
