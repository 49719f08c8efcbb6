"""Words of what happens in a picture besides the camera, in every language of the product."""

from __future__ import annotations

THINGS = (
    "curtains?|drapes|clouds?|cars?|taxis?|traffic|trucks?|bus|buses|trains?|planes?|boats?|ships?|bikes?|bicycles?|"
    "motorcycles?|leaves|branches|trees|grass|smoke|steam|fog|mist|"
    "water|waves?|sea|river|stream|rain|snow|snowflakes|"
    "fire|flames?|candles?|sparks|dust|petals|flags?|doors?|gates?|"
    "elevator|birds?|dogs?|cats?|horses?|fish|butterfly|"
    "butterflies|wheels?|fan|clock|pendulum|balls?|balloons?|robots?|"
    "shadows?|hair|ribbon|fabric|cloth|blinds|windmill"
)
THING_VERBS = (
    "move sway blow flutter billow wave drift pass drive roll fall fly run open close rise swing spin rotate burn "
    "swirl ripple flow race gather part turn gallop bark jump cross approach arrive explode crash float stream scatter "
    "shake tremble bloom grow melt pour splash crackle dance speed flap shut slam tick crawl chase rustle "
    "whirl descend lift pull stop start flicker"
)
ATTRIBUTES = (
    "billowing|swaying|blowing|fluttering|drifting|passing|moving|falling|flowing|racing|rolling|rising|spinning|"
    "rotating|swirling|burning|flickering|crashing|waving|floating|speeding|dancing|rustling|rippling|galloping"
)
LIGHT_VERBS = "fade dim flicker change brighten darken flash pulse set rise die glow move shift dance blink"
PEOPLE = (
    "he|she|they|man|woman|men|women|boy|girl|boys|girls|child|children|kid|kids|person|people|guy|lady|couple|crowd|"
    "waiter|waitress|chef|cook|bartender|barista|singer|bride|groom|king|queen|teacher|doctor|nurse|"
    "detective|cop|officer|thief|killer|guard|student|worker|customer|guests?|passengers?|pedestrians?|"
    "baby|kids|pianist|painter|musician|actor|actress|dancers?|soldiers?|mother|father|friends?|players?|"
    "character|hero|anna|someone|everyone"
)
PEOPLE_VERBS = (
    "exhale inhale blink smile laugh cry weep nod wave talk speak whisper shout sing dance walk run turn breathe sigh "
    "enter leave cough eat drink open close raise lift reach grab hug kiss fall jump move step approach "
    "point wink frown "
    "shrug "
    "fight "
    "kneel wake pour stop drop pick throw push pull clap gesture tremble glance "
    "cross shake wrestle argue bow salute applaud"
)
ENGLISH_STATES = "sit|stand|look|sleep|read|hold|stare|lie"
BLINKING = r"\b(?:blink|blinks|blinking|smiles|nods|winks|eyes (?:open|close|flutter|blink)|walking|talking)\b"

