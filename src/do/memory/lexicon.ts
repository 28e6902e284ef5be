/**
 * English words that may differ between a question and its answer. Everyday topics: people, work, travel, health, food,
 * money, computers, study. Slashes separate groups.
 */

/** Forms of the same word: each word of a group matches all others. */
export const FORMS = `
go went gone / take took taken / buy bought / get got gotten / make made / see saw seen / give gave given / win won /
meet met / begin began begun / write wrote written / run ran / find found / lose lost loss / teach taught / think
thought / feel felt / leave left / eat ate eaten / drink drank drunk / drive drove driven / fly flew flown flight /
grow grew grown growth / know knew known / come came / become became / build built / bring brought / catch caught /
choose chose chosen choice / sing sang sung song / swim swam swum / speak spoke spoken speech / spend spent / tell
told / say said / sell sold sale / send sent / sleep slept / break broke broken / hear heard / hold held / keep kept /
pay paid / ride rode ridden / sit sat / stand stood / steal stole stolen / wear wore worn / wake woke woken / fall
fell fallen / draw drew drawn / child children kid / man men / woman women / person people / foot feet / tooth teeth /
mouse mice / wife wives / bad worse worst / good better best / bite bit bitten / blow blew blown / feed fed food /
fight fought / forget forgot forgotten / hide hid hidden / lead led / light lit / mean meant / rise rose risen / shake
shook shaken / shoot shot / show shown / throw threw thrown / understand understood / dream dreamt / learn learnt /
burn burnt / spell spelt / leaf leaves / knife knives / shelf shelves / half halves / decide decision / marry marriage
wedding / born birth / advise advice / believe belief / prove proof / receive reception / describe description /
destroy destruction / succeed success / compete competition contest / explain explanation / apply application / strong
strength / long length / high height / deep depth / wide width / hot heat / young youth / true truth / anxious anxiety
/ angry anger / hungry hunger / proud pride / buy purchase / doctor dr / mom mother mum / dad father / grandma
grandmother / grandpa grandfather / photo picture pic photograph / movie film / bike bicycle / car vehicle / tv
television / fridge refrigerator / vet veterinarian / pro professional / gym fitness / fan enthusiast / kid child /
uni university college / exam test / store shop / job work career / home house / trip travel journey vacation /
favorite favourite fave / color colour / theater theatre / die died death dead dying / center centre / phone telephone
/ life lives / teach taught teacher / bend bent / flee fled / leap leapt / overcome overcame / ring rang rung / spill
spilt / spring sprang sprung / undertake undertook / wind wound / scarf scarves / analysis analyses / diagnosis
diagnoses / thesis theses / datum data / medium media / grey gray / tyre tire / cheque check / jewellery jewelry /
organise organize / realise realize / apologise apologize / license licence / behaviour behavior / neighbour neighbor
/ humour humor / kilometre kilometer km / hour hr / apartment apt / information info / application app / mathematics
maths / professor prof / temperature temp / vegetable veggie / veterinarian vet / refrigerator fridge / laptop
notebook / recover recovery / deliver delivery / discover discovery / injure injury / fail failure / depart departure
/ sign signature / close closure / guide guidance / admit admission / prescribe prescription / register registration /
qualify qualification / identify identification / solve solution / free freedom / safe safety / able ability / patient
patience / present presence / pregnant pregnancy / private privacy / two twice second / one once first / three third /
four fourth / five fifth / eight eighth / nine ninth / twelve twelfth / bind bound / breed bred / deal dealt
/ dig dug / forgive forgave forgiven / freeze froze frozen / hang hung / lend lent / seek sought / shine shone / shrink
shrank shrunk / sink sank sunk / slide slid / stick stuck / strike struck / swear swore sworn / sweep swept / tear tore
torn / weave wove woven / withdraw withdrew withdrawn / knit knitted / sew sewn / wolf wolves / thief thieves / loaf
loaves / goose geese / perform performance / arrive arrival / attend attendance / graduate graduation`;

