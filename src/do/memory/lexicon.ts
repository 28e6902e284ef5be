/**
 * English words that may differ between a question and its answer. Everyday topics: people, work, travel, health, food,
 * money, computers, study. Commas separate groups.
 */

/** Forms of the same word: each word of a group matches all others. */
export const FORMS = `\
go went gone, take took taken, buy bought, get got gotten, make made, see saw seen, give gave given, win won, meet \
met, begin began begun, write wrote written, run ran, find found, lose lost loss, think thought, feel felt, leave \
left, eat ate eaten, drink drank drunk, drive drove driven, fly flew flown flight, grow grew grown growth, know knew \
known, come came, become became, build built, bring brought, catch caught, choose chose chosen choice, sing sang sung \
song, swim swam swum, speak spoke spoken speech, spend spent, tell told, say said, sell sold sale, send sent, sleep \
slept, break broke broken, hear heard, hold held, keep kept, pay paid, ride rode ridden, sit sat, stand stood, steal \
stole stolen, wear wore worn, wake woke woken, fall fell fallen, draw drew drawn, child children kid, man men, woman \
women, person people, foot feet, tooth teeth, mouse mice, wife wives, bad worse worst, good better best, bite bit \
bitten, blow blew blown, feed fed food, fight fought, forget forgot forgotten, hide hid hidden, lead led, light lit, \
mean meant, rise rose risen, shake shook shaken, shoot shot, show shown, throw threw thrown, understand understood, \
dream dreamt, learn learnt, leaf leaves, knife knives, shelf shelves, half halves, decide decision, marry marriage \
wedding, born birth, advise advice, believe belief, prove proof, receive reception, describe description, succeed \
success, compete competition contest, explain explanation, apply application, strong strength, long length, high \
height, deep depth, wide width, hot heat, young youth, true truth, anxious anxiety, angry anger, hungry hunger, proud \
pride, buy purchase, doctor dr, mom mother mum, dad father, grandma grandmother, grandpa grandfather, photo picture \
pic photograph, movie film, bike bicycle, car vehicle, tv television, pro professional, gym fitness, fan enthusiast, \
uni university college, exam test, store shop, job work career, home house, trip travel journey vacation, favorite \
favourite fave, color colour, theater theatre, die died death dead dying, center centre, phone telephone, life lives, \
teach taught teacher, ring rang rung, spring sprang sprung, analysis analyses, diagnosis diagnoses, grey gray, \
organise organize, realise realize, apologise apologize, license licence, behaviour behavior, neighbour neighbor, \
humour humor, apartment apt, information info, application app, professor prof, laptop notebook, recover recovery, \
deliver delivery, discover discovery, injure injury, fail failure, depart departure, sign signature, close closure, \
guide guidance, admit admission, prescribe prescription, register registration, qualify qualification, identify \
identification, solve solution, free freedom, safe safety, able ability, patient patience, present presence, pregnant \
pregnancy, private privacy, two twice second, one once first, three third, four fourth, five fifth, deal dealt, dig \
dug, forgive forgave forgiven, freeze froze frozen, hang hung, lend lent, sink sank sunk, stick stuck, strike struck, \
swear swore sworn, tear tore torn, burn burnt, spell spelt, destroy destruction, spill spilt, scarf scarves, cheque \
check, jewellery jewelry, kilometre kilometer km, hour hr, mathematics maths, temperature temp, vegetable veggie, \
veterinarian vet, refrigerator fridge, eight eighth, nine ninth, twelve twelfth, seek sought, sweep swept, withdraw \
withdrew withdrawn, perform performance, arrive arrival, attend attendance, graduate graduation`;