# Patterns of any language, by topic: see beyond.py. A thing's topic is its English name.
ALL_LANGUAGES = {
    "another camera": (
        r"\breverse (?:angle|shot)|\breverses? on (?!the dolly|rails)|\bover to his side\b|\bcounter-?shot\b|"
        r"\bshot.reverse.shot\b|\bnew (?:angle|set-?up|camera (?:angle|position|set-?up))\b|"
        r"gegenschuss|gegenschuß|contrechamp|contre-champ|"
        r"contraplano|contracampo|反打|反拍|反向镜头|切り返し|リバース(?:ショット|"
        r"アングル)|리버스 ?(?:앵글|샷|숏)|역앵글"
    ),
    "focus": (
        r"\bfocus\b (?:\w+ )?(?:drift|slid|slip|travel|mov|shift|chang|pull|wander|glid|sweep|pass|roll|fall|land|go)"
        r"(?:s|es|ing|e)?\b(?! the camera)|"
        r"\bracks? (?:from|to|between)\b|\b(?:rack|racks|racking|pull|pulls|pulling|shift|shifts|shifting|"
        r"change|changes)(?: the| of)? focus\b|\bfocus (?:pull|rack|shift|"
        r"moves|goes|racks|pulls|changes)\w*|\brefocus|comes? into focus|"
        r"\bout of focus\b[^.;]*\b(?:sharp|in(?:to)? focus)\b|"
        r"\b(?:becom|gett?|turn|go)(?:es?|s|ing) (?:sharp|blurr\w+|soft)\b|"
        r"goes? out of focus|schärfe\w*(?:verlager|zieh)\w*|"
        r"(?:schärfe|fokus)\s+(?:\w+\s+)?(?:wechselt|wandert|verlagert|"
        r"springt|geht|verschiebt|zieht)|fokuswechsel|fokusfahrt|"
        r"(?:bascule|changement|passage|report) de (?:point|mise au point|"
        r"focus)|mise au point (?:sur|passe|bascule|glisse)|"
        r"cambio de (?:foco|enfoque)|el (?:foco|enfoque) (?:pasa|cambia|"
        r"se)|desenfo|移焦|拉焦|焦点(?:从|转|切|移|慢慢)|对焦从|变焦点|"
        r"ピント(?:送り|を|が)|フォーカス(?:送り|を|が|シフト|移動)|焦点(?:が|"
        r"を).*(?:移|合)|랙 ?포커스|포커스\s*(?:이동|전환|가|를)|초점(?:이|"
        r"을)"
    ),
    "cuts": (
        r"\b(?:smash|jump|match|hard|cross)[ -]cuts?\b|\bcuts? to\b|\bcross-?\s?fad(?:e|es|ing)\b|\bfades? (?:in|out|"
        r"to|from)\b|\b(?:cross )?dissolves?\b|\bwipe to\b|\btime-?\s?lapse\b|"
        r"\bslow(?:-| )mo(?:tion)?\b|\bfreeze frame\b|\bmontage\b|\bsplit screen\b|"
        r"schnitt auf|überblend\w*|abblende|aufblende|zeitraffer|"
        r"zeitlupe|\bfondu\b|\bcoupe sur\b|\bau ralenti\b|\baccéléré\b|"
        r"\bcorte a\b|\bfundido\b|cámara (?:lenta|rápida)|切到|切换到|切至|"
        r"淡入|淡出|"
        r"慢动作|慢镜头|延时摄影|溶解|フェード(?:イン|アウト)|ディゾルブ|"
        r"スローモーション|タイムラプス|カット(?:して|で切)|페이드|디졸브|"
        r"슬로우? ?모션|"
        r"타임 ?랩스|컷 ?(?:투|전환)"
    ),
    "light": (
        r"\b(?:licht|lampe)\w*\s+(?:\w+\s+){0,2}?(?:flacker|erlisch|verlisch|verblass|"
        r"schwinde|schwäch|dunk|aus|heller|nach|dimm|wechsel)\w*|"
        r"schwindende\w* licht|flackernde\w* licht\w*|sonne (?:geht|sinkt|"
        r"steigt|verschwindet)|\b(?:es )?wird (?:dunkel|dunkler|hell|heller|"
        r"nacht|abend)|"
        r"\bdämmert\b|dunkelheit bricht|(?:lumière|lampe)\s+(?:\w+\s+){0,2}?(?:faibli|"
        r"baisse|s'éteint|décline|vacille|diminue|change|s'estompe|tombe)\w*|"
        r"lumière (?:déclinante|vacillante|faiblissante)|(?:la nuit|le jour) (?:tombe|"
        r"se lève|décline)|soleil se (?:couche|lève)|"
        r"\b(?:luz|lámpara)\s+(?:\w+\s+){0,2}?(?:se |disminuye|parpadea|desvanece|cambia|"
        r"baja)|luces (?:se|parpadean)|\banochece|\bamanece|\boscurece|"
        r"el sol se (?:pone|oculta)|(?:光线|灯光|阳光|光|灯)\w{0,3}?(?:渐|"
        r"变|逐|闪|暗|熄|弱|减)|天(?:色)?(?:渐|慢慢|变)?(?:暗|黑|亮)|日落|太阳(?:下山|落|西)|"
        r"夜幕|"
        r"(?:光|照明|明かり|日差し|日|灯り)(?:が|は).{0,8}(?:消|暗|弱|点滅|"
        r"沈|落|薄|明る|揺)|暗くな|日が暮れ|(?:빛|조명|불빛|햇빛|불)(?:이|"
        r"가|은).{0,10}"
        r"(?:어두|꺼|사라|깜|흐려|희미|약해|줄)|어두워|해가 (?:지|진|져)"
    ),
    "people": (
        r"\b(?:blinzel|zwinker|lächel|weint|lacht|nickt|atmet|spricht|redet|"
        r"flüstert|winkt|tanzt)\w*|\b(?:er|sie|mann|frau|kind|junge|mädchen|"
        r"leute|menschen)\s+(?:\w+\s+)?(?:geht|gehen|läuft|laufen|dreht|"
        r"drehen|rennt|steht auf|setzt|schaut|blickt|kommt|kommen|tritt)\b|"
        r"\b(?:cligne|clignent|sourit|pleure|rit|hoche|respire|chuchote|"
        r"danse)\b|\b(?:homme|femme|fille|garçon|enfant|gens|il|elle|ils|"
        r"elles)\s+(?:\w+\s+)?"
        r"(?:marche|marchent|court|courent|se retourne|se lève|s'assoit|"
        r"entre|entrent|sort|parle|parlent|regarde|tourne la tête)\b|"
        r"\b(?:parpadea|sonríe|llora|ríe|asiente|respira|susurra|baila)\b|"
        r"\b(?:hombre|mujer|niña|niño|chica|chico|gente|él|ella|ellos)\s+(?:\w+\s+)?"
        r"(?:camina|caminan|corre|corren|se gira|se levanta|se sienta|entra|"
        r"entran|sale|habla|hablan|mira)\b|眨眼|眨了|微笑|点头|转身|回头|"
        r"(?<!跟着)(?<!跟随)(?<!跟拍)(?<!追随)(?:男人|女人|男子|女子|女孩|"
        r"男孩|孩子|人们|人群|他|她|他们)(?:[^，。,.镜机]{0,4})(?:走|跑|"
        r"坐下|站起|笑|哭|说|跳|看向|呼吸)|"
        r"まばたき|瞬き|瞬く|微笑|ほほえ|うなず|(?:男|女|彼|彼女|人|人々|"
        r"少女|少年|子供|子ども|男性|女性)(?:が|は).{0,10}(?:歩|走|笑|泣|"
        r"話|立ち|座|振り向|動|踊|見)|"
        r"눈[을이]? ?깜|미소|끄덕|(?:남자|여자|그녀|그|사람들?|소녀|"
        r"소년|아이들?)(?:이|가|은|는)\s.{0,10}(?:걷|걸어|뛰|달려|웃|울|"
        r"말하|앉|일어|돌아|춤|본다|바라)"
    ),
    "following": (
        r"\b(?:folgt|verfolgt|begleitet)\s+(?:ihr|ihm|ihnen|der frau|dem mann|"
        r"dem|der|den)\b|\b(?:suit|suivant|accompagne)\s+(?:la femme|l'homme|"
        r"le |la |les |l')|"
        r"\bla suit\b|\ble suit\b|\b(?:sigue|siguiendo|acompaña)\s+(?:a |"
        r"al )|(?:跟着|跟随|跟拍|跟隨|追随)(?:了)?(?:她|他|男|女|孩|人|"
        r"车|汽车)|"
        r"(?:彼女|彼|男|女|子供|少女|少年|車|男性|女性)を(?:追|フォロー)|"
        r"(?:彼女|彼)について|(?:그녀|그|여자|남자|아이|소녀|소년|차|자동차)(?:를|"
        r"을)\s+(?:따라|쫓|추적)"
    ),
    "curtains": (
        r"vorh(?:ang|änge)\w*\s+(?:\w+\s+){0,2}?(?:weh|beweg|flatter|bausch|"
        r"schwing|öffn|schließ)\w*|wehende\w* (?:vorh|gardin)\w*|gardinen?\s+(?:\w+\s+)?(?:weh|"
        r"beweg|flatter)\w*|"
        r"rideaux?\s+(?:\w+\s+){0,2}?(?:bouge|flotte|ondule|se balance|"
        r"s'agite|vole|s'ouvre|se soulève)\w*|cortinas?\s+(?:\w+\s+){0,2}?(?:se |"
        r"ondea|ondean|flota|vuela)\w*|"
        r"窗帘\w{0,4}?(?:飘|动|摇|摆|拂|吹)|カーテン(?:だけ)?(?:が|は)|커튼(?:이|은|만)"
    ),
    "clouds": (
        r"wolken?\s+(?:\w+\s+){0,2}?(?:zieh|treib|beweg|rasen|rast)\w*|"
        r"ziehende\w* wolken|nuages?\s+(?:\w+\s+){0,2}?(?:passe|défile|"
        r"bouge|avance|dérive|filent)\w*|"
        r"nubes?\s+(?:\w+\s+){0,2}?(?:pasa|se mueve|avanza|corre|flota)\w*|"
        r"云\w{0,4}?(?:飘|移|动|流|掠|过)|雲(?:が|は)|구름(?:이|은)"
    ),
    "car": (
        r"\b(?:auto|autos|wagen)\s+(?:\w+\s+){0,2}?(?:fährt|fahren|kommt|"
        r"hält|biegt|rast)\b|\bvoitures?\s+(?:\w+\s+){0,2}?(?:passe|roule|"
        r"arrive|démarre|s'arrête|file)\w*|"
        r"\b(?:coches?|carros?|autos?)\s+(?:\w+\s+){0,2}?(?:pasa|circula|"
        r"llega|arranca|se detiene|cruza)\w*|(?:汽车|车辆|轿车|一辆车|车)\w{0,3}?(?:驶|"
        r"开|过|停下|经过)|"
        r"(?:車|自動車|タクシー)(?:が|は)|(?:자동차|차량|택시|차)(?:이|가|는)\s"
    ),
    "leaves": (
        r"blätter\s+(?:\w+\s+){0,2}?(?:fall|weh|rausch|beweg)\w*|feuilles\s+(?:\w+\s+){0,2}?(?:tomb|"
        r"boug|frémi|vol)\w*|hojas\s+(?:\w+\s+){0,2}?(?:cae|se mueve|vuela)\w*|"
        r"树叶\w{0,3}?(?:飘|落|动|摇)|葉(?:が|は)|나뭇잎(?:이|은)"
    ),
    "smoke": r"rauch\s+(?:\w+\s+){0,2}?(?:steig|zieh)\w*|fumée\s+(?:\w+\s+){0,2}?(?:monte|"
    r"s'élève|flotte)|humo\s+(?:\w+\s+){0,2}?(?:sube|se)|烟\w{0,3}?(?:升|"
    r"飘|袅)|煙(?:が|は)|연기(?:가|는)",
    "water": r"wasser\s+(?:\w+\s+){0,2}?(?:fließ|plätscher|beweg)\w*|wellen\s+(?:\w+\s+){0,2}?(?:schlag|"
    r"roll|brech)\w*|vagues\s+(?:\w+\s+){0,2}?(?:déferl|roul|se)\w*|"
    r"olas\s+(?:\w+\s+){0,2}?(?:romp|se|golpe)\w*|(?:海浪|波浪|水)\w{0,3}?(?:拍|"
    r"流|动|涌)|波(?:が|は)|水(?:が|は)|파도(?:가|는)|물(?:이|은)",
    "door": r"\btür\s+(?:\w+\s+){0,2}?(?:öffnet|schließt|geht)\b|\bporte\s+(?:\w+\s+){0,2}?(?:s'ouvre|"
    r"se ferme|claque)|\bpuerta\s+(?:\w+\s+){0,2}?se (?:abre|cierra)|"
    r"门\w{0,3}?(?:打开|开了|关上)|ドア(?:が|は)|문이\s",
}
# The same in Italian, Portuguese and Dutch.
_MORE = {
    "another camera": r"controcampo|contra-?plano|contracampo|tegenshot|tegenopname",
    "focus": (
        r"cambio di fuoco|(?:il|la) (?:fuoco|messa a fuoco) (?:passa|cambia|si sposta)|sfoca\w*|mudança de foco|"
        r"o foco (?:passa|muda|vai)|desfoca\w*|scherptever\w+|(?:de )?(?:focus|scherpte) (?:verschuift|gaat|verlegt)"
    ),
    "cuts": (
        r"\bstacco (?:su|a)\b|dissolvenza|\bal rallentatore\b|\bcorte para\b|\bcâmera lenta\b|esvanec\w+|"
        r"\bknip naar\b|\bslow motion\b|overvloei\w*|\bvertraagd\b"
    ),
    "light": (
        r"\bluc[ei] (?:\w+ ){0,2}?(?:si |cala|diminui|tremol|sfarfall|cambia|spegn)\w*|il sole (?:tramonta|sorge|cala)|"
        r"\bluz(?:es)? (?:\w+ ){0,2}?(?:se |apag|diminui|pisca|muda|baixa|enfraquec)\w*|o sol (?:se põe|põe-se|nasce)|"
        r"anoitece|amanhece|\blicht(?:en)? (?:\w+ ){0,2}?(?:dooft|doven|flikker|dimt|gaat|verander|zwakt)\w*|"
        r"zon (?:gaat|zakt|komt)|wordt (?:donker|licht)"
    ),
    "people": (
        r"\b(?:uomo|donna|ragazz[ao]|bambin[ao]|gente|lui|lei) (?:\w+ )?(?:cammina|corre|si gira|si alza|"
        r"si siede|entra|esce|"
        r"parla|guarda|sorride|beve|mangia)\w*|\b(?:homem|mulher|menin[ao]|criança|ele|ela|"
        r"pessoas) (?:\w+ )?(?:anda|caminha|"
        r"corre|vira|levanta|senta|entra|sai|fala|olha|sorri|bebe|come)\w*|\b(?:man|vrouw|meisje|jongen|kind|"
        r"hij|zij|ze|mensen) "
        r"(?:\w+ )?(?:loopt|lopen|rent|draait|staat op|gaat zitten|komt|praat|kijkt|lacht|glimlacht|drinkt|eet)\b"
    ),
    "following": (
        r"\b(?:segue|seguendo|accompagna) (?:la |l'|il |lo )(?:donna|uomo|ragazz|bambin)\w*|"
        r"\b(?:segue|seguindo|acompanha) (?:a |o )(?:mulher|homem|menin|rapa|pessoa)\w*|\bvolgt? (?:de |"
        r"het )(?:vrouw|man|meisje|jongen)"
    ),
    "curtains": (
        r"\btend[ae] (?:\w+ ){0,2}?(?:si |ondeggi|svolazz)\w*|\bcortinas? (?:\w+ ){0,2}?(?:balanç|esvoaç|mexe|"
        r"movem)\w*|"
        r"\bgordijn(?:en)? (?:\w+ ){0,2}?(?:waai|beweg|wapper)\w*"
    ),
    "clouds": (
        r"\bnuvol[ae] (?:\w+ ){0,2}?(?:passa|corr|si m)\w*|\bnuvens (?:\w+ ){0,2}?(?:passam|correm|se movem)|"
        r"\bwolken (?:\w+ ){0,2}?(?:drijv|trekk|beweg)\w*"
    ),
    "car": (
        r"\bauto (?:\w+ ){0,1}?(?:passa|arriva|sfreccia)\w*|\bcarros? (?:\w+ ){0,1}?(?:passa|chega|para)\w*|"
        r"\bauto'?s? (?:\w+ ){0,1}?(?:rijdt|rijden|stopt|komt)\b"
    ),
    "leaves": (
        r"\bfoglie (?:\w+ )?(?:cad|si m|vol)\w*|\bfolhas (?:\w+ )?(?:caem|voam|mexem)|"
        r"\bbladeren (?:\w+ )?(?:vall|waai|ritsel)\w*"
    ),
    "door": r"\bporta (?:\w+ )?si (?:apre|chiude)|\bporta (?:se )?(?:abre|fecha)|\bdeur (?:\w+ )?(?:gaat|opent|sluit)",
}
ALL_LANGUAGES = {topic: "|".join(filter(None, (pattern, _MORE.get(topic)))) for topic, pattern in ALL_LANGUAGES.items()}