/** Words of similar meaning: each word of a group matches all others. */
export const SYNONYMS = `
attend visit / receive got given / begin start launch / finish complete end done / job work career profession
occupation position / study learn class course school / teacher instructor coach / ill sick disease / happy glad joy
excited thrilled / sad upset down depressed / scared afraid fear frightened nervous / angry mad annoyed / tired
exhausted worn / important significant meaningful / big large huge / small little tiny / beautiful gorgeous pretty
lovely stunning / hard difficult tough challenging / easy simple / fun enjoyable / help assist support aid / fix
repair mend / own have possess / obtain get acquire / prefer favorite like / love enjoy passionate / hate dislike /
plan intend going gonna / want wish hope desire / try attempt / think believe opinion / talk speak chat discuss
conversation / argue fight disagree / advise suggest recommend advice tip / tell mention say / show display / create
make build design craft / cook bake prepare / eat meal dinner lunch breakfast / drink beverage / travel trip journey
vacation holiday getaway visit / drive ride / walk hike stroll / run jog marathon race / swim pool / exercise workout
gym fitness train / game match tournament competition contest / win victory champion prize award trophy / lose lost
defeat / team teammate squad / play perform / song music tune track / band group / concert gig show performance /
movie film cinema / book novel read / story tale / write author / paint draw art artwork / photo picture photograph
image pic / party celebration / birthday anniversary / husband spouse partner / wife spouse partner / boyfriend
partner dating / girlfriend partner dating / parent mom dad mother father / sibling brother sister / grandmother
grandma granny / child kid son daughter baby / children kids son daughter / family relative / friend buddy pal mate /
pet dog cat puppy kitten / dog puppy pup / cat kitten kitty / home house apartment place / move relocate / city town /
country nation abroad / neighborhood area community / restaurant cafe diner / money cash financial finance / cost
price expensive pay / earn salary income / donate charity fundraiser / volunteer charity / company business firm
startup / idea concept / goal aim dream / problem issue trouble challenge obstacle / accident crash injury / injury
hurt injured / hospital clinic / stress anxiety anxious overwhelmed / relax unwind calm destress chill / sleep rest
nap / health healthy / diet food eating / garden plant flower / tree forest woods / beach ocean sea coast / mountain
hill peak / river lake / weather rain snow storm / bike bicycle cycling / plane flight airplane / phone cell mobile /
tv television show series / gift present / clothes outfit wear / shoe sneaker boot / jewelry necklace ring bracelet /
religion church faith religious / politics election vote / army military veteran soldier / police officer / lawyer
attorney law / student pupil / college university degree / graduate degree diploma / research study / science
scientist / language speak / lesson class / skill ability talent / hobby interest pastime activity / memory remember
recall / inspire motivate / encourage support / decide decision choose choice / change transform / improve better
progress / success achieve accomplish / fail failure setback reject / allergy allergic / animal wildlife / dessert
cake cookie sweet / bread bake / recipe cook dish / wine beer drink / coffee tea / morning breakfast / night evening /
weekend saturday sunday / recent lately / young childhood kid / new recently / frequently often regularly / weekly
week / monthly month / yearly annual year / quit leave resign / fire lost / open launch / close shut / borrow lend /
rent lease / pregnant pregnancy baby / die death passed died / funeral death / divorce breakup split / date
relationship / fear phobia scared / community group / club group / event festival fair / festival fest / conference
convention summit / museum exhibit gallery / park outdoors nature / camp tent / hotel airbnb stay / tour visit
sightseeing / furniture couch chair table / kitchen cook / bedroom room / clean tidy / prepare ready / practice train
rehearse / feel emotion / reason because why / advantage benefit / method technique way / tool equipment gear / device
gadget / app software program / website blog online / video youtube channel / social media instagram / post share /
sculpture pottery clay statue / instrument guitar piano violin drums / sport basketball soccer football tennis /
organize arrange host / class workshop course seminar / symbol sign stand meaning / boss manager supervisor /
colleague coworker teammate / fired laid off dismissed redundant / promotion raise / deadline due / meeting call
appointment / interview applied application / invoice bill receipt / contract agreement / client customer / report
presentation slides / project task / office workplace / remote home / salary wage pay / luggage suitcase bag / flight
plane airline / train railway / bus coach / ticket booking reservation / book reserve / itinerary schedule / abroad
overseas / passport visa / hostel hotel / medicine medication pill drug tablet / prescription medication / physician
doctor gp / dentist teeth / pain ache hurt sore / headache migraine / surgery operation / checkup examination
appointment / diagnosis diagnosed / symptom sign / fever temperature / vaccine shot jab / pressure blood / overweight
weight / tired fatigue sleepy / insomnia sleep / therapist therapy counselor counseling psychologist / grandchild
grandson granddaughter / fiance engaged / nephew niece / vegetarian vegan / delicious tasty yummy / grocery
supermarket / spicy hot / snack bite / takeaway takeout delivery / mortgage loan / debt loan owe / bank account /
insurance policy / budget spending / cheap inexpensive affordable / refund reimbursement / discount sale / currency
dollars euros pounds / computer laptop pc machine / bug error crash fault / code program script / server host /
database sql / password login credentials / repository repo git / website site page / email mail / internet wifi /
screen monitor display / keyboard mouse / download install / file document / deploy release / exam test quiz /
homework assignment / thesis dissertation paper essay / lecture class / tutor teacher / grade mark score / scholarship
grant / semester term / professor teacher / landlord owner / flatmate roommate / rubbish trash garbage / bathroom
toilet / couch sofa / lamp light / broken damaged / noise loud noisy / quiet silent / warm hot / cold freezing chilly
/ fast quick / wrong incorrect mistake / correct right / similar like / secret private / angry mad furious / lonely
alone / jealous envy / polite kind / funny humor joke / address street / birthplace born hometown / age old years /
height tall / name called / number digits / colour shade / size large small`;