/** Words of similar meaning: each word of a group matches all others. */
export const SYNONYMS = `\
attend visit, receive got given, begin start launch, finish complete end done, job work career profession occupation \
position, study learn class course school, teacher instructor coach, ill sick disease, happy glad joy excited \
thrilled, sad upset down depressed, scared afraid fear frightened nervous, angry mad annoyed, important significant \
meaningful, big large huge, small little tiny, beautiful gorgeous pretty lovely stunning, hard difficult tough \
challenging, easy simple, help assist support aid, fix repair mend, own have possess, obtain get acquire, prefer \
favorite like, love enjoy passionate, hate dislike, plan intend going gonna, want wish hope desire, try attempt, think \
believe opinion, talk speak chat discuss conversation, advise suggest recommend advice tip, tell mention say, show \
display, create make build design craft, cook bake prepare, eat meal dinner lunch breakfast, drink beverage, travel \
trip journey vacation holiday getaway visit, drive ride, walk hike stroll, run jog marathon race, exercise workout gym \
fitness train, game match tournament competition contest, win victory champion prize award trophy, lose lost defeat, \
team teammate squad, play perform, song music tune track, band group, concert gig show performance, movie film cinema, \
book novel read, story tale, write author, paint draw art artwork, photo picture photograph image pic, party \
celebration, birthday anniversary, husband spouse partner, wife spouse partner, boyfriend partner dating, girlfriend \
partner dating, parent mom dad mother father, sibling brother sister, grandmother grandma granny, child kid son \
daughter baby, children kids son daughter, family relative, friend buddy pal mate, pet dog cat puppy kitten, dog puppy \
pup, home house apartment place, move relocate, city town, country nation abroad, neighborhood area community, \
restaurant cafe diner, money cash financial finance, cost price expensive pay, earn salary income, donate charity \
fundraiser, volunteer charity, company business firm startup, idea concept, goal aim dream, problem issue trouble \
challenge obstacle, accident crash injury, injury hurt injured, hospital clinic, stress anxiety anxious overwhelmed, \
relax unwind calm destress chill, sleep rest nap, health healthy, diet food eating, garden plant flower, tree forest \
woods, beach ocean sea coast, mountain hill peak, weather rain snow storm, bike bicycle cycling, plane flight \
airplane, phone cell mobile, tv television show series, gift present, clothes outfit wear, shoe sneaker boot, jewelry \
necklace ring bracelet, religion church faith religious, politics election vote, army military veteran soldier, police \
officer, lawyer attorney law, college university degree, graduate degree diploma, research study, language speak, \
lesson class, skill ability talent, hobby interest pastime activity, memory remember recall, inspire motivate, \
encourage support, decide decision choose choice, change transform, improve better progress, success achieve \
accomplish, fail failure setback reject, allergy allergic, animal wildlife, dessert cake cookie sweet, bread bake, \
recipe cook dish, wine beer drink, coffee tea, morning breakfast, night evening, weekend saturday sunday, recent \
lately, young childhood kid, new recently, frequently often regularly, weekly week, monthly month, yearly annual year, \
quit leave resign, fire lost, open launch, close shut, borrow lend, die death passed died, funeral death, date \
relationship, fear phobia scared, community group, club group, event festival fair, festival fest, conference \
convention summit, museum exhibit gallery, park outdoors nature, camp tent, hotel airbnb stay, tour visit sightseeing, \
furniture couch chair table, kitchen cook, bedroom room, clean tidy, prepare ready, practice train rehearse, feel \
emotion, reason because why, advantage benefit, method technique way, tool equipment gear, app software program, \
website blog online, video youtube channel, social media instagram, post share, sculpture pottery clay statue, \
instrument guitar piano violin drums, sport basketball soccer football tennis, organize arrange host, class workshop \
course seminar, symbol sign stand meaning, boss manager supervisor, colleague coworker teammate, fired laid off \
dismissed redundant, promotion raise, deadline due, meeting call appointment, interview applied application, client \
customer, report presentation slides, project task, office workplace, remote home, salary wage pay, luggage suitcase \
bag, flight plane airline, train railway, ticket booking reservation, book reserve, itinerary schedule, abroad \
overseas, passport visa, medicine medication pill drug tablet, physician doctor gp, pain ache hurt sore, surgery \
operation, diagnosis diagnosed, symptom sign, vaccine shot jab, tired fatigue sleepy, therapist therapy counselor \
counseling psychologist, fiance engaged, vegetarian vegan, delicious tasty yummy, debt loan owe, bank account, \
insurance policy, budget spending, cheap inexpensive affordable, computer laptop pc machine, bug error crash fault, \
code program script, server host, database sql, password login credentials, repository repo git, website site page, \
email mail, screen monitor display, download install, file document, exam test quiz, homework assignment, thesis \
dissertation paper essay, lecture class, tutor teacher, grade mark score, scholarship grant, semester term, professor \
teacher, landlord owner, flatmate roommate, lamp light, broken damaged, cold freezing chilly, fast quick, wrong \
incorrect mistake, correct right, similar like, secret private, angry mad furious, lonely alone, polite kind, funny \
humor joke, address street, birthplace born hometown, age old years, name called, number digits, size large small, \
tired exhausted worn, fun enjoyable, argue fight disagree, swim pool, cat kitten kitty, river lake, student pupil, \
science scientist, rent lease, pregnant pregnancy baby, divorce breakup split, device gadget, invoice bill receipt, \
contract agreement, bus coach, hostel hotel, prescription medication, dentist teeth, headache migraine, checkup \
examination appointment, fever temperature, pressure blood, overweight weight, insomnia sleep, grandchild grandson \
granddaughter, nephew niece, grocery supermarket, spicy hot, snack bite, takeaway takeout delivery, mortgage loan, \
refund reimbursement, discount sale, currency dollars euros pounds, internet wifi, keyboard mouse, deploy release, \
rubbish trash garbage, bathroom toilet, couch sofa, noise loud noisy, quiet silent, warm hot, jealous envy, height \
tall, colour shade`;

/**
 * Kinds and their members: a question about a kind also finds its members, but not the reverse. Members that are synonyms
 * of the kind are not listed again: a dog is a pet.
 */
