/**
 * English words for a state, and for the events that change it: the answer to "Where do I live?" may be "I moved".
 * Commas separate groups; words before the colon are states, words after it events.
 */
export const STATE_EVENTS = `\
living home address city town apartment flat country: moved relocated settled bought rented, working job company \
employed career office: quit joined started hired fired resigned promoted retired offer transferred, boss manager \
supervisor: left replaced promoted joined resigned, phone laptop computer tablet camera tv watch: bought replaced \
upgraded switched new broke sold, car bike vehicle motorbike drive: bought sold traded leased crashed new, own have: \
bought sold adopted lost gave, married single relationship partner boyfriend girlfriend husband wife spouse dating: \
engaged married divorced separated broke split proposed wedding met, eating diet meat vegetarian food breakfast: vegan \
vegetarian stopped gave quit switched, drinking coffee alcohol: stopped gave quit switched, smoker: quit stopped gave, \
pet dog cat: adopted died got rehomed, studying major degree subject course university college school: switched \
dropped transferred changed enrolled graduated started, gym exercise training sport workout: joined cancelled switched \
stopped started injured gave, playing hobby instrument: gave stopped quit started switched took, doctor dentist \
therapist bank insurance provider landlord teacher: switched changed new retired, number email password username name \
nickname: changed new reset, favorite favourite prefer like: changed switched anymore longer instead, meet appointment \
flight deadline due trip date exam wedding: moved rescheduled postponed cancelled canceled changed rebooked delayed \
brought, weigh weight: lost gained, hair: dyed cut, team group club band: joined left quit, planning intend: changed \
cancelled canceled postponed decided, salary rent price cost budget pay fee: raised increased raise reduced lowered \
cut, children kids child baby family pregnant: born birth expecting adopted, medication medicine pill dose treatment: \
switched prescribed stopped increased reduced, sleep wake: started changed, learning language: started switched gave \
stopped, allergic allergy: outgrew tested developed, use using tool framework database library language: switched \
migrated replaced moved, health ill sick injury: recovered healed diagnosed surgery, house: moved bought sold, \
roommate flatmate neighbor: moved left`;