/** Kinds and their members: a question about a kind also finds its members, but not the reverse. */
export const MEMBERS = `
pet: dog cat puppy kitten turtle rabbit hamster bird parrot fish snake lizard / animal: dog cat horse cow pig sheep
goat rabbit bird fish bear lion tiger elephant monkey turtle snake whale dolphin shark deer fox wolf duck chicken
eagle owl butterfly bee / instrument: guitar piano violin drum flute clarinet trumpet saxophone cello bass keyboard
ukulele harp banjo / music: song band concert album guitar piano jazz rock pop classical rap country hip hop singer
playlist / sport: basketball soccer football baseball tennis golf hockey volleyball swimming running cycling skiing
snowboarding surfing boxing rugby cricket climbing / exercise: yoga running jogging swimming weights boxing cycling
pilates gym cardio hiking stretching lifting workout aerobics training / activity: hiking camping swimming painting
dancing running yoga fishing cooking reading picnic museum beach park volunteering gardening skiing surfing biking
kayaking bowling pottery climbing gaming concert / hobby: painting reading writing gardening fishing cooking baking
knitting photography gaming hiking dancing singing collecting running cycling pottery chess woodworking sewing camping
/ interest: painting reading writing gardening cooking photography gaming hiking dancing music movies art history
sports science / food: pizza pasta burger salad soup chicken beef fish rice bread cheese sandwich sushi taco steak
curry vegetables fruit cake chocolate cookies eggs noodles potato shrimp bacon / dish: pizza pasta lasagna salad soup
chicken curry stew risotto noodles sushi tacos steak casserole / meal: breakfast lunch dinner brunch pizza pasta salad
soup chicken / dessert: cake pie cookies ice cream brownies chocolate cupcakes tart / snack: chips cookies fruit nuts
popcorn candy chocolate / ingredient: flour sugar butter egg milk cheese garlic onion chocolate cream coconut vanilla
cinnamon salt tomato / fruit: apple banana orange strawberry blueberry raspberry mango grape lemon peach pear cherry
pineapple / vegetable: carrot tomato pepper onion potato broccoli spinach lettuce cucumber corn bean / drink: coffee
tea wine beer juice water soda cocktail smoothie milk whiskey / vehicle: car truck motorcycle bike bus van boat ford
toyota honda tesla jeep ferrari / car: ford toyota honda tesla jeep ferrari bmw audi volvo volkswagen / country: usa
america canada mexico brazil england uk britain ireland france spain italy germany switzerland sweden norway greece
turkey russia china japan korea india thailand vietnam australia egypt portugal netherlands poland iceland argentina /
state: california texas florida oregon nevada arizona colorado michigan ohio virginia carolina alaska hawaii / city:
london paris tokyo boston chicago seattle miami rome barcelona madrid berlin vancouver toronto sydney dubai dallas
houston denver detroit portland amsterdam dublin beijing lisbon munich vienna prague warsaw milan melbourne delhi
mumbai / place: park beach museum cafe restaurant mountain lake forest city town london paris tokyo library gallery
bar mall garden castle / location: park beach museum cafe mountain lake city town london paris / book: novel author
read series trilogy memoir biography chapter / movie: film watched theater trilogy thriller comedy drama cinema actor
/ game: chess poker monopoly cards puzzle zelda mario minecraft playstation nintendo xbox / job: teacher nurse doctor
engineer lawyer manager chef waiter designer developer analyst writer artist accountant barista intern hired / career:
teacher nurse doctor engineer lawyer manager chef designer developer counseling business coach / subject: math science
history biology chemistry physics art literature english psychology economics / degree: bachelor master phd college
university major engineering psychology / language: english spanish french german italian chinese japanese korean
portuguese arabic russian python java javascript / relative: mom dad brother sister grandma grandpa aunt uncle cousin
niece nephew / children: son daughter kids baby toddler / clothing: shirt dress jacket shoes hat jeans sweater hoodie
coat skirt boots / jewelry: necklace ring bracelet earrings watch pendant / color: red blue green yellow purple pink
orange black white brown gray silver gold / furniture: couch sofa table chair desk bed shelf lamp / weather: rain snow
storm sunny wind hot cold / illness: flu cold cancer diabetes asthma fever infection / injury: ankle knee wrist sprain
broken fracture bruise accident / emotion: happy sad angry proud nervous excited anxious grateful scared lonely /
holiday: christmas thanksgiving halloween easter birthday / event: concert festival wedding party conference parade
fundraiser workshop meetup tournament fair exhibition march rally race ceremony / organization: charity nonprofit
foundation club company shelter church / class: yoga pottery dance cooking writing painting / art: painting drawing
sculpture pottery mural gallery photography sketch canvas / painting: canvas watercolor acrylic landscape sunset
portrait abstract / plant: flower rose tree succulent orchid tulip sunflower herb fern cactus / flower: rose tulip
sunflower lily daisy orchid peony dahlia / nature: forest mountain ocean lake trail sunset river trees wildlife /
device: phone laptop computer tablet camera watch headphones keyboard / technology: computer software app robot
programming ai coding / gift: necklace book flowers card bracelet toy / politics: election vote mayor policy
government campaign office / health: pain sick hospital doctor surgery asthma diabetes heart blood injury allergy /
family: mom dad mother father brother sister son daughter husband wife grandma grandpa aunt uncle cousin niece nephew
kids / money: dollars budget loan debt salary savings rent investment / charity: donate shelter fundraiser homeless
volunteer nonprofit foundation / vacation: beach hotel flight cruise trip / writing: novel blog poem journal script
story essay / school: teacher class student homework exam / outdoor: hiking camping fishing beach kayaking climbing
trail / volunteer: shelter charity fundraiser community / religion: church faith god pray bible temple mosque
synagogue christian muslim jewish buddhist hindu catholic / appliance: fridge oven dishwasher washer dryer microwave
vacuum toaster kettle / tool: hammer drill saw wrench screwdriver / room: kitchen bedroom bathroom garage attic
basement / breed: labrador poodle beagle retriever shepherd terrier bulldog / allergy: peanut nut gluten lactose dairy
pollen shellfish / medicine: ibuprofen aspirin paracetamol antibiotic insulin / doctor: dentist surgeon cardiologist
dermatologist pediatrician / bill: rent electricity gas water internet insurance / software: python java javascript
linux windows excel / season: spring summer autumn fall winter / month: january february march april may june july
august september october november december / day: monday tuesday wednesday thursday friday saturday sunday /
transport: bus train subway tram taxi bicycle ferry plane / bird: parrot eagle owl sparrow pigeon hen chicken duck /
fish: salmon tuna cod trout goldfish / dance: ballet salsa tango waltz`;
