/** Texts of over 200 characters in the languages and forms that people send. */

const repeatable = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** Returns random characters from an alphabet, the same at every run. */
function random(alphabet: string, length: number): string {
  const next = repeatable(length);
  const letters = [...alphabet];
  return Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join("");
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export const corpus: Record<string, string> = {
  "English chat": `Hey, how's it going? I finally got around to fixing the bike you gave me last summer, and it rides like new!
lol no way, that old thing? I thought the chain was done for. Did you take it to the shop on Elm Street or do it yourself?
Did it myself, watched like 3 videos. Took all of Saturday tbh. My hands were black for two days haha. Anyway, are you still coming on Friday? Mum's making her lasagna and she keeps asking about you.`,
  "English prose": `The house stood at the end of a lane that nobody used any more. In spring the hedges on either side grew so close together that a visitor, had there been one, would have had to walk sideways. Inside, an old woman sat by the window with a book that she had read eleven times, and waited for the post.`,
  "English report": `The committee reviewed the quarterly results and concluded that operating expenses had increased by approximately fourteen percent, primarily because of unanticipated infrastructure maintenance. Management recommends postponing the planned expansion until the financial position of the organization has been reassessed by independent auditors.`,
  "English notes": `Met with Priya re: Q3 launch. Action items: 1) finalise pricing by 12 Oct, 2) book venue (max 80 people), 3) ask legal about the new terms. Budget: $14,500. Risk: supplier delay of 2-3 weeks. Next call Tue 9:30 am. Don't forget to send Tom the slides, he's out from Thursday.`,
  TypeScript: `export async function readAll<T>(source: AsyncIterable<T>, limit = 1_000): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) {
    if (items.length >= limit) throw new RangeError(\`more than \${limit} items\`);
    items.push(item);
  }
  return items;
}

const byName = new Map(users.map((user) => [user.name.toLowerCase(), { ...user, seen: false }]));`,
  Python: `def moving_average(values: list[float], size: int = 5) -> list[float]:
    """Averages of each run of \`size\` values."""
    if size <= 0:
        raise ValueError(f"size must be positive, not {size}")
    return [sum(values[i : i + size]) / size for i in range(len(values) - size + 1)]

if __name__ == "__main__":
    print(moving_average([1.5, 2.25, 3, 4.75, 5, 6.5], size=3))`,
  SQL: `SELECT c.id, c.name, count(o.id) AS orders, sum(o.total_cents) / 100.0 AS revenue FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.created_at >= '2024-01-01' WHERE c.country IN ('PT', 'ES', 'FR') GROUP BY c.id HAVING count(o.id) > 3 ORDER BY revenue DESC LIMIT 20;`,
  JSON: JSON.stringify({
    id: "ord_19f3",
    customer: { name: "Ana Sousa", email: "ana@example.com", tags: ["vip", "newsletter"] },
    items: [
      { sku: "HNY-250", quantity: 2, price: 7.5, attributes: { colour: "amber", organic: true } },
      { sku: "WAX-100", quantity: 1, price: 3.25, attributes: null },
    ],
    createdAt: "2024-05-08T13:56:00.000Z",
  }),
  "JSON, indented": JSON.stringify(
    { a: [1, 2, 3], nested: { deeper: { deepest: ["x", "y", { z: null }] } }, list: Array(8).fill({ on: true }) },
    null,
    2,
  ),
  Chinese: `今天早上我和朋友一起去公园散步，看到很多人在湖边钓鱼。天气非常好，阳光明媚，大家都很开心。下午我们去了一家新开的咖啡馆，点了两杯拿铁和一块芝士蛋糕，聊了很多关于工作和生活的事情。我告诉她我打算明年搬到上海，因为公司在那里有一个新的职位。她说她很为我高兴，但是也会很想念我。晚上回家以后，我给妈妈打了电话，她问我什么时候回去看她。我说中秋节的时候一定回去，给她带她最喜欢的月饼。然后我看了一会儿书，十点半就睡觉了。`,
  "Chinese, traditional": `昨天晚上我們全家一起去夜市吃東西，人多得不得了。弟弟想吃臭豆腐，可是媽媽受不了那個味道，所以我們先去買了珍珠奶茶和蚵仔煎。爸爸說他年輕的時候常常在這裡打工，那時候的攤位比現在少很多。回家的路上下起了大雨，我們都沒有帶傘，只好在便利商店裡等了半個小時。弟弟在店裡睡著了，最後是爸爸把他背回家的。今天早上大家都起得很晚，連早餐都變成了午餐，不過還是覺得很值得，下次還想再去。週末我打算跟同學去爬山，希望天氣會好一點。`,
  Japanese: `昨日は友達と一緒に映画を見に行きました。とても面白かったので、また来週も行きたいと思います。そのあと、駅の近くのラーメン屋で夕食を食べました。店はとても混んでいて、三十分ぐらい並びましたが、待つ価値はありました。来月は家族で北海道へ旅行する予定です。コンピューターとインターネットで宿を予約して、飛行機のチケットも買いました。母は雪を見るのが初めてなので、とても楽しみにしています。父はカメラを新しく買って、毎日写真の練習をしています。妹は試験があるので来られないかもしれません。`,
  Korean: `오늘 아침에 친구와 함께 공원에서 산책을 했습니다. 날씨가 아주 좋아서 기분이 좋았습니다. 점심으로는 비빔밥을 먹었고 저녁에는 영화를 볼 예정입니다. 내년에는 부산으로 이사할 계획인데, 회사에서 새로운 자리를 제안받았기 때문입니다. 어머니께 말씀드렸더니 기뻐하시면서도 조금 섭섭해하셨습니다. 그래서 추석에는 꼭 집에 가서 함께 송편을 만들기로 약속했습니다. 동생은 시험 준비 때문에 바쁘지만 그날은 시간을 내겠다고 했습니다.`,
  Arabic: `ذهبت صباح اليوم مع صديقي إلى الحديقة وكان الطقس جميلا جدا. رأينا كثيرا من الناس يصطادون السمك قرب البحيرة ثم شربنا القهوة في مقهى جديد. تحدثنا طويلا عن العمل والحياة، وأخبرته أنني سأنتقل إلى مدينة أخرى في العام القادم لأن الشركة عرضت علي وظيفة جديدة هناك. قال إنه سعيد من أجلي لكنه سيشتاق إلي.`,
  Hebrew: `הבוקר הלכתי לטייל בפארק עם חבר שלי. מזג האוויר היה נהדר ואנשים רבים דגו ליד האגם. אחר כך ישבנו בבית קפה חדש ודיברנו על העבודה ועל החיים. סיפרתי לו שאני עומד לעבור לעיר אחרת בשנה הבאה, כי החברה הציעה לי תפקיד חדש. הוא אמר שהוא שמח בשבילי אבל יתגעגע אליי מאוד.`,
  Hindi: `आज सुबह मैं अपने दोस्त के साथ पार्क में टहलने गया। मौसम बहुत अच्छा था और बहुत सारे लोग झील के किनारे मछली पकड़ रहे थे। दोपहर में हम एक नए कैफे में गए और काम और जीवन के बारे में देर तक बात की। मैंने उसे बताया कि अगले साल मैं दूसरे शहर में रहने जा रहा हूँ क्योंकि कंपनी ने मुझे वहाँ नई नौकरी दी है।`,
  Thai: `เมื่อเช้านี้ฉันไปเดินเล่นที่สวนสาธารณะกับเพื่อน อากาศดีมากและมีคนตกปลาริมทะเลสาบมากมาย ตอนบ่ายเราไปร้านกาแฟที่เพิ่งเปิดใหม่และคุยกันเรื่องงานและชีวิต ฉันบอกเพื่อนว่าปีหน้าจะย้ายไปอยู่เชียงใหม่เพราะบริษัทเสนองานใหม่ให้ เพื่อนบอกว่าดีใจด้วยแต่ก็คงจะคิดถึงมาก`,
  Russian: `Сегодня утром мы с другом гуляли в парке. Погода была прекрасная, и многие люди ловили рыбу у озера. Потом мы пошли в новое кафе, пили кофе и долго говорили о работе и о жизни. Я рассказал ему, что в следующем году перееду в другой город, потому что компания предложила мне новую должность.`,
  Greek: `Σήμερα το πρωί πήγα βόλτα στο πάρκο με τον φίλο μου. Ο καιρός ήταν πολύ καλός και πολλοί ψάρευαν δίπλα στη λίμνη. Μετά πήγαμε σε ένα καινούργιο καφέ και μιλήσαμε για τη δουλειά και τη ζωή. Του είπα ότι του χρόνου θα μετακομίσω σε άλλη πόλη γιατί η εταιρεία μου πρόσφερε μια νέα θέση.`,
  German: `Heute Morgen bin ich mit meinem Freund im Park spazieren gegangen. Die Krankenversicherungsbeiträge wurden schon wieder erhöht, und die Geschwindigkeitsbegrenzung überraschte die Straßenbahnfahrer. Danach haben wir in einem neuen Café gesessen und lange über die Arbeit gesprochen. Nächstes Jahr ziehe ich nach Köln um.`,
  Spanish: `Esta mañana fui a pasear por el parque con mi amigo y vimos a mucha gente pescando junto al lago. Después tomamos café en una cafetería nueva y hablamos de nuestros trabajos, de la familia y de las próximas vacaciones. Le conté que el año que viene me mudaré a Valencia porque la empresa me ha ofrecido un puesto nuevo.`,
  French: `Ce matin, je suis allé me promener au parc avec mon ami. Il faisait très beau et beaucoup de gens pêchaient au bord du lac. Ensuite, nous avons bu un café dans un nouvel endroit et nous avons parlé longtemps du travail et de la vie. Je lui ai dit que l'année prochaine je déménagerais à Lyon.`,
  Polish: `Dziś rano poszedłem z przyjacielem na spacer do parku. Pogoda była piękna i wielu ludzi łowiło ryby nad jeziorem. Potem poszliśmy do nowej kawiarni i długo rozmawialiśmy o pracy i o życiu. Powiedziałem mu, że w przyszłym roku przeprowadzam się do Krakowa, bo firma zaproponowała mi nowe stanowisko.`,
  Finnish: `Tänä aamuna kävin ystäväni kanssa kävelyllä puistossa. Sää oli erittäin kaunis ja monet ihmiset kalastivat järven rannalla. Sen jälkeen menimme uuteen kahvilaan ja juttelimme pitkään työstä ja elämästä. Kerroin hänelle, että muutan ensi vuonna toiseen kaupunkiin, koska yritys tarjosi minulle uutta paikkaa.`,
  Turkish: `Bu sabah arkadaşımla parkta yürüyüşe çıktım. Hava çok güzeldi ve birçok insan göl kenarında balık tutuyordu. Sonra yeni açılan bir kafeye gittik ve uzun uzun iş ve hayat hakkında konuştuk. Ona gelecek yıl başka bir şehre taşınacağımı söyledim, çünkü şirket bana orada yeni bir iş teklif etti.`,
  Vietnamese: `Sáng nay tôi đi dạo trong công viên với bạn. Thời tiết rất đẹp và nhiều người đang câu cá bên hồ. Sau đó chúng tôi đến một quán cà phê mới mở và nói chuyện rất lâu về công việc và cuộc sống. Tôi kể với bạn ấy rằng năm sau tôi sẽ chuyển đến Đà Nẵng vì công ty đề nghị một vị trí mới.`,
  emoji: "😀😂🥰😎🤔👍🏽👨‍👩‍👧‍👦🇵🇹🎉🔥✨🐝🌍🚀💡📚🍕☕️❤️‍🔥🧑🏿‍🚀🦄🫠🫶🏾🏳️‍🌈".repeat(6),
  "chat with emoji":
    "omg yes!! 🎉🎉 can't wait 😍 see you at 8? 🕗 bring snacks 🍿🥤 and maybe the cards 🃏 lol 😂 ".repeat(4),
  URLs: `https://www.example.com/path/to/page?id=123&ref=abc#top http://a.b.co/x/y/z?utm_source=news&utm_medium=email https://github.com/honojs/hono/blob/main/src/hono.ts#L42-L58 https://docs.example.org/document/d/1aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789/edit https://en.wikipedia.org/wiki/S%C3%A3o_Jorge_Castle https://cdn.example.io/a1b2c3d4e5f6.png?w=100&h=200&fit=crop`,
  base64: random(base64, 600),
  "base64 in lines": random(base64, 608).replace(/.{76}/g, "$&\n"),
  hex: random("0123456789abcdef", 512),
  UUIDs: Array.from({ length: 8 }, (_, at) =>
    random("0123456789abcdef", 32 + at).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, "$1-$2-$3-$4-$5"),
  ).join("\n"),
  digits: random("0123456789", 300),
  numbers: Array.from({ length: 60 }, (_, at) => (at * 7_919) % 10_007).join(", "),
  capitals:
    "PLEASE READ THE FOLLOWING INSTRUCTIONS CAREFULLY BEFORE YOU OPEN THE BOX AND KEEP THEM FOR LATER USE, OR THE WARRANTY IS VOID. ".repeat(
      2,
    ),
  "random letters": random("abcdefghijklmnopqrstuvwxyz", 300),
  "random ASCII": random(String.fromCharCode(...Array.from({ length: 95 }, (_, at) => at + 32)), 500),
  punctuation: random("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", 300),
  "white space": " \n\n    \t".repeat(40),
  "control characters": random(String.fromCharCode(...Array.from({ length: 31 }, (_, at) => at + 1)), 300),
  mathematics: "∀x∈ℝ ∃y: x²+y²≤1 ⇒ ∑ᵢ αᵢ·βᵢ ≈ ∫₀^∞ e^{−t} dt → ∞; ".repeat(6),
  table: "┌──────┬──────┐\n│ a    │ b    │\n├──────┼──────┤\n│ ████ │ ▓▓▒▒ │\n└──────┴──────┘\n".repeat(4),
};
