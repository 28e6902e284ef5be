/** Words that most questions have, whatever their topic. */

/** Returns the words of a text, which are separated by single spaces. */
export const setOf = (words: string): ReadonlySet<string> => new Set(words.split(" "));

export const STOP_WORDS = setOf(`\
a about after all also am an and any are as at be been before but by can could did do does doing for from get got had \
has have having he her hers him his how i if in into is it its just like many me more most much my no nor not of off on \
one or our out over she so some such than that the their them then there these they this those to too up us very was we \
were what whats when where which while who whom whose why will with would you your yours`);

/**
 * Stop words of German, Spanish, French, Italian, Portuguese, Turkish, Finnish, Russian, Hebrew and Arabic. Not for
 * English questions: there "die" and "come" have a meaning. Words of several languages, and those above, are listed once,
 * in the spelling of `normalize`. The Arabic word for "on" is not listed: it is then spelled as the name Ali.
 */
export const OTHER_STOP_WORDS = setOf(`\
der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden wurde hat haben \
hatte habe hast bin bist ich du er sie es wir ihr mich mir dich dir ihn ihm uns euch mein meine meinen meiner meinem \
dein deine deinen deiner sein seine im auf aus bei mit nach von vom zu zum zur für über unter um bis als wie \
wer wen wem wessen wo wann warum welche welcher welches welchen nicht kein keine auch noch nur schon dass ob \
wenn dann \
el la los las un una unos unas pero son era fue ser está están ha han había yo tú él ella nosotros ellos \
te se le les nos mi mis tu tus su sus de del en con por para al que qué quién quiénes cuál cuáles cuándo cuánto \
cuánta cuántos cuántas dónde cómo ni lo como más muy ya si sí porque \
une et ou mais est sont était être ai avons ont avait je il elle vous ils elles mon ma mes ton ta tes sa ses \
notre votre leur dans sur avec pour par au aux quoi qui quel quelle quels quelles quand combien où comment ne pas \
plus ce cette ces ça \
gli uno ed è sono ero ho hai abbiamo avete hanno io lui lei noi voi loro ti ci vi mio mia miei tuo tua suo sua di \
dello della dei degli delle da dal dalla nel nella sul sulla per tra fra che chi cosa quale quali quando quanto quanta \
quanti dove come perché non più anche alla \
os uma umas são foi eu você ele ela nós eles meu minha meus minhas seu dos em na nas com ao à quem qual \
quais onde também \
ve veya ama ile bu şu ben sen biz siz benim senin bana sana bir mu mü nedir nasil neden kim kimin hangi \
nerede nereye nereden kaç var yok için çok daha \
ja tai mutta ovat oli olen olet minä sinä hän minun sinun hänen mikä mitä missä mistä mihin milloin miksi \
miten kuka kenen kuinka ei \
и или но а в во на с со к ко у о об от до из за по для не ни что кто где куда откуда когда почему как какой какая какое \
какие сколько чей чья чье мой моя мое мои моего моей моему моем моих твой твоя твои я ты он она мы вы они меня мне мной \
тебя тебе его ее их нас нам вас вам это этот эта был была было были есть ли же бы \
של את אני אתה הוא היא אנחנו הם שלי שלך שלו שלה לי לך לו לה על עם אל מה מי איפה היכן מתי למה איך כמה איזה איזו האם זה זאת \
היה הייתה יש אין לא כן גם כי אם או \
في من الي عن مع هل ما ماذا متي اين كيف لماذا كم اي هو هي انا انت نحن هم كان كانت لا نعم او ان هذا هذه ذلك التي الذي لي لك له لها`);

/** Stop words of questions in Chinese and Japanese. */
const UNSPACED_STOP_WORDS =
  /什么时候|為什麼|为什么|什么|甚麼|怎么样|怎么|怎样|哪里|哪儿|哪个|哪些|哪天|多少|是否|有没有|是不是|请问|告诉|还记得|記得|记得|我们|你们|他们|她们|曾经|ですか|ますか|でした|ましたか|ました|ください|ありますか|どこ|いつ|だれ|なに|なぜ|どう|どの|[何誰]/g;
/** Japanese particles after a word. */
const JAPANESE_PARTICLES = /(?<=[\p{Script=Han}\p{Script=Katakana}])[のはがをにでともへ](?!\p{Script=Hiragana})/gu;

/** Whole words of Korean questions. */
const KOREAN_STOP_WORDS = setOf(`\
내 나 제 저 너 네 우리 나의 저의 내가 제가 나는 저는 뭐 뭐야 뭐지 뭐예요 뭐였지 무엇 무엇인가요 무엇을 언제 언제야 언제예요 언제지 언제인가요 \
어디 어디야 어디에 어디서 어디에서 어디예요 어디로 누구 누구야 누구예요 누가 왜 어떻게 몇 몇살 얼마 얼마나 얼마야 어떤 무슨 어느 있어 있나요 있지 \
했어 했지 했나요 해 하나요 하지 그 이 저것 그것 이것 좀 것 거 게 기억해 기억나 알려줘 말해줘`);
/** Endings of Korean words: particles, and the polite ending. */
const KOREAN_PARTICLES =
  /(?<=\p{Script=Hangul})(?:에게서|에서는|으로는|이라고|에서|에게|한테|으로|부터|까지|처럼|보다|이랑|하고|라고|이야|예요|이에요|은|는|이|가|을|를|에|의|도|와|과|로|만|요|야)$/u;

/** Returns a question without stop words and particles of unspaced scripts. */
export function contentOf(question: string): string {
  return question
    .replace(/\p{Script=Hangul}+/gu, (word) => (KOREAN_STOP_WORDS.has(word) ? " " : word.replace(KOREAN_PARTICLES, "")))
    .replace(UNSPACED_STOP_WORDS, " ")
    .replace(JAPANESE_PARTICLES, " ");
}
