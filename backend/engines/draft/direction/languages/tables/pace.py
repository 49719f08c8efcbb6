"""How each language says that a move gathers speed or loses it: patterns for text in lower case."""

from __future__ import annotations

# Faster and faster, slower and slower.
PACES: dict[str, tuple[str, str]] = {
    "english": (
        r"(?:(?:very |really )?(?:slow(?:ly)?|gently|gentle)(?: at first| to (?:start|begin)(?: with)?| initially)?,? "
        r"(?:and |but )?(?:then )?(?:(?:gets?|getting|growing|going|becoming|picks?|picking|ever|steadily|"
        r"increasingly|much|"
        r"gradually|more and more) )*(?:faster|quick(?:er|ly)|fast|speeding up|accelerat\w+|up speed)"
        r"(?: and faster| and quicker| (?:at|towards?|near) the end)?|"
        r"(?:slow|slowly|gently) at first|start(?:s|ing)? (?:off |out )?(?:slow(?:ly)?|gently)(?=\s*(?:$|[,.;]|and "
        r"(?:then )?(?:accel|speed|pick|get|gather|build)))"
        r"(?:,? (?:and )?(?:then )?(?:accelerat\w+|speed\w*(?: up)?|(?:pick|gather|build)\w*(?: up)?(?: speed)?|"
        r"gett?\w* faster))?|"
        r"faster and faster|quicker and quicker|ever faster|(?:gradually |steadily |slowly )?(?:speed(?:s|ing)? up|"
        r"picks? up (?:speed|pace)|"
        r"picking up (?:speed|pace)|gathering speed|gathers speed|building speed|builds speed|"
        r"accelerat(?:e|es|ing)(?! (?:into|through|towards? (?!the end)|down|along|past)))"
        r"(?: (?:as we go|along the way|all the way|towards? the end|gradually|steadily|slowly))?)",
        r"(?:(?:fast|quick(?:ly)?|swift(?:ly)?)(?: at first| to (?:start|begin)(?: with)?| initially)?,? (?:and |but "
        r")?(?:then )?"
        r"(?:(?:gets?|getting|growing|going|becoming|ever|gradually|more and more) )*(?:slower|slowing(?: down)?|"
        r"slow(?:ly)?|decelerat\w+)"
        r"(?: and slower| (?:at|towards?|near) the end)?|slower and slower|ever slower|losing speed|loses speed|"
        r"(?:gradually |gently |slowly )?(?:decelerat(?:e|es|ing)|slow(?:s|ing)? down|slow(?:s|ing)?)(?: gradually| "
        r"gently)?"
        r" (?:at|towards?|near|before|into) the (?:very )?end|(?:with )?(?:an? )?(?:soft|gentle|slow|cushioned) "
        r"(?:landing|stop|"
        r"finish|ending)|eas(?:e|es|ing)[ -](?:out|off|down)(?: gently| softly| slowly)? (?:at|towards?|into|near) "
        r"the (?:end|"
        r"finish|stop))",
    ),
    "german": (
        r"(?:erst|zuerst|zunächst|anfangs|am anfang) (?:noch )?(?:ganz |sehr )?(?:langsam|sanft)\w*,? (?:und )"
        r"?(?:dann|danach) (?:immer )?"
        r"(?:schneller\w*|schnell\w*)(?: werdend)?|(?:ganz |sehr )?langsam (?:beginnend|anfangend|anlaufend|startend)"
        r",? (?:und )?(?:dann )?(?:immer )?"
        r"schneller(?: werdend)?|immer schneller(?: werdend)?|(?:allmählich |langsam )?(?:beschleunigend|"
        r"beschleunigt|schneller werdend)|"
        r"langsam,? (?:und )?dann (?:immer )?schneller",
        r"(?:erst|zuerst|zunächst|anfangs|am anfang) (?:noch )?(?:ganz |sehr )?(?:schnell|rasch)\w*,? (?:und )"
        r"?(?:dann|danach) (?:immer )?"
        r"(?:langsamer\w*|langsam\w*)(?: werdend)?|immer langsamer(?: werdend)?|(?:allmählich |langsam )"
        r"?(?:abbremsend|verlangsamend|"
        r"langsamer werdend|auslaufend|ausklingend)|(?:und )?(?:am|zum|gegen) (?:ende|schluss) (?:sanft |weich |"
        r"langsam )?(?:abbremsend?|auslaufen\w*|ausrollen\w*|"
        r"langsamer\w*)|schnell,? (?:und )?dann (?:immer )?langsamer",
    ),
    "french": (
        r"(?:d['’]abord |au début )?(?:tout )?(?:doucement|lentement|lent)(?: au début| d['’]abord| au départ)?,? "
        r"(?:et )?(?:puis|ensuite) (?:de plus en plus "
        r"vite|plus (?:vite|rapide\w*)|vite|en accélérant|accél\w+|de plus en plus rapide\w*)|de plus en plus "
        r"(?:vite|rapide\w*)|en accélérant"
        r"(?: progressivement)?|(?:puis )?accélère",
        r"(?:d['’]abord |au début )?(?:vite|rapide(?:ment)?)(?: au début| d['’]abord| au départ)?,? (?:et )?(?:puis|"
        r"ensuite) (?:de plus en plus "
        r"lent\w*|plus lent\w*|lent\w*|en ralentissant|ralen\w+)|de plus en plus lent\w*|en ralentissant(?: "
        r"(?:progressivement|à la fin|sur la fin))?|"
        r"(?:puis |et )?ralentit(?: à la fin| sur la fin)?",
    ),
    "spanish": (
        r"(?:primero |al principio )?(?:muy )?(?:despacio|lent[oa]|lentamente)(?: al principio| al inicio| primero)"
        r"?,? (?:y |pero )?(?:luego |después )?"
        r"(?:cada vez )?más (?:rápid[oa]|rápidamente|deprisa)(?: al final)?|cada vez más (?:rápid[oa]|deprisa)|"
        r"acelerando(?: poco a poco| al final)?",
        r"(?:primero |al principio )?(?:muy )?(?:rápid[oa]|rápidamente|deprisa)(?: al principio| al inicio| primero)"
        r"?,? (?:y |pero )?(?:luego |después )?"
        r"(?:cada vez )?más (?:despacio|lent[oa]|lentamente)(?: al final)?|cada vez más (?:despacio|lent[oa])|"
        r"(?:desacelerando|frenando|ralentizando)(?: poco "
        r"a poco| suavemente)?(?: al final)?",
    ),
    "italian": (
        r"(?:prima |all['’]inizio )?(?:piano|lent[oa]|lentamente)(?: all['’]inizio)?,? (?:e |ma )?(?:poi )?(?:sempre "
        r")?più (?:veloce|velocemente|rapid[oa])|"
        r"sempre più (?:veloce|velocemente|rapid[oa]|in fretta)|accelerando(?: gradualmente| alla fine)?",
        r"(?:prima |all['’]inizio )?(?:veloce|velocemente|rapid[oa])(?: all['’]inizio)?,? (?:e |ma )?(?:poi )"
        r"?(?:sempre )?più (?:piano|lent[oa]|lentamente)|"
        r"sempre più (?:piano|lent[oa]|lentamente)|(?:rallentando|decelerando|frenando)(?: gradualmente| dolcemente)"
        r"?(?: alla fine| verso la fine| sul finale)?",
    ),
    "portuguese": (
        r"(?:primeiro |no início |no começo )?(?:devagar|lent[oa]|lentamente)(?: no início| no começo| primeiro)?,? "
        r"(?:e |mas )?(?:depois )?(?:cada vez )?mais "
        r"(?:rápid[oa]|rapidamente|depressa)|cada vez mais (?:rápid[oa]|depressa)|acelerando(?: aos poucos| no fim| "
        r"no final)?",
        r"(?:primeiro |no início |no começo )?(?:rápid[oa]|rapidamente|depressa)(?: no início| no começo| primeiro)"
        r"?,? (?:e |mas )?(?:depois )?(?:cada vez )?mais "
        r"(?:devagar|lent[oa]|lentamente)|cada vez mais (?:devagar|lent[oa])|(?:desacelerando|freando|abrandando)(?: "
        r"aos poucos| suavemente)?(?: no fim| no final)?",
    ),
    "dutch": (
        r"(?:eerst|aanvankelijk|in het begin) (?:heel )?(?:langzaam|rustig|traag),? (?:en )?(?:dan|daarna) (?:steeds "
        r")?(?:sneller|snel)|"
        r"(?:langzaam|rustig) (?:beginnend|beginnen),? (?:en )?(?:dan )?(?:steeds )?sneller|steeds sneller|"
        r"versnellend|(?:en )?versnelt",
        r"(?:eerst|aanvankelijk|in het begin) (?:heel )?(?:snel|vlug),? (?:en )?(?:dan|daarna) (?:steeds )"
        r"?(?:langzamer|langzaam|trager)|"
        r"steeds (?:langzamer|trager)|vertragend|afremmend(?: aan het eind)?|(?:en )?(?:vertraagt|remt af)(?: aan "
        r"het eind)?",
    ),
    "japanese": (
        r"(?:最初|初め|はじめ)?は?ゆっくり(?:と)?[、,]?(?:から)?(?:そして|次第に|だんだん|徐々に|その後)+(?:と)"
        r"?(?:速く|早く|加速し(?:て|ながら)?)(?:なりながら)?|"
        r"(?:だんだん|次第に|徐々に|どんどん)(?:と)?(?:速く|早く)(?:なりながら)?|(?:徐々に|だんだん)?加速し(?:て|"
        r"ながら|つつ)",
        r"(?:最初|初め|はじめ)?は?(?:速く|早く|素早く)[、,]?(?:そして|次第に|だんだん|徐々に|その後)+(?:と)"
        r"?(?:ゆっくり(?:と)?|遅く|減速し(?:て|ながら)?)|"
        r"(?:だんだん|次第に|徐々に)(?:と)?(?:ゆっくりに?|遅く)(?:なりながら)?|(?:徐々に|だんだん|最後に?)"
        r"?減速し(?:て|ながら|つつ)",
    ),
    "korean": (
        r"(?:처음엔|처음에는|처음에|처음은)? ?천천히[, ]+(?:그리고 )?(?:점점|점차|나중엔|갈수록|이후|그 다음) ?(?:더 "
        r")?(?:빠르게|빨리|빨라지\w*)|"
        r"(?:점점|점차|갈수록) (?:더 )?(?:빠르게|빨리|빨라지며|빨라지면서)|(?:점점 )?가속(?:하며|하면서)",
        r"(?:처음엔|처음에는|처음에|처음은)? ?(?:빠르게|빨리)[, ]+(?:그리고 )?(?:점점|점차|나중엔|갈수록|이후|그 "
        r"다음) ?(?:더 )?(?:천천히|느리게|느려지\w*)|"
        r"(?:점점|점차|갈수록) (?:더 )?(?:천천히|느리게|느려지며|느려지면서)|(?:점점 )?감속(?:하며|하면서)",
    ),
    "chinese": (
        r"(?:先慢后快|由慢(?:到|变|转)?快|从慢到快|先慢再快|先缓后急|(?:先|起初|开始)(?:缓?慢)(?:慢)?(?:地)"
        r"?[，,]?(?:然后|再|后)?(?:逐渐|慢慢|越来越)?(?:加快|加速|变快|快)|"
        r"越来越快|逐渐(?:加速|加快|变快)|加速)(?:地)?",
        r"(?:先快后慢|由快(?:到|变|转)?慢|从快到慢|先快再慢|先急后缓|越来越慢|逐渐(?:减速|减慢|变慢)|减速)(?:地)?",
    ),
}