export const MEMBERS = `\
pet: turtle rabbit hamster bird parrot fish snake lizard, animal: dog cat horse cow pig sheep rabbit bird fish bear \
tiger turtle snake duck chicken owl bee, instrument: drum flute clarinet trumpet cello, music: band concert album \
guitar piano jazz rock pop classical country hip singer, sport: baseball golf hockey volleyball swimming running \
cycling skiing surfing boxing climbing, exercise: yoga running jogging swimming weights boxing cycling cardio hiking \
stretching lifting training, activity: hiking camping swimming painting dancing running yoga fishing cooking reading \
picnic museum beach park volunteering gardening skiing surfing biking kayaking bowling pottery climbing gaming \
concert, hobby: painting reading writing gardening fishing cooking baking knitting photography gaming hiking dancing \
singing collecting running cycling pottery chess camping, interest: painting reading writing gardening cooking \
photography gaming hiking dancing music movies art history sports science, food: pizza pasta burger salad soup chicken \
beef fish rice bread cheese sandwich sushi steak vegetables fruit cake chocolate cookies eggs noodles potato shrimp \
bacon, dish: pizza pasta lasagna salad soup curry noodles sushi steak, meal: pizza salad soup chicken, dessert: pie \
cookies ice cream brownies chocolate cupcakes tart, ingredient: flour sugar butter milk chocolate cream coconut \
vanilla salt, fruit: apple banana orange strawberry mango grape lemon, vegetable: carrot tomato onion potato broccoli \
bean pepper spinach lettuce cucumber corn, drink: coffee tea juice water soda milk, vehicle: truck motorcycle bike bus \
van boat ford toyota honda tesla jeep ferrari, car: toyota tesla bmw, country: usa america canada mexico brazil \
england uk ireland france spain italy germany sweden greece turkey china japan korea india australia egypt portugal \
britain switzerland norway russia thailand vietnam netherlands poland iceland argentina, state: california texas \
florida oregon michigan, city: london paris tokyo boston chicago seattle miami rome barcelona madrid berlin sydney \
dubai houston detroit amsterdam lisbon milan vancouver toronto dallas denver portland dublin beijing munich vienna \
prague warsaw melbourne delhi mumbai, place: park beach museum cafe restaurant mountain lake forest city town london \
paris library gallery bar mall garden castle, location: park beach museum cafe mountain lake city london paris, book: \
author series trilogy memoir biography chapter, movie: watched theater trilogy thriller comedy drama actor, game: \
chess poker cards puzzle mario minecraft playstation nintendo xbox, job: teacher nurse doctor engineer lawyer manager \
chef designer developer writer artist accountant barista intern hired, career: teacher nurse doctor engineer lawyer \
manager chef designer developer counseling business, subject: math science history physics art biology chemistry \
literature english psychology economics, degree: bachelor master phd engineering, language: english spanish french \
german italian chinese japanese russian korean portuguese arabic python java javascript, children: baby toddler, \
clothing: shirt dress jacket shoes jeans hoodie coat skirt, jewelry: earrings watch pendant, color: red blue green \
yellow purple pink black white brown gold, furniture: sofa desk bed, weather: sunny wind hot cold, illness: flu cold \
cancer diabetes asthma fever infection, injury: ankle knee wrist broken, emotion: happy sad angry proud nervous \
excited anxious grateful scared lonely, holiday: christmas thanksgiving halloween easter birthday, event: concert \
wedding party conference parade fundraiser workshop meetup tournament exhibition march race ceremony, organization: \
foundation club company, class: yoga dance cooking writing painting, art: painting drawing sculpture pottery mural \
gallery photography canvas, painting: canvas watercolor landscape sunset portrait abstract, plant: rose tree tulip \
sunflower herb, device: phone laptop computer tablet camera watch headphones keyboard, technology: computer software \
app robot programming coding, gift: necklace book flowers card toy, politics: policy government campaign office, \
health: pain hospital doctor surgery heart blood, family: mom dad mother father brother sister son daughter husband \
wife grandma grandpa aunt uncle cousin kids, money: dollars budget loan salary savings rent investment, charity: \
shelter homeless foundation, vacation: beach hotel flight, writing: novel blog poem journal script story essay, \
school: teacher student homework exam, outdoor: hiking camping fishing beach climbing trail, volunteer: shelter \
fundraiser community, religion: god pray bible temple christian muslim jewish, room: kitchen bathroom, allergy: peanut \
nut gluten lactose dairy shellfish, doctor: dentist surgeon cardiologist dermatologist pediatrician, software: linux \
windows excel, season: spring summer autumn fall winter, transport: bus train subway taxi, relative: mom dad brother \
sister grandma grandpa aunt uncle cousin niece nephew, month: january february march april may june july august \
september october november december, day: monday tuesday wednesday thursday friday saturday sunday, bill: rent \
electricity gas water internet insurance, medicine: ibuprofen aspirin paracetamol antibiotic insulin, breed: labrador \
poodle beagle retriever shepherd terrier bulldog`;
