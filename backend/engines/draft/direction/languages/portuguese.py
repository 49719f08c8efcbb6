"""Portuguese: see language.Language."""

from __future__ import annotations

from .language import Language
from .tables.nouns import NOUNS

_WORD = r"[^\W\d_]+"
_ARTICLE = r"(?:(?:os|as|o|a|um|uma|seu|sua|este|esta|dois|duas)\s+)?"
NOUN = (
    rf"{_ARTICLE}(?P<n>{_WORD}(?:\s(?!e\b|depois\b|então\b|para\b|até\b|com\b|em\b|no\b|na\b|lent|"
    rf"devagar\b|a\b|à\b|ao\b|"
    rf"d[eoa]s?\b|que\b|\w+[aei]ndo(?:-se)?\b|enquanto\b|por\b|pel[oa]\b|durante\b){_WORD})?)"
)
_OF = r"(?:das?|dos?|de)\s+"
_TO = r"(?:aos?|às?|a)\s+"

PORTUGUESE = Language(
    nouns=NOUNS["portuguese"],
    noun=NOUN,
    camera=r"c[âa]m[ea]ra(?! na mão| à mão| ao ombro| no ombro)|\bdrone\b|enquadramento|objetiva\b",
    splits=(
        (
            r"\s*,?\s*\bcom\s+(?=(?:[^\W\d_]+\s+){1,2}?(?:zoom|inclin|neigung|kantel)|zoom\s+(?:l[eé]|suave|rápid|discret|rapide))",
            "while",
        ),
        (r"\s*(?:[!?\n]|\.(?!\d))\s*", "."),
        (
            r"\s*,?\s*\b(?:e depois|depois(?! de \d)|e então|então|em seguida|a seguir|seguid[oa] de|e por fim|por fim|"
            r"finalmente|e finalmente|antes de)\b\s*",
            "then",
        ),
        (r"\s*,?\s*\b(?:enquanto|ao mesmo tempo(?: que)?|simultaneamente)\b\s*", "while"),
        (r"\s+e\s+", "and"),
        (r"\s*(?:[;:]|,(?!\d))\s*", ","),
    ),
    moves=(
        (r"(?:levant|ergu?|sub)\w* (?:o olhar|os olhos|a cabeça)", "tilt up"),
        (r"(?:baix|abaix|desc)\w* (?:o olhar|os olhos|a cabeça)", "tilt down"),
        (r"panorâmica (?:rápida|brusca|chicote)|chicote\b", "whip pan"),
        (
            r"c[âa]m[ea]ra (?:na mão|à mão|ao ombro|no ombro)|(?:na|à) mão\b|no ombro|trem(?:ida|ido|or|endo)\b",
            "handheld",
        ),
        (r"respiração|balanço\b|oscilação", "handheld"),
        (
            r"(?:plano|enquadramento) (?:fixo|estático|parado)|c[âa]m[ea]ra (?:fixa|estática|parada|imóvel)|tripé"
            r"|(?:sem|nenhum) (?:qualquer )?movimento(?: d[ea] c[âa]m[ea]ra)?|não (?:mover|mexer|move|"
            r"mexe) a c[âa]m[ea]ra"
            r"|c[âa]m[ea]ra (?:não se (?:move|mexe)|permanece \w+|fica (?:parada|fixa))|\bparad[oa]\b"
            r"|\bpara\b(?=\s*(?:$|em frente|diante))"
            r"|\bestátic[oa]\b|\bfix[oa]\b|\bespera\b|\bsegura\b",
            "static shot",
        ),
        (r"efeito vertigo|\bvertigo\b|dolly zoom|zoom contrário|travelling compensado", "dolly zoom"),
        (
            r"órbita\w*|orbita\w*|contorna\w*|circunda\w*|rodeia\w*|travelling circular|d[áêe] (?:a |"
            r"uma )?volta|dando a volta|dar (?:a |uma )?volta"
            r"|\barco\b|volta (?:completa )?(?=em torno|à volta|ao redor)",
            "orbit",
        ),
        (r"zoom (?:in\b|para dentro|de aproximação|avante|para a frente)|aproxima o zoom|dá zoom", "zoom in"),
        (r"zoom (?:out\b|para fora|para trás|de afastamento)|afasta o zoom|abre o zoom", "zoom out"),
        (r"\bzoom\b", "zoom"),
        (r"(?:plano|ângulo|enquadramento) (?:holandês|inclinado)", "dutch angle"),
        (r"(?:panorâmica|pan) vertical|\btilt\b|inclina\w*", "tilt"),
        (r"panorâmic\w*|panoramiz\w*|\bpan\b|\bpana\b|varre\b|varredura", "pan"),
        (r"\brola\b|rolamento|rotação sobre o eixo", "roll"),
        (r"\bgruas?\b", "crane"),
        (r"\bgira\w*|\broda\b|\brodando|\bgiro\b|\bvira\w*|\brotação\b", "turn"),
        (
            r"avanç\w+|(?:nos |se )?aproxim\w+|travelling (?:de aproximação|para a frente|para frente|"
            r"avante|in)|dolly in"
            r"|\bentra\w*\b|chega perto|fecha (?:em|no|na)",
            "push in",
        ),
        (
            r"recu\w+|afast\w+|se afasta|travelling (?:de afastamento|para trás|out)|dolly out|para trás|retrocede\w*",
            "pull out",
        ),
        (r"\bsobe\b|subir|subida|subindo|ergue-se|eleva\w*|se eleva|ascende\w*|levanta\w*", "pedestal up"),
        (r"\bdesce\b|descer|descida|descendo|\bbaixa\b|abaixa\w*", "pedestal down"),
        (r"\bsegue\b|seguindo|seguir|acompanh\w+|persegue", "follow"),
        (r"travelling lateral|lateral\w*|carrinho lateral", "truck"),
        (
            r"travelling|carrinho\b|dolly\b|sobrevo\w+|\bvoo\b|\bvoa\b|voando|plano aéreo|tomada aérea|"
            r"atravess\w+|cruza\w*|"
            r"\bpassa\w*|percorre\w*|desliza\w*|(?:se )?move\b(?:-se)?|desloca\w*|movimento\b|flutua\w*|"
            r"\bvai\b|dirige-se|"
            r"caminha\w*|\banda\b",
            "move",
        ),
        (r"\bsuba\b", "pedestal up"),
        (r"\bdesça\b", "pedestal down"),
        (r"\bmov[ae]\w*|\bvá\b|\bandar\b", "move"),
        (r"\bsiga\b", "follow"),
        (r"\bvire\b|\bgire\b", "turn"),
        (r"\baproxime\w*|\bavance\b", "push in"),
        (r"\bafaste\w*|\brecue\b", "pull out"),
    ),
    sides=(
        (r"(?:da )?esquerda\s*(?:para|a|à|-|→|/)?\s*(?:a )?direita", "right"),
        (r"(?:da )?direita\s*(?:para|a|à|-|→|/)?\s*(?:a )?esquerda", "left"),
        (
            r"(?:no )?sentido (?:anti-?horário|contrário (?:ao|aos) (?:ponteiros|relógio)\w*(?: do relógio)?)",
            "counterclockwise",
        ),
        (r"(?:no )?sentido (?:horário|dos ponteiros do relógio)", "clockwise"),
        (r"(?:para |pela |à )?(?:a )?esquerda", "left"),
        (r"(?:para |pela |à )?(?:a )?direita", "right"),
        (r"para cima|acima\b|do chão", "up"),
        (r"para baixo|abaixo\b|do teto", "down"),
        (r"para (?:a )?frente|adiante\b", "in"),
        (r"para trás", "out"),
    ),
    manners=(
        (r"\bde repente\b|\bbruscamente\b|\bsubitamente\b|\bnum tranco\b", "sudden"),
        (r"\bmuito\b", "very"),
        (
            r"\blent[oa]s?\b|\blentamente\b|\bdevagar(?:inho)?\b|\bsuavemente\b|\bsuaves?\b|"
            r"\bcalmamente\b|\baos poucos\b",
            "slow",
        ),
        (r"\brápid[oa]s?\b|\brapidamente\b|\bdepressa\b|\bvelozmente\b|\bveloz\b", "fast"),
        (r"\bbrusc\w+|\brepentin\w+|\bde repente\b|\bde súbito\b", "sudden"),
        (r"\brapidíssim\w+|\bvelocíssim\w+", "very fast"),
        (r"\blentíssim\w+", "very slow"),
        (r"\bliger[oa]s?\b|\bligeiramente\b|\bum pouco\b|\blevemente\b|\bleve\b|\bsutil\w*|\bum bocado\b", "slight"),
    ),
    units=(
        (r"\b(?:até |em |para )?(?:o |um )?(?:primeiro plano|primeiríssimo plano|plano fechado|close(?:-up)?)\b", ""),
        (r"(?:no|sobre o|em torno do) (?:seu )?próprio eixo|sobre si mesma", "panorâmica"),
        (r"\b(?:duas vezes|duas voltas)\b", "720 degrees"),
        (r"\b(?:três vezes|três voltas)\b", "1080 degrees"),
        (r"\b(?:após|depois de|passados) (\d+(?:[.,]\d+)?) segundos?|(\d+) segundos? depois", r"\1\2 delay"),
        (r"\b(?:uma )?volta (?:completa|inteira)|\bgiro completo", "orbita 360 degrees"),
        (r"\b(?:uma )?meia[- ]volta|\bmeio (?:giro|círculo)|\bsemicírculo", "orbita 180 degrees"),
        (r"\b(?:um )?quarto de volta", "orbita 90 degrees"),
        (r"\bmeio metro", "0.5 metres"),
        (r"\bum(?= metro)", "1"),
        (r"\b(?:dois|duas)(?= (?:metros|segundos))", "2"),
        (r"\btrês(?= (?:metros|segundos))", "3"),
        (r"\bquatro(?= (?:metros|segundos))", "4"),
        (r"\bcinco(?= (?:metros|segundos))", "5"),
        (r"(?:\b(?:de|uns|em|a)\s+)?(\d+(?:[.,]\d+)?)\s*(?:graus?|°)", r"\1 degrees"),
        (r"(?:\b(?:de|uns|por)\s+)?(\d+(?:[.,]\d+)?)\s*(?:centímetros?|cm)\b", r"\1 centimetres"),
        (r"(?:\b(?:de|uns|por)\s+)?(\d+(?:[.,]\d+)?)\s*(?:metros?|m)\b", r"\1 metres"),
        (r"(?:\b(?:de|durante|em|por)\s+)?(\d+(?:[.,]\d+)?)\s*(?:segundos?|s)\b", r"\1 seconds"),
    ),
    things=(
        (rf"\b(?:até )?(?:à altura|ao nível) {_OF}{{N}}", "level"),
        (
            rf"(?:(?:para|até) )?(?:revelar|mostrar|ver|vermos|descobrir|revelando|mostrando|que se veja)?\s*"
            rf"\b(?:toda a |todo o |a totalidade d[ao] )(?P<n>{_WORD}(?: de estar)?)(?: inteir[oa])?",
            "whole",
        ),
        (
            rf"(?:(?:para|até) )?(?:revelar|mostrar|ver|vermos|descobrir|aparecer|surgir|revelando|mostrando)\s+"
            rf"(?:o|a)\s+"
            rf"(?P<n>{_WORD}(?: de estar)?) inteir[oa]",
            "whole",
        ),
        (rf"\b(?:em torno|ao redor|à volta|em volta) {_OF}{{N}}", "around"),
        (rf"(?P<keep>(?:dá|dar|dando|dê) (?:a |uma )?volta) (?:n[ao]s? |{_TO}|pel[ao]s? ){{N}}", "around"),
        (
            rf"(?P<keep>pass\w+) (?:pel[ao]s?|por) (?!esquerda|direita|porta|janela|portão|arco|túnel|corredor|entrada|"
            rf"porta|vão|portal|sala|cozinha|entre\b|cima\b){_ARTICLE}{{N}}",
            "past",
        ),
        (r"(?P<keep>contorna\w*|orbita\w*|circunda\w*|rodeia\w*)\s+{N}", "around"),
        (r"(?P<keep>sobrevo\w+)\s+{N}", "over"),
        (rf"\b(?:por cima|acima|por sobre) {_OF}{{N}}|\bsobre {{N}}", "over"),
        (r"\bentre (?!pel[ao]|n[ao]s?\b)(?:as |os )?(?:dois |duas )?{N}", "between"),
        (
            rf"(?P<keep>atravess\w+|cruza\w*)\s+{{N}}|\batravés {_OF}{{N}}|\b(?:pela|pelo) (?!esquerda|direita){{N}}",
            "through",
        ),
        (rf"\bao longo {_OF}{{N}}|(?P<keep>percorre\w*)\s+{{N}}", "along"),
        (
            rf"(?P<keep>passa\w*)\s+(?:junto {_TO}|ao lado {_OF}|em frente {_TO}|perto {_OF}|diante {_OF}|por ){{N}}",
            "past",
        ),
        (
            rf"(?P<keep>afast\w+|recu\w+|retrocede\w*|para trás)\s+(?:lentamente |devagar )?(?:a partir )?{_OF}{{N}}",
            "from",
        ),
        (rf"\b(?:em frente|diante) (?:{_TO}|{_OF}){{N}}", "to"),
        (rf"(?P<keep>aproxim\w+(?:-se)?)\s+(?:lentamente |devagar |suavemente )?(?:-se )?(?:{_OF}|{_TO}){{N}}", "to"),
        (rf"\bem direção {_TO}{{N}}|\brumo {_TO}{{N}}|\baté {_TO}{{N}}|\baté {{N}}", "to"),
        (r"(?P<keep>segue|seguindo|seguir|acompanh\w+)\s+{N}", "with"),
        (
            r"\bpara (?!(?:a )?esquerda|(?:a )?direita|cima|baixo|(?:a )?frente|trás|fora|dentro|revelar|"
            r"mostrar|ver){N}",
            "to",
        ),
        (
            r"\b(?:no|na|ao|nos|nas) (?!aproxim|afast|mov|desloc|mão|ombro|sentido|mesmo|"
            r"fim|final|início|começo|plano){N}",
            "to",
        ),
        (r"\bdesde {N}|(?P<keep>afast\w+|recu\w+).*?\bd[ao]s? {N}", "from"),
    ),
    others=r"^\s*(?:(?:o|a|os|as|um|uma)\s+)?(?!c[âa]m[ea]ra)"
    r"(?:carro|homem|mulher|menin[ao]|rapaz|rapariga|garot[ao]|gente|pessoas|ela|eles|elas|ele|cortinas?|"
    r"nuve[mn]s?|luz|"
    r"luzes|sol|cão|cachorro|gato|pássaros?|folhas|fumaça|fumo|água|ondas|comboio|trem|barco|chuva|neve|porta|multidão)"
    r"\b(?!\s*$)",
    never=r"\b(?:sem|não|nenhum|nenhuma|nunca|nem|nada de)\b",
    numbers="um/uma dois/duas três quatro cinco seis sete oito nove dez",
    counted=r"metro|segundo|grau|centímetro",
)
